/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recipes: from YAML to steps, and what is said of bad YAML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "run/recipe.h"

static char dir[] = "/tmp/ironbird-test-recipe-XXXXXX";

static void put(const char *name, const char *text)
{
	AUTO_FREE char *path = xasprintf("%s/%s.yaml", dir, name);

	assert_int_equal(file_publish(path, text, strlen(text), 0644, NULL),
			 0);
}

static struct recipe *load(const char *text)
{
	struct error err = ERROR_INIT;
	struct recipe *recipe = NULL;

	put("one", text);
	if (recipe_load(&recipe, "one", &err) < 0)
		fail_msg("%s", err.text);
	return recipe;
}

static char *testids(const struct recipe *recipe)
{
	AUTO_STRVEC ids = STRVEC_INIT;

	for (size_t i = 0; i < recipe->count; i++)
		strvec_push(&ids, recipe->steps[i].testid);
	return strvec_join(&ids, " ");
}

static void assert_testids(const char *text, const char *wanted)
{
	struct recipe *recipe = load(text);
	AUTO_FREE char *got = testids(recipe);

	assert_string_equal(got, wanted);
	recipe_free(recipe);
}

/* The error of loading text is "one.yaml:LINE: ...PART...". */
static void assert_bad(const char *text, int line, const char *part)
{
	AUTO_FREE char *where = xasprintf("%s/one.yaml:%d: ", dir, line);
	struct error err = ERROR_INIT;
	struct recipe *recipe;

	put("one", text);
	if (recipe_load(&recipe, "one", &err) == 0)
		fail_msg("loaded: %s", text);
	assert_int_equal(err.kind, ERROR_USAGE);
	if (!str_starts(err.text, where) || !strstr(err.text, part))
		fail_msg("wanted '%s...%s', got '%s'", where, part, err.text);
}

#define HEAD "summary: x\naround: none\n"

static void testid_is_script_and_arguments(void **state)
{
	(void)state;
	assert_testids(HEAD "steps:\n"
		       "- run: ts-guest-start host debian\n"
		       "- run: ts-leak-check basis host\n"
		       "- run: ts-host-reboot src_host\n"
		       "- run: ts-host-reboot host\n  testid: xen-boot\n",
		       "guest-start/debian leak-check/basis "
		       "host-reboot/src_host xen-boot");
}

static void a_job_has_a_limit_and_leaves_power(void **state)
{
	struct recipe *recipe;
	const struct recipe_step *last;

	(void)state;
	recipe = load(HEAD "limit: 2h\npower: off\nhosts: [src, dst]\nsteps:\n"
		      "- run: ts-hosts-allocate src dst\n"
		      "  testid: hosts-allocate\n- run: ts-a\n");
	AUTO_FREE char *got = testids(recipe);

	assert_string_equal(got, "hosts-allocate a host-power/off/src "
			    "host-power/off/dst");
	assert_true(recipe->limit_ms == 2 * 3600 * 1000);
	last = &recipe->steps[3];
	assert_true(last->always && last->power);
	assert_int_equal(last->on_fail, STEP_BROKEN);
	assert_string_equal(last->needs.v[0], "hosts-allocate");
	assert_int_equal(last->line, 4);
	recipe_free(recipe);
	assert_testids(HEAD "power: keep\nsteps:\n- run: ts-a\n", "a");
	assert_bad(HEAD "limit: soon\nsteps:\n- run: ts-a\n", 3, "limit: ");
	assert_bad(HEAD "limit: 0\nsteps:\n- run: ts-a\n", 3,
		   "a job needs more time than none");
	assert_bad(HEAD "power: of\nsteps:\n- run: ts-a\n", 3, "");
}

static void repeats_are_numbered(void **state)
{
	(void)state;
	assert_testids(HEAD "steps:\n- run: ts-a host\n- run: ts-b\n"
		       "- run: ts-a host\n- run: ts-c x\n  repeat: 3\n",
		       "a b a.2 c/x c/x.2 c/x.3");
}

static void group_repeats_together(void **state)
{
	struct recipe *recipe;

	(void)state;
	recipe = load(HEAD "steps:\n- run: ts-check\n  on-fail: skip\n"
		      "- run: ts-a\n  group: g\n  repeat: 2\n"
		      "  needs: [check]\n- run: ts-b\n  group: g\n"
		      "- run: ts-c\n");
	AUTO_FREE char *got = testids(recipe);

	assert_string_equal(got, "check a b a.2 b.2 c");
	assert_int_equal(recipe->steps[0].on_fail, STEP_SKIP);
	assert_int_equal(recipe->steps[1].on_fail, STEP_FAIL);
	for (size_t i = 1; i <= 4; i++)
		assert_true(strvec_has(&recipe->steps[i].needs, "check"));
	assert_int_equal(recipe->steps[5].needs.count, 0);
	recipe_free(recipe);
}

