/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/clock.h"
#include "base/wait.h"
#include "db/steps.h"
#include "run/job.h"
#include "run/lost.h"
#include "run/orphans.h"

#define DEATH_LIMIT_MS 5000
#define LOOK_MS 2

static enum wait_answer has_ended(void *arg, struct error *err)
{
	(void)err;
	return owner_alive(arg) ? WAIT_MORE : WAIT_DONE;
}

/* One that the kernel does not let die holds up nothing else. */
static void await_end(const struct run_lost *lost)
{
	const struct wait_spec spec = {
		.what = "run-job does not die", .limit_ms = DEATH_LIMIT_MS,
		.poll_ms = LOOK_MS, .check = has_ended,
		.arg = (void *)&lost->owner,
	};

	(void)!wait_for(&spec, NULL);
}

/* "host-install: iron1: GET /orders 200", of the steps that were running. */
static int last_seen(struct db *db, const struct run_lost *lost,
		     struct strbuf *text, struct error *err)
{
	struct step_rows rows = { .v = NULL };

	if (step_list(db, lost->flight, lost->job, lost->run, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++) {
		const struct step_row *row = &rows.v[i];

		if (row->status != STEP_RUNNING)
			continue;
		strbuf_addf(text, "%sstep %s", text->len ? "; " : "",
			    row->testid);
		if (row->stage)
			strbuf_addf(text, ", %s", row->stage);
	}
	if (!text->len)
		strbuf_addstr(text, "between two steps");
	step_rows_release(&rows);
	return 0;
}

static char *sentence(const struct run_lost *lost, const char *seen)
{
	char limit[DURATION_TEXT_SIZE];

	duration_text(lost->limit_ms, limit);
	switch (lost->why) {
	case RUN_LOST_SILENT:
		return xasprintf("run-job gave no sign of life for %s and was "
				 "killed (last seen: %s)", limit, seen);
	case RUN_LOST_OVERDUE:
		return xasprintf("run-job did not keep its own limits and was "
				 "killed (last seen: %s)", seen);
	default:
		return xasprintf("run-job, process %d, is gone in the middle "
				 "of the run (last seen: %s)",
				 lost->owner.pid, seen);
	}
}

static int write_down(struct db *db, const struct run_lost *lost,
		      enum job_status status, char **reason,
		      struct error *err)
{
	AUTO_STRBUF seen = STRBUF_INIT;
	int count;

	if (last_seen(db, lost, &seen, err) < 0 ||
	    step_mark_lost(db, lost->flight, lost->job, lost->run, &count,
			   err) < 0)
		return -1;
	*reason = sentence(lost, seen.buf);
	if (lost->why != RUN_LOST_GONE)
		status = JOB_BROKEN;
	return job_set_status(db, lost->flight, lost->job, status, *reason,
			      err);
}

/* Unless it has ended properly after all, or was carried on meanwhile. */
static int write_if_ours(struct db *db, const struct run_lost *lost,
			 char **reason, struct error *err)
{
	struct job_row row;
	int rc = 0;

	if (job_get(db, lost->flight, lost->job, &row, err) < 0)
		return -1;
	if (row.run == lost->run && owner_same(&row.owner, &lost->owner) &&
	    !job_status_final(row.status))
		rc = write_down(db, lost, row.status, reason, err);
	job_row_release(&row);
	return rc;
}

int run_lost(const struct config *config, struct db *db,
	     const struct run_lost *lost, char **reason, struct error *err)
{
	AUTO_FREE char *logs = job_logs(config, lost->flight, lost->job,
					lost->run);
	const struct orphans orphans = {
		.logs = logs, .pid = lost->owner.pid,
	};

	*reason = NULL;
	await_end(lost);
	if (orphans_kill(&orphans, err) < 0 ||
	    orphans_await_steps(db, lost->flight, lost->job, lost->run,
				err) < 0 ||
	    db_begin(db, err) < 0)
		return -1;
	if (write_if_ours(db, lost, reason, err) == 0)
		return db_commit(db, err);
	db_rollback(db);
	free(*reason);
	*reason = NULL;
	return -1;
}
