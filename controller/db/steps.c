/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "db/statement.h"
#include "db/steps.h"

static const char *const status_names[] = {
	[STEP_RUNNING] = "running",
	[STEP_PASS] = "pass",
	[STEP_FAIL] = "fail",
	[STEP_BROKEN] = "broken",
	[STEP_BLOCKED] = "blocked",
	[STEP_SKIP] = "skip",
	[STEP_ABORTED] = "aborted",
	[STEP_LOST] = "lost",
};

const char *step_status_name(enum step_status status)
{
	return status_names[status];
}

int step_status_parse(const char *name, enum step_status *status)
{
	for (size_t i = 0; i < ARRAY_SIZE(status_names); i++) {
		if (strcmp(status_names[i], name) == 0) {
			*status = i;
			return 0;
		}
	}
	return -1;
}

void step_row_release(struct step_row *row)
{
	free(row->flight);
	free(row->job);
	free(row->command);
	free(row->testid);
	free(row->stage);
	free(row->reason);
	free(row->log);
	*row = (struct step_row){ .flight = NULL };
}

void step_rows_release(struct step_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		step_row_release(&rows->v[i]);
	free(rows->v);
	*rows = (struct step_rows){ .v = NULL };
}

static void read_row(const struct statement *st, struct step_row *row)
{
	*row = (struct step_row){
		.flight = statement_dup(st, 0),
		.job = statement_dup(st, 1),
		.run = (int)statement_int64(st, 2),
		.stepno = (int)statement_int64(st, 3),
		.command = statement_dup(st, 4),
		.testid = statement_dup(st, 5),
		.status = STEP_LOST,
		.stage = statement_dup(st, 7),
		.reason = statement_dup(st, 8),
		.log = statement_dup(st, 9),
		.started = statement_int64(st, 10),
		.finished = statement_int64(st, 11),
	};
	/* the schema's CHECK lets no other word in */
	(void)!step_status_parse(str_or(statement_text(st, 6), ""),
				 &row->status);
	statement_owner(st, 12, &row->owner);
}

static int read_all(struct statement *st, struct step_rows *rows,
		    struct error *err)
{
	struct step_rows got = { .v = NULL };
	int rc;

	while ((rc = statement_step(st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		read_row(st, &got.v[got.count++]);
	}
	if (rc < 0)
		step_rows_release(&got);
	else
		*rows = got;
	return rc;
}

/* The sentence for a step that could not be added. */
static int refused(struct db *db, const struct step_row *row,
		   struct error *err)
{
	struct job_row job;

	if (db_was_duplicate(db))
		return error_set(err, ERROR_USAGE, "job %s.%s has a step '%s' "
				 "already in run %d", row->flight, row->job,
				 row->testid, row->run);
	if (db_was_orphan(db) &&
	    job_get(db, row->flight, row->job, &job, err) == 0)
		job_row_release(&job);
	return -1;
}

static int insert(struct db *db, const struct step_row *row,
		  enum step_status status, int64_t finished, int *stepno,
		  struct error *err)
{
	const struct owner *owner = &row->owner;
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_STEP_INSERT, "ssissssssllsil",
			   row->flight, row->job, row->run, row->command,
			   row->testid, step_status_name(status), row->stage,
			   row->reason, row->log,
			   row->started ? row->started : clock_now_ms(),
			   finished, owner->machine, owner->pid,
			   (int64_t)owner->start) < 0)
		return -1;
	if (statement_step(&st, err) < 0)
		return refused(db, row, err);
	if (stepno)
		*stepno = (int)statement_int64(&st, 0);
	return statement_step(&st, err);
}

int step_begin(struct db *db, const struct step_row *row, int *stepno,
	       struct error *err)
{
	return insert(db, row, STEP_RUNNING, 0, stepno, err);
}

int step_add_finished(struct db *db, const struct step_row *row,
		      struct error *err)
{
	return insert(db, row, row->status, row->finished ? row->finished :
		      clock_now_ms(), NULL, err);
}

