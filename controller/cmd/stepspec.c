/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "cmd/jobspec.h"
#include "cmd/stepspec.h"

static bool is_called(const struct step_row *row, const char *name)
{
	char *end;
	long number = strtol(name, &end, 10);

	if (end != name && !*end)
		return row->stepno == number;
	return strcmp(row->testid, name) == 0;
}

/* 1: row is filled, the caller's. */
static int find_in_job(struct context *ctx, const char *flight,
		       const char *job, int run, const char *name,
		       struct step_row *row, struct error *err)
{
	struct step_rows rows = { .v = NULL };
	int found = 0;

	if (step_list(ctx->db, flight, job, run, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count && !found; i++) {
		if (!is_called(&rows.v[i], name))
			continue;
		*row = rows.v[i];
		rows.v[i] = (struct step_row){ .flight = NULL };
		found = 1;
	}
	step_rows_release(&rows);
	return found;
}

static int no_step(const char *flight, const char *job, const char *text,
		   struct error *err)
{
	return error_set(err, ERROR_USAGE, "job %s.%s has no step as in "
			 "'%.100s'; 'ironbird step list' shows them", flight,
			 job, text);
}

/* Every dot is tried, the longest FLIGHT.JOB first. */
static int parse_text(struct context *ctx, char *text, int run,
		      struct step_row *row, struct error *err)
{
	const char *dot = text + strlen(text);
	AUTO_FREE char *in_flight = NULL, *in_job = NULL;

	while ((dot = memrchr(text, '.', dot - text))) {
		AUTO_FREE char *spec = xstrndup(text, dot - text);
		AUTO_FREE char *flight = NULL, *job = NULL;
		int rc;

		if (jobspec_parse(ctx, &spec, 1, &flight, &job, NULL) < 0)
			continue;
		rc = find_in_job(ctx, flight, job, run, dot + 1, row, err);
		if (rc)
			return rc < 0 ? -1 : 0;
		if (in_job)
			continue;
		in_flight = flight;
		in_job = job;
		flight = job = NULL;
	}
	if (in_job)
		return no_step(in_flight, in_job, text, err);
	return error_set(err, ERROR_USAGE, "'%.100s' names no step as "
			 "[FLIGHT.]JOB.STEP: there is no such job", text);
}

int stepspec_parse(struct context *ctx, char *const *words, size_t count,
		   int run, struct step_row *row, struct error *err)
{
	AUTO_FREE char *flight = NULL, *job = NULL, *text = NULL;
	const char *name = words[count - 1];
	int rc;

	if (count == 1)
		return parse_text(ctx, words[0], run, row, err);
	if (jobspec_parse(ctx, words, count - 1, &flight, &job, err) < 0) {
		if (count == 3)
			return -1;
		text = xasprintf("%s.%s", words[0], words[1]);
		return parse_text(ctx, text, run, row, err);
	}
	rc = find_in_job(ctx, flight, job, run, name, row, err);
	return rc > 0 ? 0 : rc < 0 ? -1 : no_step(flight, job, name, err);
}
