/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flight with the jobs of flights/BRANCH.yaml, as OSSTest's make-flight. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "build/git.h"
#include "cmd/command.h"
#include "db/flights.h"
#include "db/judgements.h"
#include "db/nights.h"
#include "flight/feasible.h"
#include "flight/file.h"
#include "host/host.h"

static const char *flight_option;
static const char *night, *baseline;
static bool print_only;

static const struct option_row options[] = {
	OPTION_STRING('f', "flight", "FLIGHT", &flight_option,
		      "its name (default: $OSSTEST_FLIGHT, else a number)"),
	OPTION_FLAG('p', "print", &print_only,
		    "print the jobs and their runvars, make nothing"),
	OPTION_STRING(0, "baseline", "TREE=REV", &baseline,
		      "it is to be no worse than that revision"),
	OPTION_STRING(0, "night", "WHAT=REV", &night,
		      "nightly goes on with it; WHAT: candidate or baseline"),
	OPTION_END
};

static void print_plan(const struct flight_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct planned_job *job = &plan->jobs[i];

		if (job->left_out)
			continue;
		if (job->disabled) {
			printf("# %s: disabled: %s\n", job->name,
			       job->disabled);
			continue;
		}
		printf("%s %s\n", job->name, job->recipe);
		for (size_t v = 0; v < job->runvars.count; v++)
			printf("  %s\n", job->runvars.v[v]);
	}
}

static void warn_of(const struct strvec *sentences)
{
	for (size_t i = 0; i < sentences->count; i++)
		log_warn("%s", sentences->v[i]);
}

/* What can never run is told now, not when everything else is over. */
static int find_infeasible(struct context *ctx, const char *flight,
			   struct error *err)
{
	AUTO_STRVEC sentences = STRVEC_INIT;

	if (flight_infeasible(ctx->config, ctx->db, flight, &sentences,
			      err) < 0)
		return -1;
	warn_of(&sentences);
	return 0;
}

/* What is only printed needs no tree. */
static int find_revisions(struct context *ctx, struct flight_plan *plan,
			  struct error *err)
{
	AUTO_STRVEC sentences = STRVEC_INIT, news = STRVEC_INIT;
	int rc;

	if (print_only) {
		rc = flight_plan_environment(plan, &sentences, err);
	} else {
		flight_plan_new_trees(plan, ctx->config, &news);
		for (size_t i = 0; i < news.count; i++)
			log_info("%s", news.v[i]);
		rc = flight_plan_pin(plan, ctx->config, &sentences, err);
	}
	warn_of(&sentences);
	return rc;
}

/* NAME=REV: *name is the caller's, *commit points into text. */
static int split_commit(const char *text, const char *option, char **name,
			const char **commit, struct error *err)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !git_is_commit(equals + 1))
		return error_set(err, ERROR_USAGE, "option --%s: '%.80s' is "
				 "no NAME=REV with all 40 digits", option,
				 text);
	*name = xstrndup(text, (size_t)(equals - text));
	*commit = equals + 1;
	return 0;
}

static int put_baseline(struct db *db, const char *flight, struct error *err)
{
	AUTO_FREE char *tree = NULL;
	const char *commit;

	if (!baseline)
		return 0;
	if (split_commit(baseline, "baseline", &tree, &commit, err) < 0)
		return -1;
	return baseline_put(db, flight, tree, commit, err);
}

static int put_night(struct db *db, const char *flight, struct error *err)
{
	AUTO_FREE char *what = NULL;
	const char *commit;
	bool of_baseline;

	if (!night)
		return 0;
	if (split_commit(night, "night", &what, &commit, err) < 0)
		return -1;
	of_baseline = strcmp(what, "baseline") == 0;
	if (!of_baseline && strcmp(what, "candidate") != 0)
		return error_set(err, ERROR_USAGE, "option --night: '%.40s' "
				 "is neither candidate nor baseline", what);
	return night_put(db, flight, commit, of_baseline, err);
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
	    put_baseline(ctx->db, *made, err) < 0 ||
	    put_night(ctx->db, *made, err) < 0 ||
	    flight_plan_create(plan, ctx->db, *made, err) < 0 ||
	    find_infeasible(ctx, *made, err) < 0) {
		db_rollback(ctx->db);
		return -1;
	}
	return db_commit(ctx->db, err);
}

/* OSSTest's scripts give "" for what they do not mean. */
static const char *word(const struct strvec *args, size_t i)
{
	return args->count > i && args->v[i][0] ? args->v[i] : NULL;
}

static int check_build_flight(struct context *ctx, const char *flight,
			      struct error *err)
{
	struct flight_row row;

	if (!flight)
		return 0;
	if (flight_get(ctx->db, flight, &row, err) < 0)
		return -1;
	flight_row_release(&row);
	return 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_FREE char *made = NULL;
	AUTO_STRVEC hosts = STRVEC_INIT;
	struct flight_wish wish = { .config = ctx->config, .hosts = &hosts };
	const char *blessing = word(args, 2);
	struct flight_plan *plan;
	int rc;

	if (args_check(args, "make-flight", 0, 4, err) < 0)
		return -1;
	wish.branch = word(args, 0) ? word(args, 0) :
		config_get(ctx->config, "DefaultBranch");
	wish.xen_branch = word(args, 1);
	wish.build_flight = word(args, 3);
	if (check_build_flight(ctx, wish.build_flight, err) < 0 ||
	    host_names(ctx->db, ctx->config, &hosts, err) < 0 ||
	    flight_plan_load(&plan, &wish, err) < 0)
		return -1;
	rc = find_revisions(ctx, plan, err);
	if (rc == 0 && print_only)
		print_plan(plan);
	else if (rc == 0)
		rc = make(ctx, plan, wish.branch, blessing ? blessing :
			  config_get(ctx->config, "Blessing"), &made, err);
	flight_plan_free(plan);
	if (rc == 0 && made)
		puts(made);
	return rc;
}

const struct command cmd_make_flight = {
	.name = "make-flight",
	.summary = "Make a flight of flights/BRANCH.yaml and print its name",
	.usage = "[-f FLIGHT] [--print] [BRANCH [XENBRANCH [BLESSING "
		 "[BUILDFLIGHT]]]]\n"
		 "--baseline TREE=REV [--night WHAT=REV] BRANCH...",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
