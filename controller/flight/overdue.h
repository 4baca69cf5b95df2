/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A flight that took longer than it may, and that run-flight was asked to
 * stop: what it leaves is brought to an end, so that the flight is over and
 * can be judged like any other.
 */
#ifndef IRONBIRD_FLIGHT_OVERDUE_H
#define IRONBIRD_FLIGHT_OVERDUE_H

#include "db/db.h"

/*
 * Ends run-jobs of the flight that are still there: they were told to stop
 * before, and have grace_ms for it now.
 */
int must_check overdue_stop(struct db *db, const char *flight,
			    int64_t grace_ms, struct error *err);
/*
 * Jobs without a verdict are aborted for that reason, and the flight has its
 * intended blessing. 1: there were some; 0: it had come to its own end. One
 * transaction, or part of the caller's.
 */
int must_check overdue_settle(struct db *db, const char *flight,
			      const char *reason, struct error *err);

#endif