static void each_host_makes_lanes(void **state)
{
	struct recipe *recipe;

	(void)state;
	recipe = load(HEAD "hosts: [src_host, dst_host]\nsteps:\n"
		      "- run: ts-all {hosts}\n  testid: all\n"
		      "- run: ts-a {host}\n  each-host: true\n"
		      "- run: ts-b x {host}\n  each-host: true\n  testid: b\n"
		      "- run: ts-c\n- run: ts-d {host}\n  each-host: yes\n");
	AUTO_FREE char *got = testids(recipe);

	assert_string_equal(got, "all a/src_host b/src_host a/dst_host "
			    "b/dst_host c d/src_host d/dst_host");
	assert_int_equal(recipe->steps[0].argv.count, 3);
	assert_string_equal(recipe->steps[0].argv.v[2], "dst_host");
	assert_int_equal(recipe->steps[0].parallel, 0);
	assert_int_equal(recipe->steps[1].parallel, 1);
	assert_int_equal(recipe->steps[2].lane, 0);
	assert_int_equal(recipe->steps[4].lane, 1);
	assert_int_equal(recipe->steps[7].parallel, 2);
	assert_string_equal(recipe->steps[4].argv.v[2], "dst_host");
	recipe_free(recipe);
}

static void around_is_put_around(void **state)
{
	struct recipe *recipe;

	(void)state;
	put("around/mine", "summary: x\nbefore:\n- run: ts-up {host}\n"
	    "  each-host: true\nafter:\n- run: ts-down\n  always: true\n"
	    "  needs: [up]\n  limit: 2m\n");
	recipe = load("summary: x\naround: mine\nsteps:\n- run: ts-a\n");
	AUTO_FREE char *got = testids(recipe);

	assert_string_equal(got, "up a down");
	assert_true(recipe->steps[0].before);
	assert_false(recipe->steps[1].before || recipe->steps[1].after);
	assert_true(recipe->steps[2].after && recipe->steps[2].always);
	assert_int_equal(recipe->steps[2].limit_ms, 120000);
	assert_string_equal(recipe->hosts.v[0], "host");
	recipe_free(recipe);
}

static void commands_are_what_is_run(void **state)
{
	AUTO_STRBUF text = STRBUF_INIT;
	struct recipe *recipe;

	(void)state;
	put("around/mine", "summary: x\nbefore:\n- run: ts-first {host}\n"
	    "  each-host: true\nafter:\n- run: ts-last\n");
	recipe = load("summary: x\naround: mine # a remark\nsteps:\n"
		      "- run: ts-middle host x\n  limit: 1s\n");
	recipe_commands(recipe, &text);
	assert_string_equal(text.buf, "step ts-first host\n"
			    "step ts-middle host x\n");
	recipe_free(recipe);
}

static void bad_yaml_has_file_and_line(void **state)
{
	(void)state;
	assert_bad("", 1, "no key");
	assert_bad("summary: x\n\tsteps: y\n", 2, "tab");
	assert_bad("summary: x\naround: none\nstep:\n- run: ts-a\n", 3,
		   "unknown key 'step' (did you mean 'steps'?)");
	assert_bad(HEAD "steps:\n- run: ts-a\n  allways: true\n", 5,
		   "did you mean 'always'?");
	assert_bad(HEAD "steps:\n- run: ts-a\n  always: maybe\n", 5, "maybe");
	assert_bad(HEAD "steps:\n- run: ts-a\n- testid: b\n", 5,
		   "the key 'run' is missing");
	assert_bad(HEAD "steps:\n- run: ts-a\n  on-fail: explode\n", 5,
		   "explode");
	assert_bad(HEAD "steps:\n- run: ts-a\n  needs: b\n", 5,
		   "a list is wanted here, not one value");
	assert_bad(HEAD "steps:\n- run: ts-a\n  repeat: -1\n", 5, "");
	assert_bad(HEAD "steps:\n- &a\n  run: ts-a\n- *a\n", 6, "aliases");
	assert_bad("- a\n- b\n", 1, "");
}

