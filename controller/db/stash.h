/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which jobs refer to which entries of the stash (build/stash.h): build jobs
 * to what they made or took, test jobs to what they test. A flight that is
 * deleted lets go of all of its own.
 */
#ifndef IRONBIRD_DB_STASH_H
#define IRONBIRD_DB_STASH_H

#include "base/strvec.h"
#include "db/db.h"

/* The job is begun anew: what it referred to is not its any more. */
int must_check stash_unuse(struct db *db, const char *flight, const char *job,
			   struct error *err);
/* ERROR_USAGE when there is no such job. */
int must_check stash_use(struct db *db, const char *dist, const char *flight,
			 const char *job, struct error *err);
/* Pushes "FLIGHT.JOB" of each that refers to it. */
int must_check stash_users(struct db *db, const char *dist,
			   struct strvec *jobs, struct error *err);

#endif
