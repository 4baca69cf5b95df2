/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/strvec.h"
#include "db/flights.h"
#include "db/jobs.h"
#include "db/statement.h"
#include "db/steps.h"

static const char *const status_names[] = {
	[JOB_QUEUED] = "queued",
	[JOB_PREPARING] = "preparing",
	[JOB_RUNNING] = "running",
	[JOB_PASS] = "pass",
	[JOB_FAIL] = "fail",
	[JOB_BROKEN] = "broken",
	[JOB_BLOCKED] = "blocked",
	[JOB_STARVED] = "starved",
	[JOB_ABORTED] = "aborted",
};

const char *job_status_name(enum job_status status)
{
	return status_names[status];
}

int job_status_parse(const char *name, enum job_status *status)
{
	for (size_t i = 0; i < ARRAY_SIZE(status_names); i++) {
		if (strcmp(status_names[i], name) == 0) {
			*status = i;
			return 0;
		}
	}
	return -1;
}

bool job_status_final(enum job_status status)
{
	return status > JOB_RUNNING;
}

void job_row_release(struct job_row *row)
{
	free(row->flight);
	free(row->job);
	free(row->recipe);
	free(row->reason);
	*row = (struct job_row){ .flight = NULL };
}

void job_rows_release(struct job_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		job_row_release(&rows->v[i]);
	free(rows->v);
	*rows = (struct job_rows){ .v = NULL };
}

static void read_row(const struct statement *st, struct job_row *row)
{
	*row = (struct job_row){
		.flight = statement_dup(st, 0),
		.job = statement_dup(st, 1),
		.recipe = statement_dup(st, 2),
		.status = JOB_BROKEN,
		.reason = statement_dup(st, 4),
		.run = (int)statement_int64(st, 5),
		.started = statement_int64(st, 6),
		.finished = statement_int64(st, 7),
	};
	/* the schema's CHECK lets no other word in */
	(void)!job_status_parse(str_or(statement_text(st, 3), ""),
				&row->status);
	statement_owner(st, 8, &row->owner);
}

static int unknown(struct db *db, const char *flight, const char *job,
		   struct error *err)
{
	struct flight_row row;
	struct job_rows rows = { .v = NULL };
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	if (flight_get(db, flight, &row, err) < 0)
		return -1;
	flight_row_release(&row);
	if (name_check("job", job, err) < 0 ||
	    job_list(db, flight, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++)
		strvec_push(&names, rows.v[i].job);
	job_rows_release(&rows);
	hint = name_hint(job, &names);
	return error_set(err, ERROR_USAGE, "flight %s has no job '%s'%s",
			 flight, job, hint);
}

/* The result of an UPDATE or DELETE of one job. */
static int changed_one(struct db *db, int changed, const char *flight,
		       const char *job, struct error *err)
{
	if (changed > 0)
		return 0;
	return changed < 0 ? -1 : unknown(db, flight, job, err);
}

int job_create(struct db *db, const char *flight, const char *job,
	       const char *recipe, struct error *err)
{
	struct flight_row row;

	if (name_check("job", job, err) < 0 ||
	    name_check("recipe", recipe, err) < 0)
		return -1;
	if (statement_run(db, err, STMT_JOB_INSERT, "sss", flight, job,
			  recipe) >= 0)
		return 0;
	if (db_was_duplicate(db))
		return error_set(err, ERROR_USAGE, "flight %s has a job '%s' "
				 "already", flight, job);
	if (db_was_orphan(db) && flight_get(db, flight, &row, err) == 0)
		flight_row_release(&row);
	return -1;
}

int job_get(struct db *db, const char *flight, const char *job,
	    struct job_row *row, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_JOB_GET, "ss", flight, job) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc > 0)
		read_row(&st, row);
	return rc ? (rc > 0 ? 0 : -1) : unknown(db, flight, job, err);
}

static int list(struct db *db, enum statement_id id, const char *flight,
		struct job_rows *rows, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	struct job_rows got = { .v = NULL };
	int rc;

	if (statement_open(&st, db, err, id, "s", flight) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		read_row(&st, &got.v[got.count++]);
	}
	if (rc < 0)
		job_rows_release(&got);
	else
		*rows = got;
	return rc;
}

int job_list(struct db *db, const char *flight, struct job_rows *rows,
	     struct error *err)
{
	return list(db, STMT_JOB_LIST, flight, rows, err);
}

int job_list_aborted(struct db *db, const char *flight, struct job_rows *rows,
		     struct error *err)
{
	return list(db, STMT_JOB_LIST_ABORTED, flight, rows, err);
}

/* ERROR_AGAIN when somebody else is at it. */
static int check_idle(const struct job_row *row, struct error *err)
{
	char since[CLOCK_STAMP_SIZE];
	struct owner self;

	owner_self(&self);
	if (!owner_alive(&row->owner) || owner_same(&row->owner, &self))
		return 0;
	return error_set(err, ERROR_AGAIN, "job %s.%s is being run by process "
			 "%d on %s since %s", row->flight, row->job,
			 row->owner.pid, row->owner.machine,
			 clock_stamp(row->started, since));
}

static int begin_next(struct db *db, const struct job_row *row,
		      bool keep_runvars, struct error *err)
{
	struct owner self;
	int lost;

	owner_self(&self);
	if (check_idle(row, err) < 0 ||
	    step_mark_lost(db, row->flight, row->job, row->run, &lost,
			   err) < 0)
		return -1;
	if (!keep_runvars &&
	    statement_run(db, err, STMT_RUNVAR_DELETE_SYNTH, "ss",
			  row->flight, row->job) < 0)
		return -1;
	return statement_run(db, err, STMT_JOB_BEGIN_RUN, "sslsil",
			     row->flight, row->job, clock_now_ms(),
			     self.machine, self.pid, (int64_t)self.start);
}

