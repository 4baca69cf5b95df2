/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site's logs as they grow, and the events of its hosts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/wait.h"
#include "db/events.h"
#include "watch/watch.h"

#define STAMP "[20/Nov/2026:05:12:01 +0000]"
#define MAC1 "52:54:00:00:00:01"
#define MAC2 "52:54:00:00:00:02"
#define EVENTS 64

/* What of an event the tests look at. */
struct seen {
	enum watch_source source;
	char host[16], stage[16], path[64], address[32], detail[160];
	char pattern[32], lines[8192];
	int status;
	bool failure;
};

struct fixture {
	char dir[64];
	struct site site;
	char *console, *db_path;
	sd_event *event;
	struct db *db;
	struct watch *watch;
	struct seen seen[EVENTS];
	size_t count, wanted;
	bool flood;			/* count only */
};

#define COPY(field) \
	snprintf(s->field, sizeof(s->field), "%s", str_or(event->field, ""))

static void on_event(const struct watch_event *event, void *arg)
{
	struct fixture *f = arg;
	struct seen *s = &f->seen[f->flood ? 0 : f->count];

	assert_in_range(++f->count, 1, f->flood ? 1000 : EVENTS);
	s->source = event->source;
	s->status = event->http_status;
	s->failure = event->failure;
	COPY(host);
	COPY(stage);
	COPY(path);
	COPY(address);
	COPY(detail);
	COPY(pattern);
	COPY(lines);
}

