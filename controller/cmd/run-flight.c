/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All jobs of a flight, as OSSTest's sg-execute-flight. */
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/jobspec.h"
#include "db/flights.h"
#include "flight/publish.h"
#include "flight/publisher.h"
#include "flight/run.h"
#include "run/outcome.h"
#include "run/plan.h"

static bool yes;
static struct flight_run_options run_options;

static const struct option_row options[] = {
	OPTION_FLAG('r', "resume", &run_options.resume,
		    "run only what has no verdict yet"),
	OPTION_FLAG('q', "quiet", &run_options.quiet,
		    "no line for what happens"),
	OPTION_STRING('p', "priority", "NUMBER", &run_options.priority,
		      "of flights that share hosts, lower numbers go first"),
	OPTION_FLAG('y', "yes", &yes, "do not ask before a disk is wiped"),
	OPTION_END
};

/*
 * What any of its jobs would wipe; a job without a plan says so when run.
 * Whether a host can be reused depends on the jobs before: asked all the same.
 */
static int find_wipes(struct context *ctx, const char *flight,
		      struct strvec *sentences, struct error *err)
{
	static const struct step_selection all = { .fresh = true };
	struct job_rows rows = { .v = NULL };
	AUTO_STRVEC reused = STRVEC_INIT;
	int rc = 0;

	if (job_list(ctx->db, flight, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count && rc == 0; i++) {
		struct job_plan plan;

		if (rows.v[i].status == JOB_PASS ||
		    job_plan_load(&plan, ctx->config, ctx->db, flight,
				  rows.v[i].job, &all, NULL) < 0)
			continue;
		rc = job_plan_wipes(&plan, ctx->config, ctx->db, sentences,
				    &reused, err);
		job_plan_release(&plan);
	}
	job_rows_release(&rows);
	return rc;
}

static int ask(struct context *ctx, const char *flight, struct error *err)
{
	AUTO_STRVEC sentences = STRVEC_INIT;

	if (yes || !isatty(STDIN_FILENO))
		return 0;
	if (find_wipes(ctx, flight, &sentences, err) < 0)
		return -1;
	return wipe_ask(&sentences, err);
}

static int check_known(struct context *ctx, const char *flight,
		       struct error *err)
{
	struct flight_row row;

	if (flight_get(ctx->db, flight, &row, err) < 0)
		return -1;
	flight_row_release(&row);
	return 0;
}

/* Whether others can read of it is no part of the verdict. */
static void tell_others(struct context *ctx)
{
	struct error err = ERROR_INIT;

	if (publish(ctx->config, ctx->db, NULL, NULL, &err) < 0)
		log_warn("%s", err.text);
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	struct publisher *publisher;
	enum job_status worst;
	const char *flight;
	int rc;

	if (args_check(args, "run-flight", 0, 2, err) < 0)
		return -1;
	flight = args->count ? args->v[0] : default_flight(ctx);
	if (args->count > 1 &&
	    flight_set_intended(ctx->db, flight, args->v[1], err) < 0)
		return -1;
	if (check_known(ctx, flight, err) < 0 || ask(ctx, flight, err) < 0)
		return -1;
	publisher = publisher_start(ctx->config, ctx->db, flight);
	rc = flight_run(ctx->config, ctx->db, flight, &run_options, &worst,
			err);
	publisher_stop(publisher);
	if (rc < 0)
		return -1;
	tell_others(ctx);
	printf("%s: %s; ironbird report %s tells more\n", flight,
	       job_status_name(worst), flight);
	return outcome_exit(worst);
}

const struct command cmd_run_flight = {
	.name = "run-flight",
	.aliases = "sg-execute-flight",
	.summary = "Run all jobs of a flight on all the hosts that there are",
	.usage = "[--yes] [--resume] [--quiet] [FLIGHT [BLESSING]]\n"
		 "--priority NUMBER [FLIGHT [BLESSING]]",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
