/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the row functions promise: flights, jobs, runvars. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "db/flights.h"
#include "db/runvars.h"
#include "db/steps.h"
#include "tests/unit/db-fixture.h"

static struct db *db;

/* Every test has flight f with job j. */
static int setup(void **state)
{
	(void)state;
	if (fixture_dir() < 0)
		return -1;
	ok(db_open(&db, path, &err));
	ok(flight_create(db, "f", "play", "demo", NULL, &err));
	ok(job_create(db, "f", "j", "recipe", &err));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return fixture_remove();
}

static struct job_row the_job(void)
{
	struct job_row row;

	ok(job_get(db, "f", "j", &row, &err));
	return row;
}

static void assert_job(enum job_status status, const char *reason)
{
	struct job_row row = the_job();

	assert_string_equal(job_status_name(row.status),
			    job_status_name(status));
	assert_string_equal(str_or(row.reason, "none"),
			    str_or(reason, "none"));
	job_row_release(&row);
}

static void test_flight_numbers(void **state)
{
	static const char *const odd[] = {
		"7x", "x9", "99999999999999999999999", "1.5",
	};
	char *name;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		ok(flight_create(db, odd[i], "play", "demo", NULL, &err));
	for (int i = 1; i <= 11; i++) {
		ok(flight_create(db, NULL, "play", "demo", &name, &err));
		assert_int_equal(atoi(name), i);
		free(name);
	}
	ok(flight_create(db, "400", "play", "demo", NULL, &err));
	ok(flight_create(db, NULL, "play", "demo", &name, &err));
	assert_string_equal(name, "401");
	free(name);
	refused(flight_create(db, "f", "play", "demo", NULL, &err),
		ERROR_USAGE, "there is a flight 'f' already");
}

static void test_flight_bless(void **state)
{
	char *olds[] = { (char *)"running", (char *)"constructing", NULL };
	struct flight_row row;

	(void)state;
	ok(flight_bless(db, "f", "real", olds, &err));
	refused(flight_bless(db, "f", "play", olds, &err), ERROR_USAGE,
		"is blessed 'real', not running or constructing");
	refused(flight_bless(db, "g", "play", olds, &err), ERROR_USAGE,
		"there is no flight 'g' (did you mean 'f'?)");
	ok(flight_set_times(db, "f", 1000, 0, &err));
	ok(flight_set_times(db, "f", 0, 2000, &err));
	ok(flight_get(db, "f", &row, &err));
	assert_string_equal(row.blessing, "real");
	assert_int_equal(row.started, 1000);
	assert_int_equal(row.finished, 2000);
	flight_row_release(&row);
	ok(flight_set_times(db, "f", 3000, 0, &err));
	ok(flight_get(db, "f", &row, &err));
	assert_int_equal(row.finished, 0);
	flight_row_release(&row);
}

static void test_flight_list(void **state)
{
	struct flight_rows rows;

	(void)state;
	for (int i = 0; i < 5; i++)
		ok(flight_create(db, NULL, "play", "demo", NULL, &err));
	ok(flight_list(db, NULL, 2, &rows, &err));
	assert_int_equal(rows.count, 2);
	assert_string_equal(rows.v[0].flight, "5");
	flight_rows_release(&rows);
	ok(flight_list(db, "real", 0, &rows, &err));
	assert_int_equal(rows.count, 0);
	flight_rows_release(&rows);
	ok(flight_list(db, "constructing", 0, &rows, &err));
	assert_int_equal(rows.count, 6);
	flight_rows_release(&rows);
}

static int begin_step(const char *testid)
{
	struct step_row row = {
		.flight = (char *)"f", .job = (char *)"j", .run = 1,
		.command = (char *)"ts-x host", .testid = (char *)testid,
		.log = (char *)"/logs/f/j/x.log",
	};
	int stepno;

	owner_self(&row.owner);
	ok(step_begin(db, &row, &stepno, &err));
	return stepno;
}

