/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OSSTEST_SIMULATE: flights and jobs as they would be run, and nothing done.
 *
 * Hosts are allocated, run-jobs started, rows written; each step is skipped
 * and says that it was only simulated. A job that ends so has passed with the
 * reason SIMULATED_REASON, by which nobody learns how long it takes. What is
 * meant to be real is refused.
 */
#ifndef IRONBIRD_RUN_SIMULATE_H
#define IRONBIRD_RUN_SIMULATE_H

#include <stdbool.h>

#include "db/db.h"

#define SIMULATED_REASON "simulated"

/* Is $OSSTEST_SIMULATE set, and not to 0? */
bool simulate_wanted(void);
/* ERROR_USAGE when it is, and the flight's intended blessing is real... */
int must_check simulate_check(struct db *db, const char *flight,
			      struct error *err);

#endif
