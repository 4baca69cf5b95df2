/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ts/toolstack.h"
#include "ts/ts_guest.h"

static void run(void)
{
	struct ts_host *host = ts_host(0);
	const struct toolstack *toolstack = ts_toolstack();

	if (ts_try_script(host, 0, NULL, toolstack->can_save, NULL) != 0)
		ts_fail("this %s has no 'save' and 'restore'",
			toolstack->program);
}

const struct ts_case ts_case = {
	.summary = "See whether the toolstack can save and restore",
	.args = "host GUEST",
	.hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 300,
	.run = run,
};
