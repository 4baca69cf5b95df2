/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An empty flight, as OSSTest's cs-flight-create. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/flight-replace.h"
#include "db/flights.h"

static const char *flight_option;
static bool replace;

static const struct option_row options[] = {
	OPTION_STRING('f', "flight", "FLIGHT", &flight_option,
		      "its name (default: $OSSTEST_FLIGHT, else a number)"),
	OPTION_FLAG('r', "replace", &replace,
		    "keep an earlier flight of that name as NAME.1, NAME.2..."),
	OPTION_END
};

static int create(struct context *ctx, const struct new_flight *flight,
		  char **made, struct error *err)
{
	AUTO_FREE char *kept = NULL;

	if (!replace || !flight->name)
		return flight_create(ctx->db, flight->name, flight->intended,
				     flight->branch, made, err);
	if (flight_replace(ctx, flight, &kept, err) < 0)
		return -1;
	*made = xstrdup(flight->name);
	return 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	const char *name = flight_option ? flight_option :
		getenv("OSSTEST_FLIGHT");
	AUTO_FREE char *made = NULL;
	struct new_flight flight;

	if (args_check(args, "flight-create", 2, 2, err) < 0)
		return -1;
	flight = (struct new_flight){
		.name = name && *name ? name : NULL,
		.intended = args->v[0],
		.branch = args->v[1],
	};
	if (create(ctx, &flight, &made, err) < 0)
		return -1;
	puts(made);
	return 0;
}

const struct command cmd_flight_create = {
	.name = "flight-create",
	.aliases = "cs-flight-create",
	.summary = "Make an empty flight and print its name",
	.usage = "[-f FLIGHT] [--replace] INTENDED-BLESSING BRANCH",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
