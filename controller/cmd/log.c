/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of a step: as it is, or as it grows until the step ends. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/wait.h"
#include "cmd/stepspec.h"
#include "run/showlog.h"

#define LOOK_MS 250	/* the database offers no event */
#define FOR_EVER_MS (1000LL * 3600 * 24 * 365)

static bool follow;
static int64_t run_number;

static const struct option_row options[] = {
	OPTION_FLAG('f', "follow", &follow, "go on until the step ends"),
	OPTION_NUMBER('r', "run", "RUN", &run_number,
		      "of this run of the job (default: the newest)"),
	OPTION_END
};

struct watched {
	struct db *db;
	const struct step_row *row;
	enum step_status status;
};

/* While its run-job lives, a step that has died still gets its verdict. */
static int has_runner(const struct watched *w, struct error *err)
{
	struct job_row row;
	bool alive;

	if (job_get(w->db, w->row->flight, w->row->job, &row, err) < 0)
		return -1;
	alive = owner_alive(&row.owner);
	job_row_release(&row);
	return alive;
}

/* A step whose process is gone, run-job too, does not end any more. */
static enum wait_answer has_ended(void *arg, struct error *err)
{
	struct watched *w = arg;
	struct step_rows rows = { .v = NULL };
	enum wait_answer answer = WAIT_DONE;
	int runner = has_runner(w, err);

	if (runner < 0 ||
	    step_list(w->db, w->row->flight, w->row->job, w->row->run, &rows,
		      err) < 0)
		return WAIT_FAILED;
	for (size_t i = 0; i < rows.count; i++) {
		const struct step_row *row = &rows.v[i];

		if (row->stepno != w->row->stepno)
			continue;
		w->status = row->status;
		if (row->status == STEP_RUNNING &&
		    (runner || owner_alive(&row->owner)))
			answer = WAIT_MORE;
	}
	step_rows_release(&rows);
	return answer;
}

static int wait_for_end(struct context *ctx, const struct step_row *row,
			sd_event *event, struct error *err)
{
	struct watched w = {
		.db = ctx->db, .row = row, .status = STEP_LOST,
	};
	const struct wait_spec spec = {
		.what = "the step has not ended", .limit_ms = FOR_EVER_MS,
		.poll_ms = LOOK_MS, .event = event, .check = has_ended,
		.arg = &w,
	};

	if (wait_for(&spec, err) < 0)
		return -1;
	log_info("step %d (%s) of %s.%s: %s", row->stepno, row->testid,
		 row->flight, row->job, w.status == STEP_RUNNING ?
		 "its process is gone" : step_status_name(w.status));
	return 0;
}

static int show(struct context *ctx, const struct step_row *row,
		struct error *err)
{
	struct showlog *log = NULL;
	sd_event *event = NULL;
	int rc;

	if (!row->log)
		return error_set(err, ERROR_USAGE, "step %d (%s) of %s.%s has "
				 "no log: it was not run", row->stepno,
				 row->testid, row->flight, row->job);
	rc = sd_event_new(&event);
	if (rc < 0) {
		errno = -rc;
		return error_errno(err, "cannot make an event loop");
	}
	rc = showlog_open(&log, event, row->log, err);
	if (rc == 0 && follow)
		rc = wait_for_end(ctx, row, event, err);
	showlog_close(log);
	sd_event_unref(event);
	return rc;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	struct step_row row;
	int rc;

	if (run_number < 0 || run_number > INT32_MAX)
		return error_set(err, ERROR_USAGE, "option --run takes the "
				 "number of a run");
	if (args_check(args, "log", 1, 3, err) < 0 ||
	    stepspec_parse(ctx, args->v, args->count, (int)run_number, &row,
			   err) < 0)
		return -1;
	rc = show(ctx, &row, err);
	step_row_release(&row);
	return rc;
}

const struct command cmd_log = {
	.name = "log",
	.summary = "Print the log of a step, or follow it while it runs",
	.usage = "[--follow] [--run RUN] [FLIGHT.]JOB.STEP",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
