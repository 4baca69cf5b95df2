/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Room for logs, as OSSTest's cr-ensure-disk-space. */
#include <stdio.h>

#include "cmd/command.h"
#include "flight/expire.h"

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_STRVEC gone = STRVEC_INIT;

	if (args_check(args, "expire-logs", 0, 0, err) < 0 ||
	    expire_logs(ctx->config, ctx->db, &gone, err) < 0)
		return -1;
	for (size_t i = 0; i < gone.count; i++)
		printf("the logs of flight %s are gone\n", gone.v[i]);
	return 0;
}

const struct command cmd_expire_logs = {
	.name = "expire-logs",
	.aliases = "cr-ensure-disk-space",
	.summary = "Remove the logs that matter least until there is room",
	.usage = "",
	.needs = NEEDS_DB,
	.run = run,
};
