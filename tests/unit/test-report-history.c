/* SPDX-License-Identifier: GPL-2.0-or-later */
/* History as rows: what was built, what passed, who had the host, and the
 * verdict that comes of it. */
#include "tests/unit/db-fixture.h"

#include "db/hosts.h"
#include "db/past.h"
#include "db/judgements.h"
#include "db/runvars.h"
#include "db/steps.h"
#include "report/assess.h"

static struct db *db;

static int setup(void **state)
{
	(void)state;
	if (fixture_dir() < 0)
		return -1;
	setenv("IRONBIRD_FLIGHTS_PATH", dir, 1);
	setenv("IRONBIRD_SHARE", dir, 1);
	return db_open(&db, path, &err);
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return fixture_remove();
}

static void give_host(const char *flight, const char *job, const char *host)
{
	const struct allocation_wish wish = { "host", host };
	struct owner owner;

	owner_self(&owner);
	ok(hosts_allocate(db, flight, job, &owner, &wish, 1, &err));
	ok(hosts_free(db, flight, job, &err));
}

static void add_job(const char *flight, const char *job, const char *buildjob,
		    enum step_status status)
{
	enum job_status word = status == STEP_PASS ? JOB_PASS : JOB_FAIL;
	struct step_row row = {
		.flight = (char *)flight, .job = (char *)job, .run = 1,
		.command = (char *)"ts-x host", .testid = (char *)"x",
		.status = status,
	};
	int run;

	ok(job_create(db, flight, job, "r", &err));
	if (buildjob)
		ok(runvar_define(db, flight, job, "xenbuildjob", buildjob,
				 &err));
	ok(job_begin_run(db, flight, job, false, &run, &err));
	give_host(flight, job, "iron1");
	ok(step_add_finished(db, &row, &err));
	ok(job_end_run(db, flight, job, word, NULL, &err));
}

/* A flight with one test; revision NULL: it builds nothing itself. */
static void add_flight(const char *name, const char *branch,
		       const char *blessing, const char *revision,
		       const char *buildjob, enum step_status status)
{
	char *const olds[] = { (char *)"constructing", NULL };

	ok(flight_create(db, name, blessing, branch, NULL, &err));
	if (revision) {
		add_job(name, "build-x", NULL, STEP_PASS);
		ok(runvar_store(db, name, "build-x", "built_revision_xen",
				revision, &err));
	}
	add_job(name, "test-x", buildjob, status);
	ok(flight_bless(db, name, blessing, olds, &err));
	ok(flight_set_times(db, name, 1, 2, &err));
}

static char *verdict(const char *flight, int64_t until)
{
	struct evidence_request request = {
		.flight = flight, .these = STRVEC_INIT, .those = STRVEC_INIT,
		.until = until,
	};
	struct evidence evidence;
	struct judgement judgement;
	char *text;

	ok(assess_verdict(db, &request, NULL, &evidence, &judgement, &err));
	text = judgement.count ? verdict_words(&judgement.v[0], &evidence) :
		xstrdup(overall_name(judgement.overall));
	judgement_release(&judgement);
	evidence_release(&evidence);
	return text;
}

#define assert_verdict(flight, until, words) do { \
	AUTO_FREE char *got_ = verdict(flight, until); \
	assert_string_equal(got_, words); \
} while (0)

static int64_t id_of(const char *flight)
{
	int64_t id;

	ok(past_flight_id(db, flight, &id, &err));
	return id;
}

static void test_built(void **state)
{
	AUTO_STRVEC pairs = STRVEC_INIT;

	(void)state;
	add_flight("1", "b", "real", "r1", "build-x", STEP_PASS);
	add_flight("2", "b", "real", NULL, "1.build-x", STEP_PASS);
	add_flight("3", "b", "real", NULL, "2.test-x", STEP_PASS);
	ok(past_built(db, "1", &pairs, &err));
	assert_int_equal(pairs.count, 2);
	ok(past_built(db, "3", &pairs, &err));
	assert_int_equal(pairs.count, 2);	/* the same pair, once */
	assert_string_equal(pairs.v[0], "xen");
	assert_string_equal(pairs.v[1], "r1");
}

/* Builds that name each other in a circle end too. */
static void test_built_circle(void **state)
{
	AUTO_STRVEC pairs = STRVEC_INIT;

	(void)state;
	add_flight("1", "b", "real", NULL, "2.test-x", STEP_PASS);
	add_flight("2", "b", "real", NULL, "1.test-x", STEP_PASS);
	ok(past_built(db, "1", &pairs, &err));
	assert_int_equal(pairs.count, 0);
}

