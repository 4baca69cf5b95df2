/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running a flight: one "ironbird run-job" for each of its jobs, in an order
 * in which every job comes after those that its runvars ending in "job" name.
 * A job is blocked when one of those did not pass.
 */
#ifndef IRONBIRD_RUN_FLIGHTRUN_H
#define IRONBIRD_RUN_FLIGHTRUN_H

#include "base/strvec.h"
#include "config/config.h"
#include "db/jobs.h"
#include "db/runvars.h"

/*
 * The jobs in an order that respects what they depend on, otherwise as they
 * come. ERROR_USAGE when they depend on each other in a circle. Pure.
 */
int must_check flight_order(const struct job_rows *jobs,
			    const struct runvars *vars, struct strvec *order,
			    struct error *err);

/*
 * Runs all that has not passed yet; *worst is the worst job's status.
 * ERROR_AGAIN when there is no room for the next job: run it on later.
 */
int must_check flight_run(const struct config *config, struct db *db,
			  const char *flight, enum job_status *worst,
			  struct error *err);

#endif
