/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All jobs of a flight, as OSSTest's sg-execute-flight. */
#include <stdio.h>

#include "cmd/jobspec.h"
#include "run/flightrun.h"
#include "run/outcome.h"

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	enum job_status worst;
	const char *flight;

	if (args_check(args, "run-flight", 0, 1, err) < 0)
		return -1;
	flight = args->count ? args->v[0] : default_flight(ctx);
	if (flight_run(ctx->db, flight, &worst, err) < 0)
		return -1;
	printf("%s: %s; ironbird report %s tells more\n", flight,
	       job_status_name(worst), flight);
	return outcome_exit(worst);
}

const struct command cmd_run_flight = {
	.name = "run-flight",
	.aliases = "sg-execute-flight",
	.summary = "Run all jobs of a flight, each after those it depends on",
	.usage = "[FLIGHT]",
	.needs = NEEDS_DB,
	.run = run,
};
