/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a host was prepared from, who has it, and whether a job would make the
 * same of it again.
 */
#include "tests/unit/boot-fixture.h"

#include "db/flights.h"
#include "db/hosts.h"
#include "db/runvars.h"
#include "db/states.h"
#include "run/reuse.h"

static struct db *db;
static struct reuse_verdict verdict;

static const char around[] =
	"summary: A host\n"
	"before:\n"
	"  - run: ts-host-reuse decide {host}\n"
	"    each-host: true\n"
	"  - run: ts-host-install {host}\n"
	"    each-host: true\n"
	"    prepares: true\n"
	"  - run: ts-xen-install {host}\n"
	"    each-host: true\n"
	"    prepares: true\n";

static void put_recipe(const char *name, const char *more)
{
	AUTO_FREE char *file = xasprintf("jobs/%s.yaml", name);
	AUTO_FREE char *text = xasprintf("summary: A test\naround: %s\n%s"
					 "steps:\n  - run: ts-x host\n", name,
					 more);
	AUTO_FREE char *path = xasprintf("%s/jobs", dir);

	put(file, text);
	setenv("IRONBIRD_JOBS_PATH", path, 1);
}

static void run_begins(const char *job)
{
	int run;

	ok(job_begin_run(db, "f", job, false, &run, &err));
}

static int set_up_db(void **state)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *flight = NULL;

	if (set_up(state) < 0)
		return -1;
	put("jobs/around/test.yaml", around);
	put_recipe("test", "");
	path = xasprintf("%s/test.db", dir);
	ok(db_open(&db, path, &err));
	ok(flight_create(db, "f", "play", "b", &flight, &err));
	ok(job_create(db, "f", "one", "test", &err));
	ok(job_create(db, "f", "two", "test", &err));
	ok(host_row_add(db, "iron1", &err));
	run_begins("one");
	run_begins("two");
	unsetenv("OSSTEST_HOST_REUSE");
	return 0;
}

static int tear_down_db(void **state)
{
	reuse_verdict_release(&verdict);
	db_close(db);
	return tear_down(state);
}

#define DB_TEST(f) cmocka_unit_test_setup_teardown(f, set_up_db, tear_down_db)

static enum reuse_way judge_as(const char *job, int run)
{
	struct recipe *recipe;
	struct reuse_question question = {
		.config = config, .db = db, .host = &host, .ident = "host",
		.flight = "f", .job = job, .run = run,
	};

	ok(recipe_load(&recipe, "test", &err));
	question.recipe = recipe;
	reuse_verdict_release(&verdict);
	ok(reuse_judge(&question, &verdict, &err));
	recipe_free(recipe);
	return verdict.way;
}

static void take(const char *job)
{
	ok(host_state_take(db, "iron1", "f", job, &err));
}

/* What ts-host-install, ts-xen-install and ts-host-reuse do to the rows. */
static void prepare_for(const char *job, const struct reads *facts)
{
	struct reads steps = { .v = NULL };
	struct recipe *recipe;
	AUTO_FREE char *hash = NULL;

	ok(host_state_prepare(db, "iron1", "f", job, 1, &err));
	ok(preparation_add(db, "iron1", "", facts, &err));
	ok(recipe_load(&recipe, "test", &err));
	reuse_steps(recipe, "host", &steps);
	ok(preparation_add(db, "iron1", "", &steps, &err));
	ok(preparation_seal(db, "iron1", &hash, &err));
	ok(host_state_use(db, "iron1", hash, "boot-1", &err));
	reads_release(&steps);
	recipe_free(recipe);
}

/* One has prepared the host from what it reads, and left it clean. */
static void prepare_clean(void)
{
	struct reads facts = { .v = NULL };

	reads_watch(&facts);
	host_prop(&host, "disk-root");
	config_get(config, "HostImage");
	host_has_flag(&host, "hvm");
	reads_tell("runvar", "dom0_mem", NULL);
	reads_watch(NULL);
	reads_add(&facts, "result", "xen_version", "4.17");
	take("one");
	prepare_for("one", &facts);
	ok(host_state_clean(db, "iron1", &err));
	reads_release(&facts);
}

