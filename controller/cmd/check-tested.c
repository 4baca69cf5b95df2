/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The newest flight that tested a revision, as OSSTest's sg-check-tested. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "db/past.h"
#include "db/runvars.h"
#include "report/verdict.h"

static const char *branch, *blessings = "real", *print_revision, *max_flight;
static struct strvec revisions = STRVEC_INIT, trees = STRVEC_INIT;

static const struct option_row options[] = {
	OPTION_STRING('b', "branch", "BRANCH", &branch,
		      "only flights of BRANCH (default: of every branch)"),
	OPTION_STRING(0, "blessings", "LIST", &blessings,
		      "flights that count, with commas between them "
		      "(default real)"),
	OPTION_FAMILY("revision-", "TREE=REVISION", &revisions,
		      "that were built from REVISION of TREE"),
	OPTION_FAMILY("tree-", "TREE=URL", &trees,
		      "that were built from the TREE at URL"),
	OPTION_STRING(0, "print-revision", "TREE", &print_revision,
		      "print its revision of TREE, not its name"),
	OPTION_STRING(0, "maxtestedflight", "FLIGHT", &max_flight,
		      "none that was made after FLIGHT"),
	OPTION_END
};

/* Each tree that was asked for is one that a job had, and no other. */
static int trees_match(struct db *db, const char *flight, bool *yes,
		       struct error *err)
{
	struct runvars vars = { .v = NULL };
	AUTO_STRVEC pairs = STRVEC_INIT;

	*yes = true;
	if (!trees.count)
		return 0;
	if (runvar_list(db, flight, NULL, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count; i++)
		if (strncmp(vars.v[i].name, "tree_", 5) == 0)
			strvec_pushl(&pairs, vars.v[i].name + 5,
				     vars.v[i].value, NULL);
	*yes = revisions_match(&pairs, &trees);
	runvars_release(&vars);
	return 0;
}

/* *answer: the flight, or its revision, when it is one; the caller frees. */
static int look(struct db *db, const struct past_flight *flight,
		char **answer, struct error *err)
{
	AUTO_STRVEC built = STRVEC_INIT;
	const char *revision;
	bool yes;

	if (!flight->finished)
		return 0;
	if (past_built(db, flight->flight, &built, err) < 0 ||
	    trees_match(db, flight->flight, &yes, err) < 0)
		return -1;
	if (!yes ||
	    (revisions.count && !revisions_match(&built, &revisions)))
		return 0;
	revision = print_revision ? revision_of(&built, print_revision) :
		NULL;
	if (!print_revision || revision)
		*answer = xstrdup(print_revision ? revision :
				  flight->flight);
	return 0;
}

static int look_on(struct db *db, const char *on, int64_t until,
		   int64_t *newest, char **answer, struct error *err)
{
	struct past_flights past;
	char *found = NULL;
	int64_t id = 0;
	int rc;

	if (past_flight_list(db, on, blessings, until, PAST_FLIGHTS_MAX,
			    &past, err) < 0)
		return -1;
	rc = 0;
	for (size_t i = 0; i < past.count && rc == 0 && !found; i++) {
		id = past.v[i].id;
		if (id > *newest)
			rc = look(db, &past.v[i], &found, err);
	}
	if (found && id > *newest) {
		free(*answer);
		*answer = found;
		*newest = id;
	}
	past_flights_release(&past);
	return rc;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_STRVEC branches = STRVEC_INIT;
	AUTO_FREE char *answer = NULL;
	int64_t until = 0, newest = 0;

	if (args_check(args, "check-tested", 0, 0, err) < 0 ||
	    (max_flight &&
	     past_flight_id(ctx->db, max_flight, &until, err) < 0))
		return -1;
	if (branch)
		strvec_push(&branches, branch);
	else if (past_branches(ctx->db, &branches, err) < 0)
		return -1;
	for (size_t i = 0; i < branches.count; i++)
		if (look_on(ctx->db, branches.v[i], until, &newest, &answer,
			    err) < 0)
			return -1;
	if (answer)
		puts(answer);
	return 0;
}

const struct command cmd_check_tested = {
	.name = "check-tested",
	.aliases = "sg-check-tested",
	.summary = "Print the newest finished flight that tested a revision",
	.usage = "[--branch BRANCH] [--blessings LIST] "
		 "[--revision-TREE=REVISION]...",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
