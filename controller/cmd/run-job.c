/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One job from its first step to its verdict, as OSSTest's sg-run-job. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/jobspec.h"
#include "run/job.h"
#include "run/outcome.h"

static struct job_run_options run_options;

static const struct option_row options[] = {
	OPTION_FLAG('r', "resume", &run_options.resume,
		    "carry on the run whose run-job was killed"),
	OPTION_FLAG('q', "quiet", &run_options.quiet,
		    "no line for each step"),
	OPTION_END
};

static int name_job(struct context *ctx, const struct strvec *args,
		    char **flight, char **job, struct error *err)
{
	if (args_check(args, "run-job", 1, 2, err) < 0)
		return -1;
	if (args->count == 1)
		return jobspec_parse(ctx, args->v[0], flight, job, err);
	*flight = xstrdup(args->v[0]);
	*job = xstrdup(args->v[1]);
	return 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_FREE char *flight = NULL, *job = NULL;
	struct job_row row;
	enum job_status status;

	if (name_job(ctx, args, &flight, &job, err) < 0 ||
	    job_run(ctx->config, ctx->db, flight, job, &run_options, &status,
		    err) < 0 ||
	    job_get(ctx->db, flight, job, &row, err) < 0)
		return -1;
	printf("%s.%s: %s%s%s\n", flight, job, job_status_name(status),
	       row.reason ? ", " : "", str_or(row.reason, ""));
	printf("ironbird report %s tells more\n", flight);
	job_row_release(&row);
	return outcome_exit(status);
}

const struct command cmd_run_job = {
	.name = "run-job",
	.aliases = "sg-run-job",
	.summary = "Run all steps of one job",
	.usage = "[--resume] [--quiet] [FLIGHT] JOB\n"
		 "[--resume] [--quiet] FLIGHT.JOB",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