/* ---- who has it ----------------------------------------------------------- */

static enum host_condition condition(void)
{
	struct host_state got;
	enum host_condition c;

	assert_int_equal(host_state_get(db, "iron1", &got, &err), 1);
	c = got.condition;
	host_state_release(&got);
	return c;
}

static void test_nothing_recorded(void **state)
{
	struct host_state got;

	(void)state;
	take("one");
	assert_int_equal(host_state_get(db, "iron1", &got, &err), 0);
	assert_int_equal(judge_as("one", 1), REUSE_FRESH);
	assert_has(verdict.why, "nothing is recorded");
}

static void test_reused(void **state)
{
	(void)state;
	prepare_clean();
	assert_int_equal(judge_as("two", 0), REUSE_AS_IT_IS);
	assert_string_equal(verdict.since, "f.one");
	assert_string_equal(verdict.boot_id, "boot-1");
	take("two");
	assert_int_equal(condition(), HOST_CLEAN);
	assert_int_equal(judge_as("two", 1), REUSE_AS_IT_IS);
	/* for the one who has it alone */
	assert_int_equal(judge_as("one", 0), REUSE_FRESH);
	assert_has(verdict.why, "f.two had it");
}

/* A run that was killed has not said that it left the host clean. */
static void test_killed(void **state)
{
	(void)state;
	prepare_clean();
	take("two");
	ok(host_state_use(db, "iron1", "x", "boot-1", &err));
	ok(job_end_run(db, "f", "two", JOB_FAIL, "guest-start: it crashed",
		       &err));
	take("one");
	assert_int_equal(condition(), HOST_DIRTY);
	assert_int_equal(judge_as("one", 1), REUSE_FRESH);
	assert_has(verdict.why, "dirty: f.two had it");
	assert_has(verdict.why, "guest-start: it crashed");
}

/* Another run of the same job is somebody else. */
static void test_run_again(void **state)
{
	(void)state;
	prepare_clean();
	take("two");
	ok(job_end_run(db, "f", "two", JOB_ABORTED, NULL, &err));
	run_begins("two");
	take("two");
	assert_int_equal(condition(), HOST_DIRTY);
}

/* Nor is one of that name that was made after it was deleted. */
static void test_made_again(void **state)
{
	(void)state;
	prepare_clean();
	take("two");
	ok(host_state_use(db, "iron1", "x", "boot-1", &err));
	ok(job_end_run(db, "f", "two", JOB_ABORTED, NULL, &err));
	ok(job_delete(db, "f", "two", &err));
	ok(job_create(db, "f", "two", "test", &err));
	run_begins("two");
	assert_int_equal(judge_as("two", 1), REUSE_FRESH);
	assert_string_equal(verdict.why,
			    "dirty: f.two had it and was deleted");
}

/* run-flight takes a job's hosts before the job begins. */
static void test_taken_before(void **state)
{
	const struct allocation_wish wish = {
		.ident = "host", .host = "iron1",
	};
	struct owner self;

	(void)state;
	prepare_clean();
	owner_self(&self);
	ok(job_create(db, "f", "three", "test", &err));
	ok(hosts_allocate(db, "f", "three", &self, &wish, 1, &err));
	run_begins("three");
	ok(hosts_allocate(db, "f", "three", &self, &wish, 1, &err));
	assert_int_equal(judge_as("three", 1), REUSE_AS_IT_IS);
	/* and once more, which is another run */
	ok(job_end_run(db, "f", "three", JOB_ABORTED, NULL, &err));
	ok(hosts_allocate(db, "f", "three", &self, &wish, 1, &err));
	run_begins("three");
	assert_int_equal(judge_as("three", 2), REUSE_FRESH);
	assert_has(verdict.why, "f.three had it");
}

