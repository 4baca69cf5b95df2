/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the row functions promise: steps and their artifacts. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "db/flights.h"
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

/* A process that lives until it is stopped, and its owner row. */
static pid_t other_process(struct owner *owner)
{
	char *argv[] = { (char *)"sleep", (char *)"100", NULL };
	struct proc_spec spec = { .argv = argv, .die_with_parent = true };
	pid_t pid = proc_spawn(&spec, &err);

	assert_true(pid > 0);
	owner_self(owner);
	owner->pid = pid;
	owner->start = proc_start_time(pid);
	return pid;
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

static void test_steps(void **state)
{
	struct step_rows rows;
	int run;

	(void)state;
	ok(job_begin_run(db, "f", "j", false, &run, &err));
	assert_int_equal(begin_step("guest-start/debian"), 1);
	assert_int_equal(begin_step("guest-stop/debian"), 2);
	ok(step_set_stage(db, "f", "j", 1, 1, "booting", &err));
	ok(step_finish(db, "f", "j", 1, 1, STEP_FAIL, "no answer", &err));
	ok(step_add_finished(db, &(struct step_row){
		.flight = (char *)"f", .job = (char *)"j", .run = 1,
		.command = (char *)"ts-y", .testid = (char *)"y",
		.status = STEP_SKIP }, &err));
	refused(step_finish(db, "f", "j", 1, 9, STEP_PASS, NULL, &err),
		ERROR_USAGE, "has no step 9 in run 1");
	ok(step_list(db, "f", "j", 0, &rows, &err));
	assert_int_equal(rows.count, 3);
	assert_int_equal(rows.v[0].status, STEP_FAIL);
	assert_string_equal(rows.v[0].stage, "booting");
	assert_string_equal(rows.v[0].reason, "no answer");
	assert_int_equal(rows.v[1].status, STEP_RUNNING);
	assert_int_equal(rows.v[1].finished, 0);
	assert_int_equal(rows.v[1].owner.pid, getpid());
	assert_int_equal(rows.v[2].status, STEP_SKIP);
	assert_true(rows.v[2].finished > 0);
	assert_null(rows.v[2].log);
	step_rows_release(&rows);
	ok(job_end_run(db, "f", "j", JOB_FAIL, NULL, &err));
	ok(job_begin_run(db, "f", "j", false, &run, &err));
	ok(step_list_flight(db, "f", &rows, &err));
	assert_int_equal(rows.count, 0);
	ok(step_list(db, "f", "j", 1, &rows, &err));
	assert_int_equal(rows.count, 3);
	step_rows_release(&rows);
}

static void test_step_refusals(void **state)
{
	struct step_row row = {
		.flight = (char *)"f", .job = (char *)"j", .run = 1,
		.command = (char *)"ts-x", .testid = (char *)"x",
	};
	int stepno = 77;

	(void)state;
	begin_step("x");
	refused(step_begin(db, &row, &stepno, &err), ERROR_USAGE,
		"has a step 'x' already in run 1");
	row.job = (char *)"k";
	refused(step_begin(db, &row, &stepno, &err), ERROR_USAGE,
		"flight f has no job 'k'");
	refused(artifact_add(db, "f", "j", 1, 5, "a", "/a", 1, &err),
		ERROR_USAGE, "has no step 5 in run 1");
	assert_int_equal(begin_step("y"), 2);
	refused(step_set_testid(db, "f", "j", 1, 2, "x", &err), ERROR_USAGE,
		"has a step 'x' already in run 1");
	assert_int_equal(stepno, 77);
}

static void test_lost_steps(void **state)
{
	struct step_rows rows;
	struct owner other;
	pid_t pid = other_process(&other);
	int lost, run;

	(void)state;
	ok(job_begin_run(db, "f", "j", false, &run, &err));
	begin_step("mine");
	begin_step("done");
	ok(step_finish(db, "f", "j", 1, 2, STEP_PASS, NULL, &err));
	begin_step("theirs");
	ok(step_set_owner(db, "f", "j", 1, 3, &other, &err));
	ok(step_mark_lost(db, "f", "j", 1, &lost, &err));
	assert_int_equal(lost, 0);
	proc_stop(pid, 1000);
	ok(step_mark_lost(db, "f", "j", 1, &lost, &err));
	assert_int_equal(lost, 1);
	ok(step_list(db, "f", "j", 1, &rows, &err));
	assert_int_equal(rows.v[0].status, STEP_RUNNING);
	assert_int_equal(rows.v[1].status, STEP_PASS);
	assert_int_equal(rows.v[2].status, STEP_LOST);
	assert_non_null(strstr(rows.v[2].reason, "is gone"));
	step_rows_release(&rows);
}

static void test_expected(void **state)
{
	struct step_row row = {
		.flight = (char *)"f", .job = (char *)"j", .run = 1,
		.command = (char *)"ts-x", .status = STEP_PASS,
	};
	int64_t ms = 5;

	(void)state;
	ok(step_expected_ms(db, "j", "x", &ms, &err));
	assert_int_equal(ms, -1);
	ok(job_expected_ms(db, "j", &ms, &err));
	assert_int_equal(ms, -1);
	/* 5 old ones of 1 ms, then 20 of 100...119 ms */
	for (int i = 0; i < 25; i++) {
		AUTO_FREE char *flight = xasprintf("flight%d", i);

		ok(flight_create(db, flight, "play", "demo", NULL, &err));
		ok(job_create(db, flight, "j", "r", &err));
		row.flight = flight;
		row.testid = (char *)"x";
		row.started = 1000000 + 1000 * i;
		row.finished = row.started + (i < 5 ? 1 : 95 + i);
		ok(step_add_finished(db, &row, &err));
	}
	ok(step_expected_ms(db, "j", "x", &ms, &err));
	assert_int_equal(ms, 110);
	ok(step_expected_ms(db, "other", "x", &ms, &err));
	assert_int_equal(ms, -1);
}

static void test_artifacts(void **state)
{
	struct artifact_rows rows;
	int run;

	(void)state;
	ok(job_begin_run(db, "f", "j", false, &run, &err));
	begin_step("x");
	begin_step("y");
	ok(artifact_add(db, "f", "j", 1, 2, "dmesg", "/old", 1, &err));
	ok(artifact_add(db, "f", "j", 1, 2, "dmesg", "/new", 2, &err));
	ok(artifact_add(db, "f", "j", 1, 1, "log", "/log", 3, &err));
	ok(artifact_list(db, "f", "j", 0, 0, &rows, &err));
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.v[0].stepno, 1);
	assert_string_equal(rows.v[1].path, "/new");
	artifact_rows_release(&rows);
	ok(artifact_list(db, "f", "j", 1, 1, &rows, &err));
	assert_int_equal(rows.count, 1);
	artifact_rows_release(&rows);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_steps),
		TEST(test_step_refusals),
		TEST(test_lost_steps),
		TEST(test_expected),
		TEST(test_artifacts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
