/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hundred pings from the controller, of which one may be lost. */
#include <stdio.h>
#include <string.h>

#include "base/proc.h"
#include "ts/ts_host.h"

#define MOST_LOST_PERCENT 1.0

static void run(void)
{
	struct ts_host *host = ts_host(0);
	char *const argv[] = {
		"ping", "-n", "-q", "-c", "100", "-i", "0.02", "-W", "2",
		host->host->address, NULL
	};
	const struct proc_spec spec = {
		.argv = argv, .netns = host->host->site.netns,
		.limit_ms = 60000,
	};
	struct proc_result result;
	struct error err;
	const char *loss;
	double percent;

	if (!host->host->address)
		ts_broken("host %s has no property ip-addr", host->name);
	if (proc_run(&spec, &result, &err) < 0)
		ts_end(&err);
	ts_log("%s", result.output.buf);
	loss = strstr(result.output.buf, "received, ");
	if (!loss || sscanf(loss, "received, %lf%%", &percent) != 1)
		ts_broken("cannot understand what ping prints: '%.200s'",
			  result.output.buf);
	if (percent > MOST_LOST_PERCENT)
		ts_fail("host %s: %.0f %% of 100 pings were lost", host->name,
			percent);
	proc_result_release(&result);
}

const struct ts_case ts_case = {
	.summary = "Check that pings of the host are answered",
	.args = "native|xen host",
	.words = 1, .hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 90,
	.details = "The first word only names the step: before or after Xen.",
	.run = run,
};
