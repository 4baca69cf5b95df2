/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages that are up to date while a flight runs, without a further command.
 *
 * Whoever runs a flight or a job has a companion beside it, "ironbird pages
 * --follow FLIGHT": it is woken by the database's write-ahead log (inotify)
 * and makes the pages whose rows have changed, at its own low priority, never
 * more often than every PagesEvery, and never for more than a twentieth of
 * the time. It must not delay the dispatch of jobs, so it is a process of its
 * own. It ends, with pages made a last time, when whoever started it is gone.
 *
 * Pages are for looking at: that they cannot be made is told, and changes
 * nothing for the flight.
 */
#ifndef IRONBIRD_FLIGHT_PUBLISHER_H
#define IRONBIRD_FLIGHT_PUBLISHER_H

#include "config/config.h"
#include "db/db.h"

struct publisher;

/*
 * NULL: the setting Pages says no, or the flight is somebody else's who has
 * pages made of it.
 */
struct publisher *publisher_start(const struct config *config, struct db *db,
				  const char *flight);
/* Ends the companion and makes the pages a last time; NULL is fine. */
void publisher_stop(struct publisher *publisher);

/* The companion: makes pages until the descriptor's other end is closed. */
int must_check publisher_follow(const struct config *config, struct db *db,
				const char *flight, int fd,
				struct error *err);

#endif
