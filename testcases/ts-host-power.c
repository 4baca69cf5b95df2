/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power as a recipe wants it: "always: true" at a recipe's end says what
 * state a job leaves its host in, whatever happened to it.
 */
#include <string.h>

#include "ts/ts_host.h"

static void run(void)
{
	const char *wanted = ts_arg(0);
	struct ts_host *host;

	if (strcmp(wanted, "on") != 0 && strcmp(wanted, "off") != 0 &&
	    strcmp(wanted, "cycle") != 0)
		ts_broken("power is on, off or cycle, not '%.40s'", wanted);
	host = ts_host(0);
	ts_crash_ends_test(false);
	if (strcmp(wanted, "cycle") == 0)
		ts_power_cycle(host);
	else
		ts_power(host, strcmp(wanted, "on") == 0 ? POWER_ON
							 : POWER_OFF);
}

const struct ts_case ts_case = {
	.summary = "Switch the power of a host, and read back that it is so",
	.args = "on|off|cycle host",
	.words = 1,
	.hosts = 1,
	.min_args = 1,
	.max_args = 1,
	.timeout_s = 300,
	.run = run,
};
