/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power that is off ends the host, and on brings it back from its disk. */
#include <string.h>

#include "ts/ts_host.h"

static const char *boot_id(struct ts_host *host)
{
	return ts_cmd(host, 0, "cat", "/proc/sys/kernel/random/boot_id",
		      NULL);
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	const char *before = boot_id(host);
	struct error err;

	ts_cmd(host, 60, "sync", NULL);
	ts_crash_ends_test(false);
	ts_stage("host %s: power off", host->name);
	ts_power(host, POWER_OFF);
	ts_drop_ssh(host);
	if (ts_try_ssh(host, 3, &err))
		ts_broken("host %s answers although its power is off",
			  host->name);
	ts_stage("host %s: power on", host->name);
	ts_boot_from_disk(host);
	ts_power(host, POWER_ON);
	ts_crash_ends_test(true);
	ts_await_ssh(host, ts_limit_ms("BootLimit"));
	if (strcmp(before, boot_id(host)) == 0)
		ts_broken("host %s was not off: its boot id is as before",
			  host->name);
}

const struct ts_case ts_case = {
	.summary = "Switch the host off and on, and see that it was so",
	.args = "host",
	.hosts = 1,
	.timeout_s = 1500,
	.run = run,
};
