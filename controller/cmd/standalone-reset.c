/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fresh flight to work with by hand, as OSSTest's standalone-reset. */
#include <stdio.h>

#include "base/files.h"
#include "base/log.h"
#include "cmd/flight-replace.h"
#include "cmd/jobspec.h"
#include "db/jobs.h"

#define DEFAULT_FILE "demo"

static const char *flight_option;

static const struct option_row options[] = {
	OPTION_STRING('f', "flight", "FLIGHT", &flight_option,
		      "name of the flight (default: setting DefaultFlight)"),
	OPTION_END
};

static int make_folders(const struct context *ctx, struct error *err)
{
	static const char *const settings[] = { "StateDir", "Logs", "Stash" };

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		const char *dir = config_get(ctx->config, settings[i]);

		if (dir && dir_make(dir, 0755, err) < 0)
			return -1;
	}
	return 0;
}

static int tell(struct context *ctx, const char *flight, const char *kept,
		struct error *err)
{
	struct job_rows jobs = { .v = NULL };

	if (job_list(ctx->db, flight, &jobs, err) < 0)
		return -1;
	if (kept)
		printf("the earlier flight %s is now %s\n", flight, kept);
	printf("flight %s has %zu job%s\n", flight, jobs.count,
	       jobs.count == 1 ? "" : "s");
	for (size_t i = 0; i < jobs.count; i++)
		printf("  %s\n", jobs.v[i].job);
	job_rows_release(&jobs);
	return 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	const char *branch = args->count ? args->v[0] : DEFAULT_FILE;
	const char *xenbranch = args->count > 1 ? args->v[1] : NULL;
	AUTO_FREE char *kept = NULL;
	struct new_flight flight = {
		.name = flight_option ? flight_option : default_flight(ctx),
		.intended = args->count > 2 ? args->v[2] :
			config_get(ctx->config, "Blessing"),
		.branch = branch,
		.file = branch,
	};

	if (args_check(args, "standalone-reset", 0, 3, err) < 0)
		return -1;
	if (xenbranch && *xenbranch)
		log_warn("XENBRANCH '%.60s' has no meaning for "
			 "flights/%.60s.yaml", xenbranch, branch);
	if (make_folders(ctx, err) < 0 ||
	    flight_replace(ctx, &flight, &kept, err) < 0)
		return -1;
	return tell(ctx, flight.name, kept, err);
}

const struct command cmd_standalone_reset = {
	.name = "standalone-reset",
	.summary = "Make a fresh flight to run by hand; keep the earlier one",
	.usage = "[-f FLIGHT] [BRANCH [XENBRANCH [BLESSING]]]",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