static void test_verdicts(void **state)
{
	(void)state;
	add_flight("1", "b", "real", "r1", "build-x", STEP_PASS);
	assert_verdict("1", 0, "perfect");
	add_flight("2", "b", "real", "r2", "build-x", STEP_FAIL);
	assert_verdict("2", 0, "fail REGR. vs. 1");
	/* other branches and blessings are not asked */
	add_flight("3", "c", "real", "r2", "build-x", STEP_PASS);
	add_flight("4", "b", "adhoc", "r2", "build-x", STEP_PASS);
	assert_verdict("2", 0, "fail REGR. vs. 1");
	add_flight("5", "b", "real-retest", "r2", "build-x", STEP_PASS);
	assert_verdict("2", 0, "fail pass in 5");
	/* as of then */
	assert_verdict("2", id_of("2"), "fail REGR. vs. 1");
	/* the baseline that was recorded wins over the flight before */
	add_flight("6", "b", "real", "r3", "build-x", STEP_FAIL);
	assert_verdict("6", 0, "fail REGR. vs. 5");
	ok(baseline_put(db, "6", "xen", "r2", &err));
	assert_verdict("6", 0, "fail REGR. vs. 5");
	ok(baseline_put(db, "6", "xen", "r9", &err));
	assert_verdict("6", 0, "fail baseline untested");
	add_flight("7", "d", "real", "r3", "build-x", STEP_FAIL);
	assert_verdict("7", 0, "fail");
	add_flight("8", "d", "real", "r4", "build-x", STEP_FAIL);
	assert_verdict("8", 0, "fail never pass");
}

/* Its passes stay known when a flight is deleted. */
static void test_first_passes(void **state)
{
	(void)state;
	add_flight("1", "b", "real", "r1", "build-x", STEP_PASS);
	assert_int_equal(past_passed_ever(db, "b", "real", 0, "test-x",
					     "x", &err), 1);
	assert_int_equal(past_passed_ever(db, "b", "real", 0, "test-x",
					     "y", &err), 0);
	assert_int_equal(past_passed_ever(db, "b", "play,adhoc", 0,
					     "test-x", "x", &err), 0);
	add_flight("2", "b", "real", "r2", "build-x", STEP_FAIL);
	ok(flight_delete(db, "1", &err));
	assert_int_equal(past_passed_ever(db, "b", "play,real", 0,
					     "test-x", "x", &err), 1);
}

static void test_runs(void **state)
{
	struct past_runs runs;
	AUTO_STRVEC hosts = STRVEC_INIT;
	int run;

	(void)state;
	add_flight("1", "b", "real", NULL, NULL, STEP_FAIL);
	ok(job_begin_run(db, "1", "test-x", false, &run, &err));
	give_host("1", "test-x", "iron2");
	ok(job_end_run(db, "1", "test-x", JOB_PASS, NULL, &err));
	add_flight("2", "c", "play", NULL, NULL, STEP_PASS);

	ok(past_job(db, "test-x", NULL, NULL, 10, &runs, &err));
	assert_int_equal(runs.count, 2);
	assert_string_equal(runs.v[0].flight, "2");
	assert_string_equal(runs.v[1].branch, "b");
	past_runs_release(&runs);
	ok(past_job(db, "test-x", "b", "play,real", 10, &runs, &err));
	assert_int_equal(runs.count, 1);
	assert_int_equal(runs.v[0].status, JOB_PASS);
	past_runs_release(&runs);
	ok(past_job(db, "test-x", "b", "play", 10, &runs, &err));
	assert_int_equal(runs.count, 0);
	past_runs_release(&runs);

	/* the run that was done over is one of its host's still */
	ok(past_host(db, "iron1", 10, &runs, &err));
	assert_int_equal(runs.count, 2);
	assert_string_equal(runs.v[1].flight, "1");
	assert_int_equal(runs.v[1].run, 1);
	assert_int_equal(runs.v[1].status, JOB_FAIL);
	assert_true(runs.v[1].started > 0);
	past_runs_release(&runs);
	ok(past_host(db, "iron2", 10, &runs, &err));
	assert_int_equal(runs.count, 1);
	assert_int_equal(runs.v[0].status, JOB_PASS);
	past_runs_release(&runs);
	ok(past_hosts_of(db, "1", "test-x", 2, &hosts, &err));
	assert_int_equal(hosts.count, 2);
	assert_string_equal(hosts.v[1], "iron2");
}

static void test_judgements(void **state)
{
	struct judgement_row row;
	AUTO_STRVEC pairs = STRVEC_INIT;

	(void)state;
	add_flight("1", "b", "real", "r1", "build-x", STEP_PASS);
	assert_int_equal(judgement_get(db, "1", &row, &err), 0);
	row = (struct judgement_row){ .overall = (char *)"tolerable",
				      .horizon = 3, .blocking = 0 };
	ok(judgement_put(db, "1", &row, &err));
	ok(judgement_pushed(db, "1", "r1", &err));
	ok(judgement_put(db, "1", &row, &err));
	assert_int_equal(judgement_get(db, "1", &row, &err), 1);
	assert_string_equal(row.overall, "tolerable");
	assert_string_equal(row.pushed, "r1");
	judgement_row_release(&row);
	row = (struct judgement_row){ .overall = (char *)"splendid" };
	assert_int_equal(judgement_put(db, "1", &row, &err), -1);
	ok(baseline_put(db, "1", "xen", "r0", &err));
	ok(baseline_list(db, "1", &pairs, &err));
	assert_int_equal(pairs.count, 2);
	ok(flight_rename(db, "1", "one", &err));
	assert_int_equal(judgement_get(db, "one", &row, &err), 1);
	judgement_row_release(&row);
	ok(flight_delete(db, "one", &err));
	assert_int_equal(judgement_get(db, "one", &row, &err), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_built),
		TEST(test_built_circle),
		TEST(test_verdicts),
		TEST(test_first_passes),
		TEST(test_runs),
		TEST(test_judgements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
