/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Branches through their push gates, as OSSTest's cr-daily-branch. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cmd/command.h"
#include "flight/nightly.h"

static struct nightly_options pass;
static bool real, play;

static const struct option_row options[] = {
	OPTION_STRING('b', "blessing", "BLESSING", &pass.blessing,
		      "of its flights (default real)"),
	OPTION_FLAG('r', "real", &real, "the blessing real, as OSSTest says"),
	OPTION_FLAG('p', "play", &play, "the blessing play, as OSSTest says"),
	OPTION_FLAG('a', "always", &pass.always,
		    "also when there is nothing new"),
	OPTION_FLAG('n', "no-push", &pass.no_push,
		    "test and tell, let nothing through"),
	OPTION_END
};

static int choose_blessing(struct error *err)
{
	if (real + play + (pass.blessing != NULL) > 1)
		return error_set(err, ERROR_USAGE, "one blessing is enough: "
				 "--real, --play or --blessing");
	if (!pass.blessing)
		pass.blessing = play ? "play" : "real";
	return 0;
}

static int told(const char *branch, const struct nightly_result *result)
{
	switch (result->end) {
	case NIGHTLY_STOPPED:
		printf("%s: stopped by the file %s\n", branch, result->why);
		return 0;
	case NIGHTLY_UP_TO_DATE:
		printf("%s: up to date, nothing to test\n", branch);
		return 0;
	case NIGHTLY_DONE:
		break;
	}
	fputs(str_or(result->report, ""), stdout);
	if (overall_tolerable(result->overall) || result->pushed)
		return 0;
	return result->overall == OVERALL_TROUBLE ? ERROR_BROKEN : ERROR_FAIL;
}

/* A branch that cannot be tested keeps no other from being tested. */
static int one_branch(struct context *ctx, const char *branch)
{
	struct nightly_result result;
	struct error err = ERROR_INIT;
	int status;

	if (nightly(ctx->config, ctx->db, branch, &pass, &result, &err) < 0) {
		log_err("%s", err.text);
		return err.kind ? (int)err.kind : ERROR_BROKEN;
	}
	status = told(branch, &result);
	nightly_result_release(&result);
	/* what is told of the next one, on either stream, comes after it */
	fflush(stdout);
	return status;
}

/* That another one is at a branch is less than a regression. */
static int worse(int a, int b)
{
	static const int order[] = {
		0, ERROR_AGAIN, ERROR_FAIL, ERROR_ABORTED, ERROR_BLOCKED,
		ERROR_USAGE, ERROR_BROKEN,
	};
	size_t i = ARRAY_SIZE(order) - 1;

	while (i && order[i] != a && order[i] != b)
		i--;
	return order[i];
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	int status = 0;

	if (args_check(args, "nightly", 1, -1, err) < 0 ||
	    choose_blessing(err) < 0)
		return -1;
	for (size_t i = 0; i < args->count; i++)
		status = worse(status, one_branch(ctx, args->v[i]));
	return status;
}

const struct command cmd_nightly = {
	.name = "nightly",
	.aliases = "cr-daily-branch",
	.summary = "Test what is new on a branch, report, and let it through",
	.usage = "[--blessing BLESSING] [--always] [--no-push] BRANCH...\n"
		 "--real | --play BRANCH...",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
