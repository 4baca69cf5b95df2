/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hosts' consoles say as they grow: signs of life, crashes, reboots. */
#include "tests/unit/watch-fixture.h"

static void test_console(void **state)
{
	struct fixture *f = *state;
	const struct seen *s;

	append(f->console, "[1.0] Kernel panic - not syncing: of yesterday\n");
	add_host(f, "iron1", MAC1, "10.0.0.1", f->console);
	watch_reboot(f->watch, "iron1", true);
	append(f->console, "\033[2J(XEN) Xen version 4.17.5 (Debian)\r\n");
	s = want(f, 1);
	assert_string_equal(s->stage, "console");
	assert_string_equal(s->pattern, "xen");
	assert_false(s->failure);
	append(f->console, "\r\niron1 login: ");
	assert_string_equal(want(f, 2)->pattern, "login");
	append(f->console, "\r\n(initramfs) ");
	s = want(f, 3);
	assert_true(s->failure);
	assert_string_equal(s->detail, "(initramfs)");
	assert_non_null(strstr(s->lines, "iron1 login:\n(initramfs)"));
}

static void test_crash(void **state)
{
	struct fixture *f = *state;
	const struct seen *s;

	add_host(f, "iron1", MAC1, "10.0.0.1", f->console);
	append(f->console, "VFS: Cannot open root device\n"
	       "[1.0] Kernel panic - not syncing: VFS\n");
	for (int i = 0; i < 100; i++)
		append(f->console, "trace line %d\n", i);
	s = want(f, 1);
	assert_string_equal(s->stage, "panic");
	assert_true(s->failure);
	assert_string_equal(s->detail,
			    "[1.0] Kernel panic - not syncing: VFS");
	assert_true(str_starts(s->lines, "VFS: Cannot open"));
	assert_non_null(strstr(s->lines, "\ntrace line 59\n"));
	assert_null(strstr(s->lines, "\ntrace line 60\n"));
}

/* A crash that says little is told when its time is over. */
static void test_short_crash(void **state)
{
	struct fixture *f = *state;
	int64_t start = clock_mono_ms();
	const struct seen *s;

	add_host(f, "iron1", MAC1, "10.0.0.1", f->console);
	append(f->console, "(XEN) Panic on CPU 1:\n(XEN) FATAL TRAP\n");
	s = want(f, 1);
	assert_true(clock_mono_ms() - start >= 1500);
	assert_string_equal(s->lines,
			    "(XEN) Panic on CPU 1:\n(XEN) FATAL TRAP\n");
	watch_patterns(f->watch, false);
	append(f->console, "(XEN) Panic on CPU 1:\n");
	s = want(f, 2);
	assert_string_equal(s->stage, "panic");
	assert_false(s->failure);
}

/* Firmware speaks: asked for, it is a sign of life; else it ends waits. */
static void test_reboot(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	const struct seen *s;

	add_host(f, "iron1", MAC1, "10.0.0.1", f->console);
	watch_reboot(f->watch, "iron1", true);
	append(f->console, "SeaBIOS (version 1.16)\n");
	s = want(f, 1);
	assert_string_equal(s->stage, "console");
	assert_false(s->failure);
	watch_reboot(f->watch, "iron1", false);
	/* what was on its way when the host was up */
	append(f->console, "Welcome to GRUB!\n");
	assert_false(want(f, 2)->failure);
	watch_reboot(f->watch, "iron1", true);
	watch_close(f->watch);
	assert_int_equal(watch_open(&f->watch, f->event, NULL, &f->site,
				    f->db, on_event, f, &err), 0);
	add_host(f, "iron1", MAC1, "10.0.0.1", f->console);
	append(f->console, "SeaBIOS (version 1.16)\n");
	s = want(f, 3);
	assert_string_equal(s->stage, WATCH_REBOOT);
	assert_string_equal(s->detail, "SeaBIOS (version 1.16)");
	assert_true(s->failure);
	/* the rest of that boot is no news */
	append(f->console, "Welcome to GRUB!\n");
	assert_false(want(f, 4)->failure);
}

