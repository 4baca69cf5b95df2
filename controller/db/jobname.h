/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which job a person means by "FLIGHT.JOB" or "JOB".
 *
 * Names may have dots in them, so the database decides where one ends: the
 * longest flight that has a job of the rest wins, then the whole text as a
 * job of the flight that is meant when none is named.
 */
#ifndef IRONBIRD_DB_JOBNAME_H
#define IRONBIRD_DB_JOBNAME_H

#include "db/db.h"

/*
 * default_flight: $OSSTEST_FLIGHT, setting DefaultFlight. The caller frees
 * both names. ERROR_USAGE, with a hint, when there is no such job.
 */
int must_check job_named(struct db *db, const char *default_flight,
			 const char *text, char **flight, char **job,
			 struct error *err);
/* As job_named, but a flight's name alone gives *job NULL. */
int must_check job_or_flight_named(struct db *db, const char *default_flight,
				   const char *text, char **flight,
				   char **job, struct error *err);

#endif
