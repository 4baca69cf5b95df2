/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was: every run of every job, and on which hosts. The database keeps
 * these rows by itself (triggers in schema.sql) as jobs begin and end.
 */
#ifndef IRONBIRD_DB_HISTORY_H
#define IRONBIRD_DB_HISTORY_H

#include <stdint.h>

#include "db/jobs.h"

/* A run on a host; a run with two hosts is two rows. */
struct history_row {
	char *flight, *job;
	int run;
	char *ident, *host;	/* NULL: it had none */
	enum job_status status;
	char *reason;
	int64_t started, finished;	/* UTC ms; 0: not yet */
};

struct history_rows {
	struct history_row *v;
	size_t count;
};

void history_rows_release(struct history_rows *rows);

/* Runs that are over, the newest first, at most limit rows. */
int must_check history_of_job(struct db *db, const char *job, size_t limit,
			      struct history_rows *rows, struct error *err);
int must_check history_of_host(struct db *db, const char *host, size_t limit,
			       struct history_rows *rows, struct error *err);
/* All runs of one flight's job, the oldest first. */
int must_check history_of_runs(struct db *db, const char *flight,
			       const char *job, struct history_rows *rows,
			       struct error *err);

/* How long a pass of a recipe took. */
struct pass_row {
	char *job, *host;	/* host NULL: it had none */
	int64_t ms;
};

struct pass_rows {
	struct pass_row *v;
	size_t count;
};

void pass_rows_release(struct pass_rows *rows);
/* The newest first, at most limit; simulated runs do not count. */
int must_check history_passes(struct db *db, const char *recipe, size_t limit,
			      struct pass_rows *rows, struct error *err);
/*
 * How many of the newest jobs on the host, of those that ended since then (UTC
 * ms), were broken, one after another.
 */
int must_check history_broken_in_row(struct db *db, const char *host,
				     int limit, int64_t since, int *count,
				     struct error *err);

#endif