/* A person may keep a host for something that is no job. */
static void test_no_job(void **state)
{
	(void)state;
	prepare_clean();
	ok(host_state_take(db, "iron1", "mine", "to play with", &err));
	assert_int_equal(judge_as("two", 0), REUSE_FRESH);
	assert_has(verdict.why, "mine.to play with had it");
}

static void test_half_prepared(void **state)
{
	(void)state;
	take("one");
	ok(host_state_prepare(db, "iron1", "f", "one", 1, &err));
	assert_int_equal(judge_as("two", 0), REUSE_FRESH);
	assert_has(verdict.why, "began to install");
}

static void test_said_dirty(void **state)
{
	(void)state;
	prepare_clean();
	ok(host_state_dirty(db, "iron1", "a person said so", &err));
	assert_int_equal(judge_as("two", 0), REUSE_FRESH);
	assert_string_equal(verdict.why, "dirty: a person said so");
	ok(host_row_delete(db, "iron1", &err));
	assert_int_equal(judge_as("two", 0), REUSE_FRESH);
	assert_has(verdict.why, "nothing is recorded");
}

/* ---- what differs --------------------------------------------------------- */

static void assert_differs(const char *what)
{
	assert_int_equal(judge_as("two", 0), REUSE_FRESH);
	assert_has(verdict.why, what);
}

static void test_property_differs(void **state)
{
	(void)state;
	prepare_clean();
	set_prop("disk-root", "9000");
	assert_differs("property disk-root differs: '9000', was ''");
}

static void test_flag_differs(void **state)
{
	(void)state;
	prepare_clean();
	strvec_push(&host.flags, "hvm");
	assert_differs("flag hvm differs: 'set', was 'not set'");
}

static void test_setting_differs(void **state)
{
	(void)state;
	prepare_clean();
	settings("HostImage other-host\nDebianSuite trixie\n");
	/* the suite was not read */
	assert_differs("setting HostImage differs");
	assert_null(strstr(verdict.why, "more"));
}

static void test_runvar_differs(void **state)
{
	(void)state;
	prepare_clean();
	ok(runvar_define(db, "f", "two", "dom0_mem", "1024M", &err));
	assert_differs("runvar dom0_mem differs: '1024M', was ''");
	/* what an earlier run of the job found out is gone when it begins */
	ok(runvar_delete(db, "f", "two", "dom0_mem", &err));
	ok(runvar_store(db, "f", "two", "dom0_mem", "1024M", &err));
	assert_int_equal(judge_as("two", 0), REUSE_AS_IT_IS);
}

/* The name of a dist says what it is; whose build made it does not count. */
static void test_dist_differs(void **state)
{
	struct reads facts = { .v = NULL };

	(void)state;
	reads_add(&facts, "dist", "xen", "xen-0123/xendist.tar.zst");
	take("one");
	prepare_for("one", &facts);
	ok(host_state_clean(db, "iron1", &err));
	reads_release(&facts);
	assert_differs("dist xen differs: '', was 'xen-0123/");
	ok(job_create(db, "f", "build", "test", &err));
	ok(runvar_define(db, "f", "two", "xenbuildjob", "build", &err));
	assert_differs("dist xen differs: '', was 'xen-0123/");
	ok(runvar_store(db, "f", "build", "path_xendist",
			"xen-0123/xendist.tar.zst", &err));
	assert_int_equal(judge_as("two", 0), REUSE_AS_IT_IS);
	assert_string_equal(verdict.what, "xen-0123");
	ok(runvar_define(db, "f", "two", "xenbuildjob", "f.build", &err));
	assert_int_equal(judge_as("two", 0), REUSE_AS_IT_IS);
	ok(runvar_define(db, "f", "two", "host_xenbuildjob", "none", &err));
	assert_differs("dist xen differs");
}

