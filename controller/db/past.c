/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "db/flights.h"
#include "db/past.h"
#include "db/statement.h"

void past_flights_release(struct past_flights *flights)
{
	for (size_t i = 0; i < flights->count; i++) {
		free(flights->v[i].flight);
		free(flights->v[i].blessing);
	}
	free(flights->v);
	*flights = (struct past_flights){ .v = NULL };
}

int past_flight_list(struct db *db, const char *branch, const char *blessings,
		    int64_t until, size_t limit, struct past_flights *flights,
		    struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	struct past_flights got = { .v = NULL };
	int rc;

	if (statement_open(&st, db, err, STMT_PAST_FLIGHTS, "slsl", branch,
			   until ? until : INT64_MAX, blessings,
			   (int64_t)limit) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		got.v[got.count++] = (struct past_flight){
			.id = statement_int64(&st, 0),
			.flight = statement_dup(&st, 1),
			.blessing = statement_dup(&st, 2),
			.started = statement_int64(&st, 3),
			.finished = statement_int64(&st, 4),
		};
	}
	if (rc < 0)
		past_flights_release(&got);
	else
		*flights = got;
	return rc;
}

int past_flight_id(struct db *db, const char *flight, int64_t *id,
		      struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	struct flight_row row;
	int rc;

	if (statement_open(&st, db, err, STMT_PAST_FLIGHT_ID, "s",
			   flight) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc > 0)
		*id = statement_int64(&st, 0);
	if (rc)
		return rc > 0 ? 0 : -1;
	if (flight_get(db, flight, &row, err) < 0)
		return -1;	/* with a hint */
	flight_row_release(&row);
	return error_set(err, ERROR_AGAIN, "flight %s has just been made",
			 flight);
}

int past_newest_id(struct db *db, const char *branch, int64_t *id,
		      struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_PAST_NEWEST_ID, "s",
			   branch) < 0 || statement_step(&st, err) < 0)
		return -1;
	*id = statement_int64(&st, 0);
	return 0;
}

static int read_names(struct db *db, enum statement_id id,
		      struct strvec *names, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, id, "") < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0)
		strvec_push(names, statement_text(&st, 0));
	return rc;
}

int past_branches(struct db *db, struct strvec *branches, struct error *err)
{
	return read_names(db, STMT_PAST_BRANCHES, branches, err);
}

int past_hosts(struct db *db, struct strvec *hosts, struct error *err)
{
	return read_names(db, STMT_PAST_HOSTS, hosts, err);
}

void bad_steps_release(struct bad_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++) {
		free(steps->v[i].job);
		free(steps->v[i].testid);
		free(steps->v[i].reason);
	}
	free(steps->v);
	*steps = (struct bad_steps){ .v = NULL };
}

static int read_bad_steps(struct statement *st, struct bad_steps *steps,
			  struct error *err)
{
	struct bad_steps got = { .v = NULL };
	int rc;

	while ((rc = statement_step(st, err)) > 0) {
		struct bad_step *step;

		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		step = &got.v[got.count++];
		*step = (struct bad_step){
			.job = statement_dup(st, 0),
			.testid = statement_dup(st, 1),
			.stepno = (int)statement_int64(st, 2),
			.reason = statement_dup(st, 4),
		};
		/* the table's CHECK has the same words */
		if (step_status_parse(statement_text(st, 3),
				      &step->status) < 0)
			step->status = STEP_LOST;
	}
	if (rc < 0)
		bad_steps_release(&got);
	else
		*steps = got;
	return rc;
}

int past_bad_steps(struct db *db, const char *flight,
		      struct bad_steps *steps, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_PAST_BAD_STEPS, "s",
			   flight) < 0)
		return -1;
	return read_bad_steps(&st, steps, err);
}

int past_job_bad_steps(struct db *db, const char *flight, const char *job,
			  int run, struct bad_steps *steps, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_PAST_JOB_BAD_STEPS, "ssi",
			   flight, job, run) < 0)
		return -1;
	return read_bad_steps(&st, steps, err);
}

int past_step(struct db *db, const char *flight, const char *job,
		 const char *testid, enum step_status *status,
		 struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_PAST_STEP, "sss", flight,
			   job, testid) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc > 0 && step_status_parse(statement_text(&st, 0), status) < 0)
		*status = STEP_LOST;
	return rc;
}

static int passed_ever(struct db *db, const char *branch,
		       const char *blessing, int64_t until, const char *job,
		       const char *testid, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_PAST_PASSED_EVER, "ssssl",
			   branch, blessing, job, testid,
			   until ? until : INT64_MAX) < 0)
		return -1;
	return statement_step(&st, err);
}

int past_passed_ever(struct db *db, const char *branch,
			const char *blessings, int64_t until, const char *job,
			const char *testid, struct error *err)
{
	AUTO_STRVEC each = STRVEC_INIT;
	int rc = 0;

	strvec_split(&each, blessings, ",");
	for (size_t i = 0; i < each.count && rc == 0; i++)
		rc = passed_ever(db, branch, each.v[i], until, job, testid,
				 err);
	return rc;
}
