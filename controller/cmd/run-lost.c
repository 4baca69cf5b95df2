/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the watchdog of a run becomes when its run-job is gone. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cmd/command.h"
#include "run/lost.h"

#define ADHOC "adhoc"		/* run/adhoc.c's recipe */

static const char *const reasons[] = {
	[RUN_LOST_GONE] = "gone",
	[RUN_LOST_SILENT] = "silent",
	[RUN_LOST_OVERDUE] = "overdue",
};

static int parse_why(const char *word, enum run_lost_why *why,
		     struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (strcmp(word, reasons[i]) == 0) {
			*why = (enum run_lost_why)i;
			return 0;
		}
	}
	return error_set(err, ERROR_USAGE, "run-lost: '%.40s' is not gone, "
			 "silent or overdue", word);
}

/* A step by hand has a recipe that is in no file: it is given again. */
static int tell(struct context *ctx, const struct run_lost *lost,
		const char *reason, struct error *err)
{
	struct job_row row;

	if (job_get(ctx->db, lost->flight, lost->job, &row, err) < 0)
		return -1;
	if (strcmp(row.recipe, ADHOC) == 0)
		log_err("%s.%s: %s", lost->flight, lost->job, reason);
	else
		log_err("job %s.%s: %s; 'ironbird run-job --resume %s %s' "
			"carries on", lost->flight, lost->job, reason,
			lost->flight, lost->job);
	job_row_release(&row);
	return 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_FREE char *reason = NULL;
	struct run_lost lost;

	if (args_check(args, "run-lost", 7, 7, err) < 0)
		return -1;
	lost = (struct run_lost){
		.flight = args->v[0], .job = args->v[1],
		.run = atoi(args->v[2]),
		.limit_ms = atoll(args->v[6]),
	};
	owner_of_process(&lost.owner, atoi(args->v[3]));
	lost.owner.start = strtoull(args->v[4], NULL, 10);
	if (parse_why(args->v[5], &lost.why, err) < 0 ||
	    run_lost(ctx->config, ctx->db, &lost, &reason, err) < 0)
		return -1;
	return reason ? tell(ctx, &lost, reason, err) : 0;
}

const struct command cmd_run_lost = {
	.name = "run-lost",
	.summary = "End what a run-job left that is gone, and say so",
	.usage = "FLIGHT JOB RUN PID START gone|silent|overdue LIMIT-MS",
	.needs = NEEDS_DB,
	.hidden = true,
	.run = run,
};
