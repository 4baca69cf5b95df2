/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/jobspec.h"
#include "db/jobname.h"
#include "db/jobs.h"

const char *default_flight(const struct context *ctx)
{
	return config_get(ctx->config, "DefaultFlight");
}

/* Two words say where one ends and the other begins. */
static int take_two(struct context *ctx, char *const *words, char **flight,
		    char **job, struct error *err)
{
	struct job_row row;

	if (job_get(ctx->db, words[0], words[1], &row, err) < 0)
		return -1;
	job_row_release(&row);
	*flight = xstrdup(words[0]);
	*job = xstrdup(words[1]);
	return 0;
}

int jobspec_parse(struct context *ctx, char *const *words, size_t count,
		  char **flight, char **job, struct error *err)
{
	if (count == 2)
		return take_two(ctx, words, flight, job, err);
	return job_named(ctx->db, default_flight(ctx), words[0], flight, job,
			 err);
}

int jobspec_parse_any(struct context *ctx, char *const *words, size_t count,
		      char **flight, char **job, struct error *err)
{
	if (count == 2)
		return take_two(ctx, words, flight, job, err);
	return job_or_flight_named(ctx->db, default_flight(ctx),
				   count ? words[0] : default_flight(ctx),
				   flight, job, err);
}
