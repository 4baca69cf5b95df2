/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every run of a job is a row, with the hosts that it had. */
#include "db-fixture.h"

#include "base/clock.h"
#include "db/history.h"
#include "db/hosts.h"

static struct db *db;

static int setup(void **state)
{
	(void)state;
	if (fixture_dir() < 0 || db_open(&db, path, &err) < 0)
		return -1;
	return flight_create(db, "f", "play", "demo", NULL, &err) < 0 ||
		job_create(db, "f", "j", "recipe", &err) < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return fixture_remove();
}

static void allocate(const char *host)
{
	const struct allocation_wish wish = { "host", host };
	struct owner self;

	owner_self(&self);
	ok(hosts_allocate(db, "f", "j", &self, &wish, 1, &err));
}

static void run_once(const char *host, enum job_status status,
		     const char *reason)
{
	int run;

	ok(job_begin_run(db, "f", "j", false, &run, &err));
	allocate(host);
	ok(hosts_free(db, "f", "j", &err));
	ok(job_end_run(db, "f", "j", status, reason, &err));
}

static void test_runs_stay_when_the_job_is_run_again(void **state)
{
	struct history_rows rows;

	(void)state;
	run_once("iron1", JOB_BROKEN, "no power");
	ok(job_set_status(db, "f", "j", JOB_QUEUED, NULL, &err));
	run_once("iron2", JOB_PASS, NULL);
	ok(history_of_runs(db, "f", "j", &rows, &err));
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.v[0].run, 1);
	assert_string_equal(rows.v[0].host, "iron1");
	assert_int_equal(rows.v[0].status, JOB_BROKEN);
	assert_string_equal(rows.v[0].reason, "no power");
	assert_true(rows.v[0].finished >= rows.v[0].started);
	assert_string_equal(rows.v[1].host, "iron2");
	assert_int_equal(rows.v[1].status, JOB_PASS);
	assert_null(rows.v[1].reason);
	history_rows_release(&rows);
}

/* run-flight has them before run-job begins. */
static void test_hosts_taken_before_the_run(void **state)
{
	struct history_rows rows;
	int run;

	(void)state;
	allocate("iron1");
	ok(job_begin_run(db, "f", "j", false, &run, &err));
	ok(job_end_run(db, "f", "j", JOB_PASS, NULL, &err));
	ok(history_of_host(db, "iron1", 10, &rows, &err));
	assert_int_equal(rows.count, 1);
	assert_string_equal(rows.v[0].ident, "host");
	assert_int_equal(rows.v[0].status, JOB_PASS);
	history_rows_release(&rows);
}

static void test_broken_in_a_row(void **state)
{
	int count;

	(void)state;
	ok(history_broken_in_row(db, "iron1", 3, 1, &count, &err));
	assert_int_equal(count, 0);
	run_once("iron1", JOB_PASS, NULL);
	run_once("iron1", JOB_BROKEN, "x");
	run_once("iron1", JOB_BROKEN, "x");
	ok(history_broken_in_row(db, "iron1", 3, 1, &count, &err));
	assert_int_equal(count, 2);
	/* and long ago is no matter */
	ok(history_broken_in_row(db, "iron1", 3, clock_now_ms() + 1, &count,
				 &err));
	assert_int_equal(count, 0);
	run_once("iron1", JOB_FAIL, "x");
	ok(history_broken_in_row(db, "iron1", 3, 1, &count, &err));
	assert_int_equal(count, 0);
}

static void test_passes(void **state)
{
	struct pass_rows rows;

	(void)state;
	run_once("iron1", JOB_PASS, NULL);
	run_once("iron1", JOB_FAIL, "x");
	run_once("iron2", JOB_PASS, "simulated");
	ok(history_passes(db, "recipe", 10, &rows, &err));
	assert_int_equal(rows.count, 1);
	assert_string_equal(rows.v[0].job, "j");
	assert_string_equal(rows.v[0].host, "iron1");
	pass_rows_release(&rows);
	ok(history_passes(db, "other", 10, &rows, &err));
	assert_int_equal(rows.count, 0);
	pass_rows_release(&rows);
}

static void test_a_flight_goes_with_its_history(void **state)
{
	struct history_rows rows;

	(void)state;
	run_once("iron1", JOB_PASS, NULL);
	ok(flight_rename(db, "f", "g", &err));
	ok(history_of_runs(db, "g", "j", &rows, &err));
	assert_int_equal(rows.count, 1);
	history_rows_release(&rows);
	ok(flight_delete(db, "g", &err));
	ok(history_of_host(db, "iron1", 10, &rows, &err));
	assert_int_equal(rows.count, 0);
	history_rows_release(&rows);
}

static void test_one_runner(void **state)
{
	struct owner self, other;

	(void)state;
	owner_self(&self);
	ok(flight_set_runner(db, "f", &self, &err));
	ok(flight_set_runner(db, "f", &self, &err));
	/* process 1 lives as long as we do */
	owner_of_process(&other, 1);
	refused(flight_set_runner(db, "f", &other, &err), ERROR_AGAIN,
		"flight f is run already: by process");
	ok(flight_set_runner(db, "f", NULL, &err));
	ok(flight_set_runner(db, "f", &other, &err));
	other.start++;
	ok(flight_set_runner(db, "f", NULL, &err));
	ok(flight_set_runner(db, "f", &other, &err));
	/* that process is gone: its place is free */
	ok(flight_set_runner(db, "f", &self, &err));
	refused(flight_set_runner(db, "x", &self, &err), ERROR_USAGE,
		"no flight 'x'");
}

static void test_hosts_are_handed_over(void **state)
{
	struct allocation_rows rows;
	struct owner other;

	(void)state;
	allocate("iron1");
	owner_of_process(&other, 1);
	ok(hosts_hand_over(db, "f", "j", &other, &err));
	ok(allocation_list(db, &rows, &err));
	assert_int_equal(rows.count, 1);
	assert_true(owner_same(&rows.v[0].owner, &other));
	allocation_rows_release(&rows);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_runs_stay_when_the_job_is_run_again),
		TEST(test_hosts_taken_before_the_run),
		TEST(test_broken_in_a_row),
		TEST(test_passes),
		TEST(test_a_flight_goes_with_its_history),
		TEST(test_one_runner),
		TEST(test_hosts_are_handed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
