/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether there are hosts for the jobs of a flight, known before it runs. */
#ifndef IRONBIRD_FLIGHT_FEASIBLE_H
#define IRONBIRD_FLIGHT_FEASIBLE_H

#include "base/strvec.h"
#include "config/config.h"
#include "db/db.h"

/*
 * Pushes a sentence for each reason why jobs of the flight can never begin,
 * naming the jobs, the nearest host and what it lacks.
 */
int must_check flight_infeasible(const struct config *config, struct db *db,
				 const char *flight, struct strvec *sentences,
				 struct error *err);

#endif