static char *in_dir(const struct fixture *f, const char *name)
{
	return xasprintf("%s/%s", f->dir, name);
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct error err = ERROR_INIT;

	snprintf(f->dir, sizeof(f->dir), "/tmp/test-watch.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->site.web_log = in_dir(f, "access.log");
	f->site.dhcp_log = in_dir(f, "dnsmasq.log");
	f->site.tftp_log = in_dir(f, "tftpd.log");
	f->site.dhcp_leases = in_dir(f, "leases");
	f->console = in_dir(f, "console.log");
	f->db_path = in_dir(f, "db");
	assert_true(sd_event_new(&f->event) >= 0);
	assert_int_equal(db_open(&f->db, f->db_path, &err), 0);
	assert_int_equal(watch_open(&f->watch, f->event, NULL, &f->site, f->db,
				    on_event, f, &err), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	assert_null(watch_problem(f->watch));
	watch_close(f->watch);
	db_close(f->db);
	sd_event_unref(f->event);
	assert_int_equal(dir_remove(f->dir, NULL), 0);
	free(f->site.web_log);
	free(f->site.dhcp_log);
	free(f->site.tftp_log);
	free(f->site.dhcp_leases);
	free(f->console);
	free(f->db_path);
	free(f);
	return 0;
}

static void append(const char *path, const char *fmt, ...) printf_like(2, 3);

static void append(const char *path, const char *fmt, ...)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	va_list ap;

	assert_true(fd >= 0);
	va_start(ap, fmt);
	assert_true(vdprintf(fd, fmt, ap) >= 0);
	va_end(ap);
}

static void fetch(struct fixture *f, const char *client, const char *path,
		  int status)
{
	append(f->site.web_log, "%s - - " STAMP " \"GET %s HTTP/1.1\" %d 5 "
	       "\"-\" \"Wget\"\n", client, path, status);
}

static void add_host(struct fixture *f, const char *name, const char *ether,
		     const char *address, const char *console)
{
	struct error err = ERROR_INIT;

	if (watch_add_host(f->watch, name, ether, address, console, &err) < 0)
		fail_msg("%s", err.text);
}

static enum wait_answer check(void *arg, struct error *err)
{
	struct fixture *f = arg;

	(void)err;
	return f->count >= f->wanted ? WAIT_DONE : WAIT_MORE;
}

/* The last one of count events, counted from the start of the test. */
static const struct seen *want(struct fixture *f, size_t count)
{
	struct wait_spec wait = {
		.what = "event", .limit_ms = 20000, .event = f->event,
		.check = check, .arg = f,
	};
	struct error err = ERROR_INIT;

	f->wanted = count;
	if (wait_for(&wait, &err) < 0)
		fail_msg("%zu of %zu events: %s", f->count, count, err.text);
	assert_int_equal(f->count, count);
	return &f->seen[count - 1];
}

static void settle(struct fixture *f)
{
	while (sd_event_run(f->event, 20000) > 0)
		;
}

static void test_fetch(void **state)
{
	struct fixture *f = *state;
	const struct seen *s;

	add_host(f, "iron1", MAC1, "10.0.0.1", NULL);
	fetch(f, "10.0.0.9", "/other", 200);
	fetch(f, "::ffff:10.0.0.1", "/iron1/vmlinuz", 200);
	s = want(f, 1);
	assert_string_equal(s->host, "iron1");
	assert_string_equal(s->stage, "fetch");
	assert_string_equal(s->path, "/iron1/vmlinuz");
	assert_string_equal(s->detail, "GET /iron1/vmlinuz 200");
	assert_int_equal(s->status, 200);
	assert_false(s->failure);
	fetch(f, "10.0.0.1", "/iron1/initrd.gz", 404);
	s = want(f, 2);
	assert_string_equal(s->detail, "GET /iron1/initrd.gz 404");
	assert_true(s->failure);
}

/* What is asked for only in case it is there is no failure. */
static void test_fetch_probes(void **state)
{
	static const char *const paths[] = {
		"/tftp/pxelinux.cfg/01-52-54-00-00-00-01",
		"/iron1/booted?boot_id=7", "/iron1/bootloader",
	};
	struct fixture *f = *state;

	add_host(f, "iron1", MAC1, "10.0.0.1", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		fetch(f, "10.0.0.1", paths[i], 404);
		assert_false(want(f, i + 1)->failure);
	}
	append(f->site.web_log, "10.0.0.1 - - " STAMP " \"GET /d/InRelease "
	       "HTTP/1.1\" 404 5 \"-\" \"Debian APT-HTTP/1.3 (2.6.1)\"\n");
	assert_false(want(f, 4)->failure);
	fetch(f, "10.0.0.1", "/iron1/failed?stage=disk&reason=no%20%0adisk",
	      404);
	assert_true(want(f, 5)->failure);
	assert_string_equal(f->seen[4].detail,
			    "the installer failed at disk: no \\x0adisk");
}

static void test_dhcp_teaches(void **state)
{
	struct fixture *f = *state;
	const struct seen *s;

	add_host(f, "guest1", "52:54:00:00:00:0A", NULL, NULL);
	fetch(f, "10.0.0.7", "/guest1/booted", 404);
	append(f->site.dhcp_log, "Nov 20 05:12:01 dnsmasq-dhcp[7]: "
	       "DHCPDISCOVER(br0) 52:54:00:00:00:0a \n"
	       "Nov 20 05:12:01 dnsmasq-dhcp[7]: DHCPACK(br0) 10.0.0.7 "
	       "52:54:00:00:00:0a guest1\n");
	s = want(f, 2);
	assert_string_equal(f->seen[0].stage, "dhcp-discover");
	assert_string_equal(s->stage, "dhcp-ack");
	assert_string_equal(s->address, "10.0.0.7");
	assert_string_equal(watch_address(f->watch, "guest1"), "10.0.0.7");
	fetch(f, "10.0.0.7", "/guest1/booted", 404);
	assert_string_equal(want(f, 3)->host, "guest1");
	/* The address goes to another one. */
	add_host(f, "guest2", MAC2, NULL, NULL);
	append(f->site.dhcp_log, "Nov 20 05:12:02 dnsmasq-dhcp[7]: "
	       "DHCPACK(br0) 10.0.0.7 " MAC2 "\n");
	want(f, 4);
	assert_null(watch_address(f->watch, "guest1"));
	fetch(f, "10.0.0.7", "/guest2/booted", 404);
	assert_string_equal(want(f, 5)->host, "guest2");
	append(f->site.dhcp_log, "Nov 20 05:12:03 dnsmasq-dhcp[7]: "
	       "DHCPDISCOVER(br0) " MAC2 " no address available\n");
	s = want(f, 6);
	assert_string_equal(s->stage, "dhcp-none");
	assert_true(s->failure);
}

static void test_lease_teaches(void **state)
{
	struct fixture *f = *state;

	append(f->site.dhcp_leases, "0 " MAC2 " 10.0.0.8 guest2 *\n");
	add_host(f, "guest2", MAC2, NULL, NULL);
	assert_string_equal(watch_address(f->watch, "guest2"), "10.0.0.8");
	fetch(f, "10.0.0.8", "/x", 200);
	assert_string_equal(want(f, 1)->host, "guest2");
}

static void test_tftp(void **state)
{
	struct fixture *f = *state;
	const struct seen *s;

	add_host(f, "iron1", MAC1, "10.0.0.1", NULL);
	append(f->site.tftp_log, "Nov 20 05:12:01 c in.tftpd[5]: RRQ from "
	       "10.0.0.1 filename lpxelinux.0\n"
	       "Nov 20 05:12:01 c in.tftpd[6]: RRQ from 10.0.0.1 filename "
	       "pxelinux.cfg/0A000001\n"
	       "Nov 20 05:12:01 c in.tftpd[6]: sending NAK (1, File not "
	       "found) to 10.0.0.1\n");
	s = want(f, 3);
	assert_string_equal(f->seen[0].detail, "TFTP lpxelinux.0");
	assert_string_equal(s->path, "pxelinux.cfg/0A000001");
	assert_string_equal(s->detail, "TFTP pxelinux.cfg/0A000001 refused: "
			    "File not found");
	assert_false(s->failure);
	append(f->site.tftp_log, "Nov 20 05:12:01 c in.tftpd[5]: sending NAK "
	       "(1, File not found) to 10.0.0.1\n");
	s = want(f, 4);
	assert_string_equal(s->path, "lpxelinux.0");
	assert_true(s->failure);
}

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
	assert_in_range(clock_mono_ms() - start, 1500, 15000);
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

static void test_last_seen(void **state)
{
	struct fixture *f = *state;
	const char *text;

	assert_null(watch_last_seen(f->watch, "iron1"));
	add_host(f, "iron1", MAC1, "10.0.0.1", f->console);
	assert_null(watch_last_seen(f->watch, "iron1"));
	fetch(f, "10.0.0.1", "/iron1/orders", 200);
	want(f, 1);
	text = watch_last_seen(f->watch, "iron1");
	assert_true(str_starts(text, "GET /iron1/orders 200, "));
	assert_true(str_ends(text, " ago"));
	sd_event_run(f->event, 5000);
	append(f->console, "just a line\n");
	settle(f);
	text = watch_last_seen(f->watch, "iron1");
	assert_non_null(strstr(text, "; console 'just a line', "));
}

static void test_bad_host(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	assert_int_equal(watch_add_host(f->watch, "a", "52:54", NULL, NULL,
					&err), -1);
	assert_string_equal(err.text, "host a: '52:54' is not a MAC address");
	assert_int_equal(watch_add_host(f->watch, "b", NULL, "1.2.3", NULL,
					&err), -1);
	assert_string_equal(err.text, "host b: '1.2.3' is not an IP address");
	assert_int_equal(watch_add_host(f->watch, "c", NULL, NULL,
					"/nowhere/console.log", &err), -1);
	assert_non_null(strstr(err.text, "host c: "));
}

/* Two watches of one site, as of two processes: one row a line. */
static void test_stored(void **state)
{
	struct fixture *f = *state;
	struct boot_event_rows rows = { 0 };
	struct error err = ERROR_INIT;
	struct watch *other;

	assert_int_equal(watch_open(&other, f->event, NULL, &f->site, f->db,
				    on_event, f, &err), 0);
	assert_int_equal(watch_add_host(other, "iron1", MAC1, "10.0.0.1",
					NULL, &err), 0);
	add_host(f, "iron1", MAC1, "10.0.0.1", NULL);
	fetch(f, "10.0.0.1", "/iron1/a", 200);
	want(f, 2);
	assert_int_equal(unlink(f->site.web_log), 0);
	/* Another file, another line at the same offset. */
	fetch(f, "10.0.0.1", "/iron1/b", 200);
	want(f, 4);
	assert_int_equal(boot_event_list(f->db, "iron1", 0, 0, 10, &rows, &err),
			 0);
	assert_int_equal(rows.count, 2);
	assert_string_equal(rows.v[0].detail, "GET /iron1/a 200");
	assert_string_equal(rows.v[0].source, "weblog");
	assert_true(str_starts(rows.v[0].file, f->site.web_log));
	assert_string_equal(rows.v[1].detail, "GET /iron1/b 200");
	assert_int_equal(rows.v[1].offset, 0);
	boot_event_rows_release(&rows);
	watch_close(other);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_fetch), TEST(test_fetch_probes),
		TEST(test_dhcp_teaches), TEST(test_lease_teaches),
		TEST(test_tftp), TEST(test_console), TEST(test_crash),
		TEST(test_short_crash), TEST(test_console_flood),
		TEST(test_reboot), TEST(test_reboot_by_others),
		TEST(test_pattern_off),
		TEST(test_last_seen), TEST(test_bad_host), TEST(test_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
