/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flight files: conditions, axes, builds, and what the environment changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "flight/condition.h"
#include "flight/file.h"

static char dir[64];

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/ironbird-test-flight-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	setenv("IRONBIRD_FLIGHTS_PATH", dir, 1);
	setenv("IRONBIRD_JOBS_PATH", dir, 1);
	return 0;
}

static int teardown(void **state)
{
	struct error err;

	(void)state;
	return dir_remove(dir, &err);
}

static void put(const char *name, const char *text)
{
	AUTO_FREE char *path = xasprintf("%s/%s.yaml", dir, name);
	struct error err;

	if (file_publish(path, text, strlen(text), 0644, &err) < 0)
		fail_msg("%s", err.text);
}

/* --- conditions ---------------------------------------------------------- */

static void test_conditions(void **state)
{
	static const struct {
		const char *text;
		int wanted;
	} rows[] = {
		{ "", 1 },
		{ "arch=amd64", 1 }, { "arch=arm*", 0 }, { "arch!=i386", 1 },
		{ "arch=i386|amd64", 1 }, { "arch!=i386|amd64", 0 },
		{ "arch=amd64 xen>=4.5", 1 }, { "arch=amd64 xen<4.17", 0 },
		{ "xen>=4.17", 1 }, { "xen>4.17", 0 }, { "xen<=4.17", 1 },
		{ "xen>4.5", 1 }, { "xen<4.100", 1 },
		{ "linux>=6.1", 1 }, { "linux<6.1", 0 },
		{ "empty=", 1 }, { "arch=", 0 },
		{ "arch", -1 }, { "=amd64", -1 }, { "arhc=amd64", -1 },
	};
	AUTO_STRVEC facts = STRVEC_INIT;

	(void)state;
	strvec_pushl(&facts, "arch=amd64", "xen=4.17", "linux=unstable",
		     "empty=", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = ERROR_INIT;

		if (condition_holds(rows[i].text, &facts, &err) !=
		    rows[i].wanted)
			fail_msg("'%s' is not %d", rows[i].text,
				 rows[i].wanted);
	}
}

static void test_a_fact_that_is_not_there(void **state)
{
	AUTO_STRVEC facts = STRVEC_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	strvec_push(&facts, "arch=amd64");
	assert_int_equal(condition_holds("arhc=amd64", &facts, &err), -1);
	assert_string_equal(err.text, "nothing here is called 'arhc' (did "
			    "you mean 'arch'?)");
	assert_int_equal(fact_fill(&out, "a-{arch}-{x}", &facts, &err), -1);
	assert_int_equal(fact_fill(&out, "a-{arch", &facts, &err), -1);
	strbuf_clear(&out);
	assert_int_equal(fact_fill(&out, "{arch}-{arch}", &facts, &err), 0);
	assert_string_equal(out.buf, "amd64-amd64");
}

/* --- files --------------------------------------------------------------- */

#define TEXT								\
	"summary: x\n"							\
	"branches: [other-*]\n"						\
	"runvars: [xenarch=amd64]\n"					\
	"axes:\n"							\
	"- axis: arch\n  values:\n"					\
	"  - {value: amd64, runvars: [arch=amd64]}\n"			\
	"  - {value: arm64, runvars: [arch=arm64], disabled: no host}\n" \
	"- axis: sched\n  values:\n"					\
	"  - {value: default, part: ''}\n"				\
	"  - {value: credit2, part: -credit2, runvars: ['s={sched}']}\n"	\
	"  - {value: new, part: -new, when: ['xen>=4.20']}\n"		\
	"- axis: host\n  each: host\n"					\
	"builds:\n"							\
	"- build: xen\n  name: build-{arch}\n  recipe: one\n"		\
	"  axes: [arch]\n  trees: [xen]\n"				\
	"jobs:\n"							\
	"- name: test-{arch}-xl{sched}\n  recipe: one\n"		\
	"  axes: [arch, sched]\n"					\
	"  needs: ['xenbuildjob=xen arch={arch}']\n"			\
	"- name: look-{host}\n  recipe: one\n  axes: [host]\n"		\
	"  runvars: ['host={host}']\n"

