/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hundred pings from the controller, of which one may be lost. They come in
 * two seconds; a machine that stands still for a moment loses many of these,
 * so that it is judged by slower ones then, which take twenty.
 */
#include <stdio.h>
#include <string.h>

#include "base/proc.h"
#include "ts/ts_host.h"

#define MOST_LOST_PERCENT 1.0
#define QUICK "0.02"	/* seconds from one to the next */
#define SLOW "0.2"

/* How many of a hundred were lost. */
static double lost(const struct ts_host *host, const char *interval)
{
	char *const argv[] = {
		"ping", "-n", "-q", "-c", "100", "-i", (char *)interval,
		"-W", "2", host->host->address, NULL
	};
	const struct proc_spec spec = {
		.argv = argv, .netns = host->host->site.netns,
		.limit_ms = 60000,
	};
	struct proc_result result;
	struct error err;
	const char *loss;
	double percent;

	if (proc_run(&spec, &result, &err) < 0)
		ts_end(&err);
	ts_log("%s", result.output.buf);
	/* "..., 5 received, +1 errors, 95% packet loss, ..." */
	loss = strstr(result.output.buf, "% packet loss");
	while (loss && loss > result.output.buf && loss[-1] != ' ')
		loss--;
	if (!loss || sscanf(loss, "%lf", &percent) != 1)
		ts_broken("cannot understand what ping prints: '%.200s'",
			  result.output.buf);
	proc_result_release(&result);
	return percent;
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	double percent;

	if (!host->host->address)
		ts_broken("host %s has no property ip-addr", host->name);
	percent = lost(host, QUICK);
	if (percent <= MOST_LOST_PERCENT)
		return;
	ts_log("host %s: %.0f %% of 100 quick pings were lost; again, slower",
	       host->name, percent);
	percent = lost(host, SLOW);
	if (percent > MOST_LOST_PERCENT)
		ts_fail("host %s: %.0f %% of 100 pings were lost", host->name,
			percent);
}

const struct ts_case ts_case = {
	.summary = "Check that pings of the host are answered",
	.args = "native|xen host",
	.words = 1, .hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 180,
	.details = "The first word only names the step: before or after Xen.",
	.run = run,
};
