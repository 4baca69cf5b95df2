/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who goes first when flights share hosts: each flight's priority (a lower
 * number goes first), and which hosts the flights that are run wait for.
 */
#ifndef IRONBIRD_DB_WANTS_H
#define IRONBIRD_DB_WANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/jobs.h"

/*
 * priority 0 when nobody said; *since: when it was begun, or else made, UTC
 * ms.
 */
int must_check flight_priority(struct db *db, const char *flight,
			       int64_t *priority, int64_t *since,
			       struct error *err);
int must_check flight_set_priority(struct db *db, const char *flight,
				   int64_t priority, struct error *err);

/* Does a living process run another flight? */
bool flights_run_beside(struct db *db, const char *flight);

struct want_row {
	char *host, *flight, *job;
	int64_t at;		/* UTC ms; 0: as soon as the host is free */
	int64_t priority, since;	/* of the flight */
};

struct want_rows {
	struct want_row *v;
	size_t count;
};

void want_rows_release(struct want_rows *rows);
/* Those of flights that a living process runs. */
int must_check want_list(struct db *db, struct want_rows *rows,
			 struct error *err);
/* All of the flight's, instead of those before; rows: host, job, at count. */
int must_check wants_set(struct db *db, const char *flight,
			 const struct want_rows *rows, struct error *err);

#endif