static char *load(const char *branch, const char *xen_branch,
		  const char *build_flight)
{
	AUTO_STRVEC hosts = STRVEC_INIT;
	const struct flight_wish wish = {
		.branch = branch, .xen_branch = xen_branch,
		.build_flight = build_flight, .hosts = &hosts,
	};
	AUTO_STRBUF out = STRBUF_INIT;
	struct flight_plan *plan;
	struct error err = ERROR_INIT;

	strvec_pushl(&hosts, "iron1", "iron2", NULL);
	put("one", "summary: x\naround: none\nsteps:\n- run: ts-a\n");
	if (flight_plan_load(&plan, &wish, &err) < 0)
		return xstrdup(err.text);
	for (size_t i = 0; i < plan->count; i++) {
		const struct planned_job *job = &plan->jobs[i];
		AUTO_FREE char *vars = strvec_join(&job->runvars, " ");

		if (job->disabled)
			strbuf_addf(&out, "#%s: %s\n", job->name,
				    job->disabled);
		else if (!job->left_out)
			strbuf_addf(&out, "%s: %s\n", job->name, vars);
	}
	flight_plan_free(plan);
	return strbuf_detach(&out);
}

static void test_combinations(void **state)
{
	AUTO_FREE char *got = NULL;

	(void)state;
	put("nightly", TEXT);
	setenv("REVISION_XEN", "abc", 1);
	got = load("nightly", "xen-4.17-testing", NULL);
	unsetenv("REVISION_XEN");
	assert_string_equal(got,
		"build-amd64: xenarch=amd64 arch=amd64 revision_xen=abc\n"
		"#build-arm64: no host\n"
		"test-amd64-xl: xenarch=amd64 arch=amd64 "
		"xenbuildjob=build-amd64\n"
		"test-amd64-xl-credit2: xenarch=amd64 arch=amd64 s=credit2 "
		"xenbuildjob=build-amd64\n"
		"#test-arm64-xl: no host\n#test-arm64-xl-credit2: no host\n"
		"look-iron1: xenarch=amd64 host=iron1\n"
		"look-iron2: xenarch=amd64 host=iron2\n");
}

static void test_conditions_on_versions(void **state)
{
	AUTO_FREE char *unstable = load("other-thing", NULL, NULL);
	AUTO_FREE char *old = load("other-thing", "xen-4.19-testing", NULL);
	AUTO_FREE char *new = load("other-thing", "xen-4.20-testing", NULL);

	(void)state;
	assert_non_null(strstr(unstable, "test-amd64-xl-new"));
	assert_null(strstr(old, "test-amd64-xl-new"));
	assert_non_null(strstr(new, "test-amd64-xl-new"));
}

static void test_builds_of_another_flight(void **state)
{
	AUTO_FREE char *got = load("nightly", NULL, "77");

	(void)state;
	assert_null(strstr(got, "build-amd64: "));
	assert_non_null(strstr(got, "xenbuildjob=77.build-amd64\n"));
}