static void test_flight_rename_and_delete(void **state)
{
	struct step_rows steps;
	struct runvars vars;
	int run;

	(void)state;
	ok(job_begin_run(db, "f", "j", false, &run, &err));
	ok(runvar_define(db, "f", "j", "arch", "amd64", &err));
	ok(artifact_add(db, "f", "j", run, begin_step("x"), "dmesg",
			"/logs/f/j/dmesg", 5, &err));
	ok(job_end_run(db, "f", "j", JOB_PASS, NULL, &err));
	ok(flight_rename(db, "f", "f.1", &err));
	ok(flight_move_logs(db, "f.1", "/logs/f/", "/logs/f.1/", &err));
	ok(step_list(db, "f.1", "j", 0, &steps, &err));
	assert_int_equal(steps.count, 1);
	assert_string_equal(steps.v[0].log, "/logs/f.1/j/x.log");
	step_rows_release(&steps);
	ok(runvar_list(db, "f.1", NULL, &vars, &err));
	assert_string_equal(runvars_find(&vars, "arch"), "amd64");
	runvars_release(&vars);
	ok(flight_delete(db, "f.1", &err));
	ok(step_list_flight(db, "f.1", &steps, &err));
	assert_int_equal(steps.count, 0);
	ok(runvar_list(db, "f.1", NULL, &vars, &err));
	assert_int_equal(vars.count, 0);
	refused(flight_delete(db, "f.1", &err), ERROR_USAGE, "no flight");
}

static void test_job_names(void **state)
{
	struct job_rows rows;
	struct job_row row;

	(void)state;
	refused(job_create(db, "f", "j", "r", &err), ERROR_USAGE,
		"flight f has a job 'j' already");
	refused(job_create(db, "ff", "j", "r", &err), ERROR_USAGE,
		"there is no flight 'ff'");
	ok(job_create(db, "f", "build-amd64", "build", &err));
	ok(job_create(db, "f", "a-later-one", "build", &err));
	refused(job_get(db, "f", "build-amd46", &row, &err), ERROR_USAGE,
		"did you mean 'build-amd64'?");
	refused(job_set_status(db, "f", "nil", JOB_PASS, NULL, &err),
		ERROR_USAGE, "flight f has no job 'nil'");
	ok(job_list(db, "f", &rows, &err));
	assert_int_equal(rows.count, 3);
	assert_string_equal(rows.v[0].job, "j");
	assert_string_equal(rows.v[2].job, "a-later-one");
	job_rows_release(&rows);
	ok(job_delete(db, "f", "j", &err));
	refused(job_delete(db, "f", "j", &err), ERROR_USAGE, "no job 'j'");
}

static void test_job_status_words(void **state)
{
	enum job_status status;

	(void)state;
	for (int i = JOB_QUEUED; i <= JOB_ABORTED; i++) {
		ok(job_status_parse(job_status_name(i), &status));
		assert_int_equal(status, i);
		ok(job_set_status(db, "f", "j", JOB_QUEUED, NULL, &err));
		ok(job_set_status(db, "f", "j", i, NULL, &err));
		assert_job(i, NULL);
		assert_int_equal(job_status_final(i), i >= JOB_PASS);
	}
	assert_int_equal(job_status_parse("passed", &status), -1);
}

static void test_broken_stays(void **state)
{
	static const enum job_status lasting[] = { JOB_BROKEN, JOB_ABORTED };
	struct job_row row;
	int run;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lasting); i++) {
		ok(job_begin_run(db, "f", "j", false, &run, &err));
		ok(job_set_status(db, "f", "j", lasting[i], "first", &err));
		ok(job_set_status(db, "f", "j", JOB_RUNNING, NULL, &err));
		ok(job_set_status(db, "f", "j", JOB_FAIL, "later", &err));
		ok(job_end_run(db, "f", "j", JOB_PASS, "last", &err));
		assert_job(lasting[i], "first");
		row = the_job();
		assert_true(row.finished >= row.started);
		assert_int_equal(row.owner.pid, 0);
		job_row_release(&row);
	}
	ok(job_begin_run(db, "f", "j", false, &run, &err));
	assert_int_equal(run, 3);
	assert_job(JOB_PREPARING, NULL);
	ok(job_end_run(db, "f", "j", JOB_FAIL, "the product", &err));
	assert_job(JOB_FAIL, "the product");
	ok(job_set_status(db, "f", "j", JOB_BROKEN, "power", &err));
	assert_job(JOB_BROKEN, "power");
	ok(job_set_status(db, "f", "j", JOB_QUEUED, NULL, &err));
	assert_job(JOB_QUEUED, NULL);
}

