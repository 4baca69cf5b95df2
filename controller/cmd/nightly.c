/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A branch through its push gate, as OSSTest's cr-daily-branch. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/command.h"
#include "flight/nightly.h"

static struct nightly_options pass;

static const struct option_row options[] = {
	OPTION_STRING('b', "blessing", "BLESSING", &pass.blessing,
		      "of its flights (default real)"),
	OPTION_FLAG('a', "always", &pass.always,
		    "also when there is nothing new"),
	OPTION_FLAG('n', "no-push", &pass.no_push,
		    "test and tell, let nothing through"),
	OPTION_END
};

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

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	struct nightly_result result;
	int status = 0;

	if (args_check(args, "nightly", 1, -1, err) < 0)
		return -1;
	if (!pass.blessing)
		pass.blessing = "real";
	for (size_t i = 0; i < args->count; i++) {
		int one;

		if (nightly(ctx->config, ctx->db, args->v[i], &pass, &result,
			    err) < 0)
			return -1;
		one = told(args->v[i], &result);
		if (one > status)
			status = one;
		nightly_result_release(&result);
	}
	return status;
}

const struct command cmd_nightly = {
	.name = "nightly",
	.aliases = "cr-daily-branch",
	.summary = "Test what is new on a branch, report, and let it through",
	.usage = "[--blessing BLESSING] [--always] [--no-push] BRANCH...",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