static void test_environment(void **state)
{
	static const struct {
		const char *variable, *value, *wanted, *unwanted;
	} rows[] = {
		{ "BUILD_RUNVARS", "b=1", "build-amd64: xenarch=amd64 b=1",
		  "xl: xenarch=amd64 b=1" },
		{ "BUILD_XEN_RUNVARS", "b=2",
		  "build-amd64: xenarch=amd64 b=2", "xl: xenarch=amd64 b" },
		{ "TEST_RUNVARS", "t=1", "xl: xenarch=amd64 t=1",
		  "build-amd64: xenarch=amd64 t" },
		{ "TEST_ARCHES", "i386", "build-amd64", "test-amd64" },
		{ "BUILD_ARCHES", "disable", "xenbuildjob=build-amd64",
		  "build-amd64: " },
		{ "OSSTEST_JOBS_ONLY", "look-.*", "look-iron1", "test-" },
		{ "TREE_XEN", "git://x", "tree_xen=git://x", "revision" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *got = NULL;

		setenv(rows[i].variable, rows[i].value, 1);
		got = load("nightly", NULL, NULL);
		unsetenv(rows[i].variable);
		if (!strstr(got, rows[i].wanted) ||
		    strstr(got, rows[i].unwanted))
			fail_msg("%s: %s", rows[i].variable, got);
	}
}

#define ONE_AXIS "summary: x\naxes:\n- axis: a\n  values:\n" \
	"  - {value: x}\n  - {value: y}\n"
#define JOB "jobs:\n- name: j-{a}\n  recipe: one\n  axes: [a]\n"

static void test_include_exclude_and_disabled(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{ ONE_AXIS JOB, "j-x: \nj-y: \n" },
		{ ONE_AXIS JOB "  include: [a=x]\n", "j-x: \n" },
		{ ONE_AXIS JOB "  exclude: [a=x]\n", "j-y: \n" },
		{ ONE_AXIS JOB "  include: [a=x, a=y]\n", "j-x: \nj-y: \n" },
		{ ONE_AXIS JOB "  when: ['branch=bad', 'a!=y']\n",
		  "j-x: \n" },
		{ ONE_AXIS JOB "  disabled: not yet\n- name: k\n"
		  "  recipe: one\n", "#j-x: not yet\n#j-y: not yet\nk: \n" },
		/* what is disabled may have a recipe that is yet to come */
		{ ONE_AXIS JOB "- name: k\n  recipe: none-such\n"
		  "  disabled: not yet\n",
		  "j-x: \nj-y: \n#k: not yet\n" },
		{ ONE_AXIS "builds:\n- build: b\n  name: build-{a}\n"
		  "  recipe: one\n  axes: [a]\n  disabled: no tree\n" JOB
		  "  needs: ['bbuildjob=b a={a}']\n  include: [a=x]\n"
		  "- name: k\n  recipe: one\n",
		  "#build-x: no tree\n#build-y: no tree\n#j-x: it needs "
		  "build-x, which is disabled: no tree\nk: \n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *got = NULL;

		put("bad", rows[i].text);
		got = load("bad", NULL, NULL);
		assert_string_equal(got, rows[i].wanted);
	}
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{ ONE_AXIS "jobs:\n- name: j\n  recipe: one\n  axes: [b]\n",
		  "bad.yaml:8: there is no axis 'b'" },
		{ ONE_AXIS "jobs:\n- name: j\n  recipe: one\n  axes: [a]\n",
		  "bad.yaml:8: there are two jobs 'j'" },
		{ ONE_AXIS "jobs:\n- name: j-{x}\n  recipe: one\n",
		  "bad.yaml:8: nothing here is called 'x'" },
		{ ONE_AXIS JOB "  exclude: [b=x]\n",
		  "bad.yaml:8: nothing here is called 'b'" },
		{ ONE_AXIS JOB "  needs: [bjob=b]\n",
		  "bad.yaml:8: there is no build 'b'" },
		{ ONE_AXIS JOB "  needs: [b]\n",
		  "bad.yaml:8: 'b' is no need" },
		{ ONE_AXIS "builds:\n- build: b\n  name: build-{a}\n"
		  "  recipe: one\n  axes: [a]\n  exclude: [a=y]\n" JOB
		  "  needs: ['bjob=b a={a}']\n",
		  "bad.yaml:14: job j-y needs build-y, which the file does "
		  "not make" },
		{ ONE_AXIS JOB "  axis: [a]\n", "unknown key 'axis'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *got = NULL;

		put("bad", rows[i].text);
		got = load("bad", NULL, NULL);
		if (!strstr(got, rows[i].wanted))
			fail_msg("wanted '%s', got '%s'", rows[i].wanted, got);
	}
}

/* --- jobs that are written out ------------------------------------------- */

static const char flight_text[] =
	"summary: x\nrunvars: [arch=amd64, toolstack=xl]\njobs:\n"
	"- name: test-a\n  recipe: good\n  runvars: [arch=i386, a=b=c]\n"
	"- name: build-b\n  recipe: good\n";

static void put_recipe(void)
{
	put("good", "summary: x\naround: none\nsteps:\n- run: ts-a\n");
}

static int load_plan(struct flight_plan **plan, const char *branch,
		     struct error *err)
{
	const struct flight_wish wish = { .branch = branch };

	return flight_plan_load(plan, &wish, err);
}

static void test_runvars_are_merged(void **state)
{
	struct error err = ERROR_INIT;
	struct flight_plan *plan;

	(void)state;
	put_recipe();
	put("nightly", flight_text);
	setenv("RUNVARS", "toolstack=libvirt more=1", 1);
	setenv("TEST_RUNVARS", "only=test", 1);
	assert_int_equal(load_plan(&plan, "nightly", &err), 0);
	unsetenv("RUNVARS");
	unsetenv("TEST_RUNVARS");
	assert_int_equal(plan->count, 2);
	AUTO_FREE char *first = strvec_join(&plan->jobs[0].runvars, " ");
	AUTO_FREE char *second = strvec_join(&plan->jobs[1].runvars, " ");

	assert_string_equal(first, "arch=i386 toolstack=libvirt more=1 "
			    "only=test a=b=c");
	assert_string_equal(second, "arch=amd64 toolstack=libvirt more=1");
	flight_plan_free(plan);
}

static void test_jobs_only(void **state)
{
	struct error err = ERROR_INIT;
	struct flight_plan *plan;

	(void)state;
	put_recipe();
	put("nightly", flight_text);
	setenv("OSSTEST_JOBS_ONLY", "nothing:test-.*", 1);
	assert_int_equal(load_plan(&plan, "nightly", &err), 0);
	assert_int_equal(plan->count, 1);
	assert_string_equal(plan->jobs[0].name, "test-a");
	flight_plan_free(plan);
	setenv("OSSTEST_JOBS_ONLY", "(", 1);
	assert_int_equal(load_plan(&plan, "nightly", &err), -1);
	unsetenv("OSSTEST_JOBS_ONLY");
}

static void test_mistakes_have_file_and_line(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{ "summary: x\njobs:\n- name: a\n  recipe: none-such\n",
		  "bad.yaml:3: there is no recipe 'none-such'" },
		{ "summary: x\njobs:\n- name: a\n  recipe: good\n"
		  "- name: a\n  recipe: good\n",
		  "bad.yaml:5: there are two jobs 'a'" },
		{ "summary: x\njobs:\n- name: a/b\n  recipe: good\n",
		  "bad.yaml:3: 'a/b' cannot be the name of a job" },
		{ "summary: x\njobs:\n- name: a\n  recipe: good\n"
		  "  runvars: [arch]\n", "bad.yaml:3: 'arch' is no runvar" },
		{ "summary: x\njobs:\n- name: a\n  recepie: good\n",
		  "bad.yaml:4: unknown key 'recepie' (did you mean" },
	};

	(void)state;
	put_recipe();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = ERROR_INIT;
		struct flight_plan *plan;

		put("bad", rows[i].text);
		assert_int_equal(load_plan(&plan, "bad", &err), -1);
		if (!strstr(err.text, rows[i].wanted))
			fail_msg("wanted '%s', got '%s'", rows[i].wanted,
				 err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_a_fact_that_is_not_there),
		cmocka_unit_test(test_combinations),
		cmocka_unit_test(test_conditions_on_versions),
		cmocka_unit_test(test_builds_of_another_flight),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_include_exclude_and_disabled),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_runvars_are_merged),
		cmocka_unit_test(test_jobs_only),
		cmocka_unit_test(test_mistakes_have_file_and_line),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
