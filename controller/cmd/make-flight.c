/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flight with the jobs of flights/BRANCH.yaml, as OSSTest's make-flight. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cmd/command.h"
#include "db/flights.h"
#include "run/flightfile.h"

static const char *flight_option;
static bool print_only;

static const struct option_row options[] = {
	OPTION_STRING('f', "flight", "FLIGHT", &flight_option,
		      "its name (default: $OSSTEST_FLIGHT, else a number)"),
	OPTION_FLAG('p', "print", &print_only,
		    "print the jobs and their runvars, make nothing"),
	OPTION_END
};

static void print_plan(const struct flight_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct planned_job *job = &plan->jobs[i];

		printf("%s %s\n", job->name, job->recipe);
		for (size_t v = 0; v < job->runvars.count; v++)
			printf("  %s\n", job->runvars.v[v]);
	}
}

/* The flight and its jobs, or neither. */
static int make(struct context *ctx, const struct flight_plan *plan,
		const char *branch, const char *intended, char **made,
		struct error *err)
{
	const char *name = flight_option ? flight_option :
		getenv("OSSTEST_FLIGHT");

	if (db_begin(ctx->db, err) < 0)
		return -1;
	if (flight_create(ctx->db, name && *name ? name : NULL, intended,
			  branch, made, err) < 0 ||
	    flight_plan_create(plan, ctx->db, *made, err) < 0) {
		db_rollback(ctx->db);
		return -1;
	}
	return db_commit(ctx->db, err);
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_FREE char *made = NULL;
	struct flight_plan *plan;
	const char *branch;
	int rc = 0;

	if (args_check(args, "make-flight", 0, 4, err) < 0)
		return -1;
	branch = args->count ? args->v[0] :
		config_get(ctx->config, "DefaultBranch");
	if (args->count > 1 && args->v[1][0])
		log_warn("XENBRANCH '%.60s' has no meaning for "
			 "flights/%.60s.yaml", args->v[1], branch);
	if (args->count > 3)
		return error_set(err, ERROR_USAGE, "BUILDFLIGHT: no flight "
				 "builds anything yet");
	if (flight_plan_load(&plan, branch, err) < 0)
		return -1;
	if (print_only)
		print_plan(plan);
	else
		rc = make(ctx, plan, branch, args->count > 2 ? args->v[2] :
			  config_get(ctx->config, "Blessing"), &made, err);
	flight_plan_free(plan);
	if (rc == 0 && made)
		puts(made);
	return rc;
}

const struct command cmd_make_flight = {
	.name = "make-flight",
	.summary = "Make a flight with the jobs of flights/BRANCH.yaml and "
		   "print its name",
	.usage = "[-f FLIGHT] [--print] [BRANCH [XENBRANCH [BLESSING]]]",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