int job_begin_run(struct db *db, const char *flight, const char *job,
		  bool keep_runvars, int *run, struct error *err)
{
	struct job_row row = { .flight = NULL };
	int rc;

	if (db_begin(db, err) < 0)
		return -1;
	rc = job_get(db, flight, job, &row, err);
	if (rc == 0)
		rc = begin_next(db, &row, keep_runvars, err);
	if (rc < 0)
		db_rollback(db);
	else
		rc = db_commit(db, err);
	if (rc == 0)
		*run = row.run + 1;
	job_row_release(&row);
	return rc;
}

static int take_over(struct db *db, const struct job_row *row,
		     struct error *err)
{
	struct owner self;

	owner_self(&self);
	if (check_idle(row, err) < 0)
		return -1;
	if (row->run == 0)
		return error_set(err, ERROR_USAGE, "job %s.%s was never run: "
				 "nothing to resume", row->flight, row->job);
	if (!row->owner.pid)
		return error_set(err, ERROR_USAGE, "run %d of job %s.%s has "
				 "ended (%s): nothing to resume", row->run,
				 row->flight, row->job,
				 job_status_name(row->status));
	return statement_run(db, err, STMT_JOB_TAKE_OVER, "sssil", row->flight,
			     row->job, self.machine, self.pid,
			     (int64_t)self.start);
}

int job_resume_run(struct db *db, const char *flight, const char *job,
		   int *run, struct error *err)
{
	struct job_row row = { .flight = NULL };
	int rc;

	if (db_begin(db, err) < 0)
		return -1;
	rc = job_get(db, flight, job, &row, err);
	if (rc == 0)
		rc = take_over(db, &row, err);
	if (rc < 0)
		db_rollback(db);
	else
		rc = db_commit(db, err);
	if (rc == 0)
		*run = row.run;
	job_row_release(&row);
	return rc;
}

int job_set_reason(struct db *db, const char *flight, const char *job,
		   const char *reason, struct error *err)
{
	return changed_one(db, statement_run(db, err, STMT_JOB_SET_REASON,
					     "sss", flight, job, reason),
			   flight, job, err);
}

int job_set_status(struct db *db, const char *flight, const char *job,
		   enum job_status status, const char *reason,
		   struct error *err)
{
	int changed = statement_run(db, err, STMT_JOB_SET_STATUS, "ssss",
				    flight, job, job_status_name(status),
				    reason);

	return changed_one(db, changed, flight, job, err);
}

int job_end_run(struct db *db, const char *flight, const char *job,
		enum job_status status, const char *reason, struct error *err)
{
	if (db_begin(db, err) < 0)
		return -1;
	if (job_set_status(db, flight, job, status, reason, err) == 0 &&
	    statement_run(db, err, STMT_JOB_END_RUN, "ssl", flight, job,
			  clock_now_ms()) >= 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}

int job_set_owner(struct db *db, const char *flight, const char *job,
		  const struct owner *owner, struct error *err)
{
	static const struct owner nobody;
	const struct owner *o = owner ? owner : &nobody;
	int changed = statement_run(db, err, STMT_JOB_SET_OWNER, "sssil",
				    flight, job, owner ? o->machine : NULL,
				    o->pid, (int64_t)o->start);

	return changed_one(db, changed, flight, job, err);
}

static int delete_idle(struct db *db, const char *flight, const char *job,
		       struct error *err)
{
	struct job_row row;
	int rc;

	if (job_get(db, flight, job, &row, err) < 0)
		return -1;
	rc = check_idle(&row, err);
	job_row_release(&row);
	return rc < 0 ? -1 : statement_run(db, err, STMT_JOB_DELETE, "ss",
					   flight, job);
}

int job_set_recipe(struct db *db, const char *flight, const char *job,
		   const char *recipe, struct error *err)
{
	if (name_check("recipe", recipe, err) < 0)
		return -1;
	return changed_one(db, statement_run(db, err, STMT_JOB_SET_RECIPE,
					     "sss", flight, job, recipe),
			   flight, job, err);
}

static int rename_idle(struct db *db, const char *flight, const char *job,
		       const char *name, struct error *err)
{
	struct job_row row;
	int rc;

	if (job_get(db, flight, job, &row, err) < 0)
		return -1;
	rc = check_idle(&row, err);
	job_row_release(&row);
	if (rc < 0)
		return -1;
	rc = statement_run(db, err, STMT_JOB_RENAME, "sss", flight, job, name);
	if (rc < 0)
		return db_was_duplicate(db) ?
			error_set(err, ERROR_USAGE, "flight %s has a job '%s' "
				  "already", flight, name) : -1;
	return statement_run(db, err, STMT_JOB_RENAME_REFERENCES, "sss",
			     flight, job, name);
}

int job_rename(struct db *db, const char *flight, const char *job,
	       const char *name, struct error *err)
{
	if (name_check("job", name, err) < 0 || db_begin(db, err) < 0)
		return -1;
	if (rename_idle(db, flight, job, name, err) >= 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}

int job_delete(struct db *db, const char *flight, const char *job,
	       struct error *err)
{
	if (db_begin(db, err) < 0)
		return -1;
	if (delete_idle(db, flight, job, err) >= 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}

int job_expected_ms(struct db *db, const char *job, int64_t *ms,
		    struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_JOB_PASSES, "s", job) < 0)
		return -1;
	return statement_median(&st, ms, err);
}