static void bad_recipe_has_file_and_line(void **state)
{
	(void)state;
	assert_bad(HEAD "steps:\n- run: guest-start\n", 4, "begin with ts-");
	assert_bad(HEAD "steps:\n- run: ts-../x\n", 4, "begin with ts-");
	assert_bad(HEAD "steps:\n\n- run: ts-a\n\n- run: ts-b\n  testid: a\n",
		   7, "another step has the testid 'a'");
	assert_bad(HEAD "steps:\n- run: ts-abc\n- run: ts-b\n  needs: [abd]\n",
		   5, "which no step has (did you mean 'abc'?)");
	assert_bad(HEAD "steps:\n- run: ts-a\n  needs: [b]\n- run: ts-b\n", 4,
		   "does not come before it");
	assert_bad(HEAD "steps:\n- run: ts-a\n  limit: soon\n", 4,
		   "not a duration");
	assert_bad(HEAD "steps:\n- run: ts-a {host}\n", 4, "each-host");
	assert_bad(HEAD "steps:\n- run: ts-a x\n  each-host: true\n", 4,
		   "{host}");
	assert_bad(HEAD "hosts: []\nsteps:\n- run: ts-a {host}\n"
		   "  each-host: true\n", 5, "no hosts");
	assert_bad(HEAD "hosts: [a, ../b]\nsteps:\n- run: ts-a\n", 3, "../b");
	assert_bad(HEAD "hosts: [a, a]\nsteps:\n- run: ts-a\n", 3, "twice");
	assert_bad(HEAD "steps:\n- run: ts-a\n  repeat: 100000\n", 4,
		   "at most");
	assert_bad(HEAD "steps:\n- run: ts-a\n  retry: 10\n", 4,
		   "retry is at most 9");
	assert_bad(HEAD "steps:\n- run: ts-a\n  testid: a b\n", 4, "space");
	assert_bad("summary: x\naround: nowhere\nsteps:\n- run: ts-a\n", 2,
		   "around/nowhere.yaml");
}

static void check_tells_all_problems(void **state)
{
	AUTO_STRVEC problems = STRVEC_INIT;

	(void)state;
	put("one", HEAD "steps:\n- run: a\n- run: ts-b\n  needs: [x]\n"
	    "- run: ts-c\n  limit: y\n");
	recipe_check("one", &problems);
	assert_int_equal(problems.count, 3);
}

static void unknown_recipe_gets_a_hint(void **state)
{
	struct error err = ERROR_INIT;
	struct recipe *recipe;

	(void)state;
	put("test-debian-mine", HEAD "steps:\n- run: ts-a\n");
	assert_int_equal(recipe_load(&recipe, "test-debian-mime", &err), -1);
	assert_non_null(strstr(err.text, "did you mean 'test-debian-mine'?"));
	assert_int_equal(recipe_load(&recipe, "../one", &err), -1);
	assert_int_equal(err.kind, ERROR_USAGE);
}

static void own_recipes_are_good(void **state)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_STRVEC problems = STRVEC_INIT;

	(void)state;
	assert_int_equal(recipe_names(&names, NULL), 0);
	assert_true(strvec_has(&names, "test-debian"));
	for (size_t i = 0; i < names.count; i++)
		if (strcmp(names.v[i], "one") != 0)
			recipe_check(names.v[i], &problems);
	for (size_t i = 0; i < problems.count; i++)
		fail_msg("%s", problems.v[i]);
}

static int set_up(void **state)
{
	AUTO_FREE char *around = NULL;

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	around = xasprintf("%s/around", dir);
	setenv("IRONBIRD_JOBS_PATH", dir, 1);
	return dir_make(around, 0755, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	return dir_remove(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(testid_is_script_and_arguments),
		cmocka_unit_test(a_job_has_a_limit_and_leaves_power),
		cmocka_unit_test(repeats_are_numbered),
		cmocka_unit_test(group_repeats_together),
		cmocka_unit_test(each_host_makes_lanes),
		cmocka_unit_test(around_is_put_around),
		cmocka_unit_test(commands_are_what_is_run),
		cmocka_unit_test(bad_yaml_has_file_and_line),
		cmocka_unit_test(bad_recipe_has_file_and_line),
		cmocka_unit_test(check_tells_all_problems),
		cmocka_unit_test(unknown_recipe_gets_a_hint),
		cmocka_unit_test(own_recipes_are_good),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