static int changed_one(int changed, const char *flight, const char *job,
		       int run, int stepno, struct error *err)
{
	if (changed)
		return changed < 0 ? -1 : 0;
	return error_set(err, ERROR_USAGE, "job %s.%s has no step %d in run "
			 "%d", flight, job, stepno, run);
}

int step_set_stage(struct db *db, const char *flight, const char *job,
		   int run, int stepno, const char *stage, struct error *err)
{
	return changed_one(statement_run(db, err, STMT_STEP_SET_STAGE, "ssiis",
					 flight, job, run, stepno, stage),
			   flight, job, run, stepno, err);
}

int step_set_owner(struct db *db, const char *flight, const char *job,
		   int run, int stepno, const struct owner *owner,
		   struct error *err)
{
	return changed_one(statement_run(db, err, STMT_STEP_SET_OWNER,
					 "ssiisil", flight, job, run, stepno,
					 owner->machine, owner->pid,
					 (int64_t)owner->start),
			   flight, job, run, stepno, err);
}

int step_finish(struct db *db, const char *flight, const char *job, int run,
		int stepno, enum step_status status, const char *reason,
		struct error *err)
{
	return changed_one(statement_run(db, err, STMT_STEP_FINISH, "ssiissl",
					 flight, job, run, stepno,
					 step_status_name(status), reason,
					 clock_now_ms()),
			   flight, job, run, stepno, err);
}

int step_set_testid(struct db *db, const char *flight, const char *job,
		    int run, int stepno, const char *testid,
		    struct error *err)
{
	int changed = statement_run(db, err, STMT_STEP_SET_TESTID, "ssiis",
				    flight, job, run, stepno, testid);

	if (changed < 0 && db_was_duplicate(db))
		return error_set(err, ERROR_USAGE, "job %s.%s has a step '%s' "
				 "already in run %d", flight, job, testid, run);
	return changed_one(changed, flight, job, run, stepno, err);
}

int step_list(struct db *db, const char *flight, const char *job, int run,
	      struct step_rows *rows, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_STEP_LIST, "ssi", flight, job,
			   run) < 0)
		return -1;
	return read_all(&st, rows, err);
}

int step_list_flight(struct db *db, const char *flight,
		     struct step_rows *rows, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_STEP_LIST_FLIGHT, "s",
			   flight) < 0)
		return -1;
	return read_all(&st, rows, err);
}

static int mark_if_lost(struct db *db, const struct step_row *row, int *count,
			struct error *err)
{
	AUTO_FREE char *reason = NULL;

	if (row->status != STEP_RUNNING || owner_alive(&row->owner))
		return 0;
	reason = row->owner.pid ?
		xasprintf("its process %d on %s is gone without an outcome",
			  row->owner.pid, row->owner.machine) :
		xstrdup("its process was never started");
	++*count;
	return step_finish(db, row->flight, row->job, row->run, row->stepno,
			   STEP_LOST, reason, err);
}

int step_mark_lost(struct db *db, const char *flight, const char *job,
		   int run, int *count, struct error *err)
{
	struct step_rows rows = { .v = NULL };
	int lost = 0, rc;

	if (db_begin(db, err) < 0)
		return -1;
	rc = step_list(db, flight, job, run, &rows, err);
	for (size_t i = 0; i < rows.count && rc == 0; i++)
		rc = mark_if_lost(db, &rows.v[i], &lost, err);
	step_rows_release(&rows);
	if (rc < 0)
		db_rollback(db);
	else
		rc = db_commit(db, err);
	if (rc == 0)
		*count = lost;
	return rc;
}

int step_expected_ms(struct db *db, const char *job, const char *testid,
		     int64_t *ms, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_STEP_PASSES, "ss", job,
			   testid) < 0)
		return -1;
	return statement_median(&st, ms, err);
}
