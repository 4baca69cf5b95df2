/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OSSTest's name for what "ts-host-power cycle" does. */
#include "ts/ts_host.h"

static void run(void)
{
	struct ts_host *host = ts_host(0);

	ts_crash_ends_test(false);
	ts_power_cycle(host);
}

const struct ts_case ts_case = {
	.summary = "Switch a host off and on, and read back that it is so",
	.args = "host",
	.hosts = 1,
	.timeout_s = 300,
	.run = run,
};