static void test_steps_differ(void **state)
{
	AUTO_FREE char *more = xasprintf("%s  - run: ts-more {host}\n"
					 "    each-host: true\n"
					 "    prepares: true\n", around);

	(void)state;
	prepare_clean();
	put("jobs/around/test.yaml", more);
	assert_differs("step ts-more {host}: was not run");
	*strstr(more, "  - run: ts-xen-install") = '\0';
	put("jobs/around/test.yaml", more);
	assert_differs("step ts-xen-install {host}: not in this recipe");
}

static void test_unknown_kind(void **state)
{
	struct reads facts = { .v = NULL };

	(void)state;
	reads_add(&facts, "moon", "phase", "full");
	take("one");
	prepare_for("one", &facts);
	ok(host_state_clean(db, "iron1", &err));
	reads_release(&facts);
	assert_differs("moon phase cannot be read again");
}

/* ---- asked for otherwise --------------------------------------------------- */

static void test_recipe_says_no(void **state)
{
	(void)state;
	prepare_clean();
	put_recipe("test", "reuse: no\n");
	assert_differs("the recipe says 'reuse: no'");
}

static void test_setting_says_no(void **state)
{
	(void)state;
	prepare_clean();
	settings("HostReuse no\n");
	assert_differs("the setting HostReuse is off");
}

static void test_kept(void **state)
{
	(void)state;
	setenv("OSSTEST_HOST_REUSE", "1", 1);
	assert_int_equal(judge_as("two", 0), REUSE_KEPT);
	prepare_clean();
	assert_int_equal(judge_as("two", 0), REUSE_AS_IT_IS);
	unsetenv("OSSTEST_HOST_REUSE");
}

/* ---- snapshots -------------------------------------------------------------- */

static void test_snapshot(void **state)
{
	struct preparations all;
	AUTO_FREE char *hash = NULL;

	(void)state;
	prepare_clean();
	assert_int_equal(judge_as("two", 0), REUSE_AS_IT_IS);
	hash = xstrdup(verdict.hash);
	ok(preparation_set_snapshot(db, "iron1", hash, hash, 1, "boot-1",
				    &err));
	/* another state in between; the one with a snapshot is not forgotten */
	set_prop("disk-root", "9000");
	prepare_clean();
	assert_int_equal(judge_as("two", 0), REUSE_AS_IT_IS);
	assert_string_not_equal(verdict.hash, hash);
	ok(preparation_list(db, "iron1", &all, &err));
	assert_int_equal(all.count, 2);
	preparations_release(&all);
	strvec_release(&host.props);
	assert_int_equal(judge_as("two", 0), REUSE_SNAPSHOT);
	assert_string_equal(verdict.snapshot, hash);
	assert_string_equal(verdict.boot_id, "boot-1");
	/* nor does it matter that the host is dirty */
	ok(host_state_dirty(db, "iron1", "it burnt", &err));
	assert_int_equal(judge_as("two", 0), REUSE_SNAPSHOT);
	ok(preparation_set_snapshot(db, "iron1", hash, NULL, 0, NULL, &err));
	assert_int_equal(judge_as("two", 0), REUSE_FRESH);
	assert_string_equal(verdict.why, "dirty: it burnt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DB_TEST(test_nothing_recorded),
		DB_TEST(test_reused),
		DB_TEST(test_killed),
		DB_TEST(test_run_again),
		DB_TEST(test_made_again),
		DB_TEST(test_taken_before),
		DB_TEST(test_no_job),
		DB_TEST(test_half_prepared),
		DB_TEST(test_said_dirty),
		DB_TEST(test_property_differs),
		DB_TEST(test_flag_differs),
		DB_TEST(test_setting_differs),
		DB_TEST(test_runvar_differs),
		DB_TEST(test_dist_differs),
		DB_TEST(test_steps_differ),
		DB_TEST(test_unknown_kind),
		DB_TEST(test_recipe_says_no),
		DB_TEST(test_setting_says_no),
		DB_TEST(test_kept),
		DB_TEST(test_snapshot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
