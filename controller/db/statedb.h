/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lab's table of what is to be on, as OSSTest's power method statedb uses
 * it: in a PostgreSQL database, control(asset, desired_power, current_power).
 * Whoever wants an asset on says so in desired_power; a daemon of the lab,
 * which is none of ours, obeys and writes current_power.
 *
 * libpq is loaded with the first connection; it never blocks longer than it
 * is told.
 */
#ifndef IRONBIRD_DB_STATEDB_H
#define IRONBIRD_DB_STATEDB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct statedb;

struct statedb_target {
	const char *conninfo;	/* "dbname=statedb host=db" (libpq) */
	const char *password;	/* NULL: libpq's own ways (~/.pgpass) */
	/* Set when it answered, and does not let us in; may be NULL */
	bool *refused;
};

struct statedb_row {
	char *desired, *current;	/* the caller frees */
};

/* ERROR_BROKEN: no answer within limit_ms, or refused. */
int must_check statedb_open(struct statedb **out,
			    const struct statedb_target *target,
			    int64_t limit_ms, struct error *err);
void statedb_close(struct statedb *db);	/* NULL is fine */
/* 1 and the row, 0: it has no such asset, -1. */
int must_check statedb_read(struct statedb *db, const char *asset,
			    int64_t limit_ms, struct statedb_row *row,
			    struct error *err);
/* 1: it is wanted so now, 0: it has no such asset, -1. */
int must_check statedb_want(struct statedb *db, const char *asset,
			    const char *desired, int64_t limit_ms,
			    struct error *err);

#endif
