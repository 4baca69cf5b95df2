/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which Ironbird this is; "ironbird --version" is the same. */
#include <stdio.h>

#include "base/version.h"
#include "cmd/command.h"

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	(void)ctx;
	if (args_check(args, "version", 0, 0, err) < 0)
		return -1;
	printf("ironbird %s\n", ironbird_version());
	return 0;
}

const struct command cmd_version = {
	.name = "version",
	.summary = "Tell which revision of Ironbird this is",
	.usage = "",
	.run = run,
};
