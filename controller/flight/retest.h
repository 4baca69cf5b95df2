/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regressions once more: a flight with the jobs that hold another, built from
 * the same, so that what fails only now and then is told from what fails.
 */
#ifndef IRONBIRD_FLIGHT_RETEST_H
#define IRONBIRD_FLIGHT_RETEST_H

#include "db/db.h"
#include "report/verdict.h"

/*
 * Makes the flight, blessing INTENDED-retest; *flight NULL when there is
 * nothing that another try could tell (builds that fail). Builds are those of
 * the flight judged.
 */
int must_check retest_make(struct db *db, const struct evidence *evidence,
			   const struct judgement *judgement,
			   const char *intended, char **flight,
			   struct error *err);

#endif
