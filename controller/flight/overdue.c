/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/clock.h"
#include "base/proc.h"
#include "db/flights.h"
#include "db/hosts.h"
#include "db/steps.h"
#include "flight/overdue.h"

int overdue_stop(struct db *db, const char *flight, int64_t grace_ms,
		 struct error *err)
{
	struct job_rows rows = { .v = NULL };
	struct owner self;

	owner_self(&self);
	if (job_list(db, flight, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++) {
		const struct owner *owner = &rows.v[i].owner;

		if (owner->pid && strcmp(owner->machine, self.machine) == 0)
			proc_end(owner->pid, owner->start, grace_ms);
	}
	job_rows_release(&rows);
	return 0;
}

/* A run of its own, when it had none: so are blocked jobs told, too. */
static int begin(struct db *db, const struct job_row *row, struct error *err)
{
	int run, lost;

	if (!row->run || row->status == JOB_QUEUED)
		return job_begin_run(db, row->flight, row->job, false, &run,
				     err);
	return step_mark_lost(db, row->flight, row->job, row->run, &lost,
			      err);
}

static int abort_job(struct db *db, const struct job_row *row,
		     const char *reason, struct error *err)
{
	if (begin(db, row, err) < 0 ||
	    hosts_free(db, row->flight, row->job, err) < 0 ||
	    /* "stopped by SIGTERM" is how; the reason is why */
	    job_set_status(db, row->flight, row->job, JOB_QUEUED, NULL,
			   err) < 0)
		return -1;
	return job_end_run(db, row->flight, row->job, JOB_ABORTED, reason,
			   err);
}

/* 1: there were jobs to abort. */
static int abort_jobs(struct db *db, const char *flight, const char *reason,
		      struct error *err)
{
	struct job_rows rows = { .v = NULL };
	int rc = job_list(db, flight, &rows, err), some = 0;

	for (size_t i = 0; i < rows.count && rc == 0; i++) {
		const struct job_row *row = &rows.v[i];

		if (job_status_final(row->status) &&
		    row->status != JOB_ABORTED)
			continue;
		some = 1;
		rc = abort_job(db, row, reason, err);
	}
	job_rows_release(&rows);
	return rc < 0 ? -1 : some;
}

static int end_flight(struct db *db, const char *flight, struct error *err)
{
	char *const begun[] = { (char *)"constructing", (char *)"running",
				NULL };
	struct flight_row row;
	int rc;

	if (flight_get(db, flight, &row, err) < 0)
		return -1;
	rc = flight_set_times(db, flight, 0, clock_now_ms(), err);
	/* blessed: its last job ended just then */
	if (rc == 0 && strcmp(row.blessing, row.intended) != 0)
		rc = flight_bless(db, flight, row.intended, begun, err);
	flight_row_release(&row);
	return rc;
}

int overdue_settle(struct db *db, const char *flight, const char *reason,
		   struct error *err)
{
	int some;

	if (db_begin(db, err) < 0)
		return -1;
	some = abort_jobs(db, flight, reason, err);
	if (some >= 0 && end_flight(db, flight, err) == 0)
		return db_commit(db, err) < 0 ? -1 : some;
	db_rollback(db);
	return -1;
}
