/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of the flights that share hosts goes first, as OSSTest's queue has it:
 * a lower number goes before a higher one, of equals the older flight.
 *
 * In this order: what is asked for, $OSSTEST_RESOURCE_PRIORITY, the settings
 * FlightPriority_<branch> and FlightPriority_<blessing>, or OSSTest's numbers:
 * -20 smoke tests, -10 ad hoc flights, -8 flights made by hand (play), 0.
 *
 * A flight that waits is not overtaken for ever: flight/boardwants.c.
 */
#ifndef IRONBIRD_FLIGHT_PRIORITY_H
#define IRONBIRD_FLIGHT_PRIORITY_H

#include "config/config.h"
#include "db/flights.h"
#include "flight/state.h"

/* asked: as text, or NULL. ERROR_USAGE when a word is no number. */
int must_check priority_of(const struct config *config,
			   const struct flight_row *flight,
			   const char *asked, int64_t *priority,
			   struct error *err);
/* Tells other flights, if there are any, which hosts this one waits for. */
int must_check flight_tell_wants(struct flight_state *state,
				 struct error *err);

#endif
