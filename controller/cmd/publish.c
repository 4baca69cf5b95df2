/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs and pages to where others read them. */
#include <stdio.h>

#include "cmd/command.h"
#include "flight/publish.h"

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_STRVEC done = STRVEC_INIT;
	int rc = publish(ctx->config, ctx->db, args->count ? args : NULL,
			 &done, err);

	for (size_t i = 0; i < done.count; i++)
		puts(done.v[i]);
	return rc;
}

const struct command cmd_publish = {
	.name = "publish",
	.aliases = "cr-publish-flight-logs",
	.summary = "Copy logs and pages to where others read them",
	.usage = "[FLIGHT...]",
	.needs = NEEDS_DB,
	.run = run,
};
