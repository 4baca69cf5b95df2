/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "db/flights.h"
#include "db/jobname.h"
#include "db/jobs.h"

static bool flight_exists(struct db *db, const char *flight)
{
	struct flight_row row;

	if (flight_get(db, flight, &row, NULL) < 0)
		return false;
	flight_row_release(&row);
	return true;
}

static bool job_exists(struct db *db, const char *flight, const char *job)
{
	struct job_row row;

	if (job_get(db, flight, job, &row, NULL) < 0)
		return false;
	job_row_release(&row);
	return true;
}

/* The dot before end at which text[0...] is cut next, from the right. */
static const char *dot_before(const char *text, const char *end)
{
	return memrchr(text, '.', end - text);
}

/* The dot after the longest flight that text begins with, or NULL. */
static const char *dot_after_flight(struct db *db, const char *text)
{
	const char *dot = text + strlen(text);

	while ((dot = dot_before(text, dot))) {
		AUTO_FREE char *flight = xstrndup(text, dot - text);

		if (flight_exists(db, flight))
			return dot;
	}
	return NULL;
}

/* Nothing fits: what does come nearest? */
static int no_job(struct db *db, const char *default_flight, const char *text,
		  struct error *err)
{
	const char *dot = dot_after_flight(db, text);
	AUTO_FREE char *flight = dot ? xstrndup(text, dot - text) :
		xstrdup(default_flight);
	struct flight_row flight_row;
	struct job_row row;

	if (flight_get(db, flight, &flight_row, err) < 0)
		return error_prefix(err, "no job '%.100s'", text);
	flight_row_release(&flight_row);
	if (job_get(db, flight, dot ? dot + 1 : text, &row, err) == 0)
		job_row_release(&row);
	return -1;
}

int job_named(struct db *db, const char *default_flight, const char *text,
	      char **flight, char **job, struct error *err)
{
	const char *dot = text + strlen(text);

	while ((dot = dot_before(text, dot))) {
		AUTO_FREE char *prefix = xstrndup(text, dot - text);

		if (!job_exists(db, prefix, dot + 1))
			continue;
		*flight = xstrdup(prefix);
		*job = xstrdup(dot + 1);
		return 0;
	}
	if (!job_exists(db, default_flight, text))
		return no_job(db, default_flight, text, err);
	*flight = xstrdup(default_flight);
	*job = xstrdup(text);
	return 0;
}

int job_or_flight_named(struct db *db, const char *default_flight,
			const char *text, char **flight, char **job,
			struct error *err)
{
	struct error flight_err = ERROR_INIT, job_err = ERROR_INIT;
	struct flight_row row;

	if (flight_get(db, text, &row, &flight_err) == 0) {
		flight_row_release(&row);
		*flight = xstrdup(text);
		*job = NULL;
		return 0;
	}
	if (job_named(db, default_flight, text, flight, job, &job_err) == 0)
		return 0;
	if (dot_after_flight(db, text))
		return error_set(err, job_err.kind, "%s", job_err.text);
	if (!flight_exists(db, default_flight))
		return error_set(err, flight_err.kind, "%s", flight_err.text);
	return error_set(err, flight_err.kind, "%s, and %s", flight_err.text,
			 job_err.text);
}
