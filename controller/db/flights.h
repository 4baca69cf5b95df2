/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flights: one run of a set of jobs. In standalone use a flight has a name
 * ("standalone"); others are numbered by the database.
 */
#ifndef IRONBIRD_DB_FLIGHTS_H
#define IRONBIRD_DB_FLIGHTS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/jobs.h"

struct flight_row {
	char *flight;
	char *blessing;		/* constructing, running, real, play, ... */
	char *intended;
	char *branch;
	int64_t created;	/* UTC ms */
	int64_t started;	/* 0: not yet */
	int64_t finished;	/* 0: not yet */
	char *harness;		/* the Ironbirds that ran parts of it, or NULL */
};

void flight_row_release(struct flight_row *row);
struct flight_rows {
	struct flight_row *v;
	size_t count;
};
void flight_rows_release(struct flight_rows *rows);

/* A new flight, blessing "constructing"; name NULL: the next number. */
int must_check flight_create(struct db *db, const char *name,
			     const char *intended, const char *branch,
			     char **flight, struct error *err);
/* ERROR_USAGE with a hint when there is none of that name. */
int must_check flight_get(struct db *db, const char *flight,
			  struct flight_row *row, struct error *err);
/* Newest first; at most limit (0: all). blessing NULL: any. */
int must_check flight_list(struct db *db, const char *blessing, size_t limit,
			   struct flight_rows *rows, struct error *err);
/* Compare and set: ERROR_USAGE when the blessing is not one of olds, which
 * end with a NULL. */
int must_check flight_bless(struct db *db, const char *flight,
			    const char *blessing, char *const *olds,
			    struct error *err);
/*
 * started 0 leaves it as it is; finished 0 says "not finished", so that
 * (now, 0) begins a flight again and (0, now) ends it.
 */
int must_check flight_set_times(struct db *db, const char *flight,
				int64_t started, int64_t finished,
				struct error *err);
int must_check flight_set_intended(struct db *db, const char *flight,
				   const char *intended, struct error *err);
int must_check flight_set_branch(struct db *db, const char *flight,
				 const char *branch, struct error *err);
/*
 * We run the flight's jobs now. ERROR_AGAIN naming the process that does when
 * it lives. owner NULL: nobody does any more.
 */
int must_check flight_set_runner(struct db *db, const char *flight,
				 const struct owner *owner,
				 struct error *err);
/* Who is recorded as running it, dead or alive; pid 0: nobody. */
int must_check flight_runner(struct db *db, const char *flight,
			     struct owner *runner, struct error *err);
/* This Ironbird (base/version.h) runs a part of the flight. */
int must_check flight_touch(struct db *db, const char *flight,
			    struct error *err);
/* Does a process that lives run the flight's jobs? One other than this? */
bool flight_is_run(struct db *db, const char *flight);
bool flight_is_run_elsewhere(struct db *db, const char *flight);
/*
 * The flight and every row that hangs on it. ERROR_AGAIN while a living
 * process runs one of its jobs.
 */
int must_check flight_delete(struct db *db, const char *flight,
			     struct error *err);
/* With every row that hangs on it; ERROR_AGAIN as flight_delete. */
int must_check flight_rename(struct db *db, const char *flight,
			     const char *name, struct error *err);
/* Paths of its logs and artifacts that begin with from now begin with to. */
int must_check flight_move_logs(struct db *db, const char *flight,
				const char *from, const char *to,
				struct error *err);

#endif