static void test_runs_and_runvars(void **state)
{
	char *value;
	int run;

	(void)state;
	ok(runvar_define(db, "f", "j", "arch", "amd64", &err));
	ok(job_begin_run(db, "f", "j", false, &run, &err));
	assert_int_equal(run, 1);
	ok(runvar_store(db, "f", "j", "host", "iron1", &err));
	ok(runvar_store(db, "f", "j", "host", "iron2", &err));
	ok(runvar_store(db, "f", "j", "arch", "amd64", &err));
	refused(runvar_store(db, "f", "j", "arch", "arm64", &err),
		ERROR_USAGE, "arch of job f.j is defined as 'amd64'");
	ok(job_end_run(db, "f", "j", JOB_PASS, NULL, &err));
	ok(job_begin_run(db, "f", "j", true, &run, &err));
	ok(runvar_get(db, "f", "j", "host", &value, &err));
	assert_string_equal(value, "iron2");
	free(value);
	ok(job_begin_run(db, "f", "j", false, &run, &err));
	assert_int_equal(run, 3);
	ok(runvar_get(db, "f", "j", "host", &value, &err));
	assert_null(value);
	ok(runvar_get(db, "f", "j", "arch", &value, &err));
	assert_string_equal(value, "amd64");
	free(value);
	refused(runvar_define(db, "f", "k", "a", "b", &err), ERROR_USAGE,
		"flight f has no job 'k'");
	refused(runvar_delete(db, "f", "j", "nil", &err), ERROR_USAGE,
		"has no runvar 'nil'");
	ok(runvar_delete(db, "f", "j", "arch", &err));
}

/* A process that has begun a run of job j and lives until it is stopped. */
static pid_t runner(void)
{
	int begun[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(begun), 0);
	pid = fork();
	if (pid == 0) {
		struct db *own;
		int run;

		if (setpgid(0, 0) < 0 ||
		    prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
		    db_open(&own, path, &err) < 0 ||
		    job_begin_run(own, "f", "j", false, &run, &err) < 0 ||
		    write(begun[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(begun[1]);
	assert_int_equal(read(begun[0], &byte, 1), 1);
	close(begun[0]);
	return pid;
}

static void test_a_run_has_one_owner(void **state)
{
	pid_t pid;
	int run;

	(void)state;
	refused(job_resume_run(db, "f", "j", &run, &err), ERROR_USAGE,
		"was never run");
	pid = runner();
	refused(job_begin_run(db, "f", "j", false, &run, &err), ERROR_AGAIN,
		"is being run by process");
	refused(job_resume_run(db, "f", "j", &run, &err), ERROR_AGAIN,
		"is being run by process");
	refused(job_delete(db, "f", "j", &err), ERROR_AGAIN, "is being run");
	refused(flight_delete(db, "f", &err), ERROR_AGAIN, "in use");
	refused(flight_rename(db, "f", "g", &err), ERROR_AGAIN, "in use");
	proc_stop(pid, 1000);
	ok(job_resume_run(db, "f", "j", &run, &err));
	assert_int_equal(run, 1);
	ok(job_end_run(db, "f", "j", JOB_PASS, NULL, &err));
	refused(job_resume_run(db, "f", "j", &run, &err), ERROR_USAGE,
		"run 1 of job f.j has ended (pass)");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_flight_numbers),
		TEST(test_flight_bless),
		TEST(test_flight_list),
		TEST(test_flight_rename_and_delete),
		TEST(test_job_names),
		TEST(test_job_status_words),
		TEST(test_broken_stays),
		TEST(test_runs_and_runvars),
		TEST(test_a_run_has_one_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