static void switch_on(struct fixture *f, const char *result)
{
	const struct power_action_row row = {
		.host = "iron1", .method = "x", .action = "on",
		.state_before = "off", .state_after = "on",
		.result = (char *)result, .attempts = 1,
		.started = clock_now_ms(), .finished = clock_now_ms(),
	};

	assert_int_equal(power_action_add(f->db, &row, NULL), 0);
}

/* Somebody else switched it on: until it reports, that is its boot. */
static void test_reboot_by_others(void **state)
{
	struct fixture *f = *state;

	add_host(f, "iron1", MAC1, "10.0.0.1", f->console);
	switch_on(f, "verified");
	append(f->console, "SeaBIOS (version 1.16)\n");
	assert_string_equal(want(f, 1)->stage, "console");
	fetch(f, "10.0.0.1", "/osstest/iron1/n/booted?boot_id=1", 404);
	assert_string_equal(want(f, 2)->stage, "fetch");
	switch_on(f, "failed");
	append(f->console, "SeaBIOS (version 1.16)\n");
	assert_string_equal(want(f, 3)->stage, WATCH_REBOOT);
}

/* A test that means to crash the host switches that off by name. */
static void test_pattern_off(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	add_host(f, "iron1", MAC1, "10.0.0.1", f->console);
	assert_int_equal(watch_pattern(f->watch, "kernel-panik", false, &err),
			 -1);
	assert_non_null(strstr(err.text, "(did you mean 'kernel-panic'?)"));
	assert_int_equal(watch_pattern(f->watch, "kernel-panic", false, &err),
			 0);
	append(f->console, "Kernel panic - not syncing: x\n");
	assert_false(want(f, 1)->failure);
	append(f->console, "(XEN) Panic on CPU 1:\n");
	assert_true(want(f, 2)->failure);
	assert_int_equal(watch_pattern(f->watch, "reboot", false, &err), 0);
	append(f->console, "SeaBIOS (version 1.16)\n");
	assert_false(want(f, 3)->failure);
	assert_int_equal(watch_pattern(f->watch, "kernel-panic", true, &err),
			 0);
	append(f->console, "Kernel panic - not syncing: x\n");
	assert_true(want(f, 4)->failure);
}

/* A console that repeats itself is not told for ever. */
static void test_console_flood(void **state)
{
	struct fixture *f = *state;

	add_host(f, "iron1", MAC1, "10.0.0.1", f->console);
	f->flood = true;
	for (int i = 0; i < 1000; i++)
		append(f->console, "x login: \n\n");
	settle(f);
	assert_in_range(f->count, 100, 200);
}

/* The site's own rows go before ours, and several files are several. */
static void test_site_patterns(void **state)
{
	struct fixture *f = *state;
	AUTO_FREE char *one = in_dir(f, "one"), *two = in_dir(f, "two");
	AUTO_FREE char *settings = in_dir(f, "config");
	AUTO_STRVEC warnings = STRVEC_INIT;
	struct config *config = NULL;
	struct error err = ERROR_INIT;
	const struct seen *s;

	append(one, "failure lost-bmc \"our board:*gone\"\n");
	append(two, "mark not-dead \"Kernel panic - not\"\n");
	append(settings, "ConsolePatterns %s:%s\n", one, two);
	assert_int_equal(setenv("OSSTEST_CONFIG", settings, 1), 0);
	assert_int_equal(config_load(&config, &warnings, &err), 0);
	watch_close(f->watch);
	assert_int_equal(watch_open(&f->watch, f->event, config, &f->site,
				    f->db, on_event, f, &err), 0);
	add_host(f, "iron1", MAC1, "10.0.0.1", f->console);
	append(f->console, "our board: its BMC is gone\n");
	s = want(f, 1);
	assert_string_equal(s->pattern, "lost-bmc");
	assert_true(s->failure);
	append(f->console, "[1.0] Kernel panic - not syncing: VFS\n");
	s = want(f, 2);
	assert_string_equal(s->pattern, "not-dead");
	assert_false(s->failure);
	unsetenv("OSSTEST_CONFIG");
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_console), TEST(test_crash), TEST(test_short_crash),
		TEST(test_reboot), TEST(test_reboot_by_others),
		TEST(test_pattern_off), TEST(test_console_flood),
		TEST(test_site_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
