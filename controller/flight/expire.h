/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Room for logs: what matters least goes first, and only when there is too
 * little room. Rows stay, so that every report and history is as before; only
 * the files of steps are gone.
 *
 * Never removed: logs of flights that are not over, that ended less than
 * LogsMinExpireAge ago, that are the newest of their branch, or the newest
 * that was let through, or that have yet to be published (flight/publish.h).
 */
#ifndef IRONBIRD_FLIGHT_EXPIRE_H
#define IRONBIRD_FLIGHT_EXPIRE_H

#include <stdbool.h>

#include "base/strvec.h"
#include "config/config.h"
#include "db/db.h"

/* A flight that has logs, as the order of removal sees it. */
struct expire_flight {
	char *flight, *branch, *blessing;
	char *overall;		/* NULL: not judged */
	bool pushed;
	bool due;		/* to be published, and not there yet */
	int64_t id, finished;	/* UTC ms; 0: not over */
};

/*
 * Pure: puts what may go to the front, in the order in which it goes, and
 * returns how many that are: first what is of no real blessing, then what was
 * tolerable, then the rest; the oldest first.
 */
size_t expire_order(struct expire_flight *flights, size_t count, int64_t now,
		    int64_t min_age_ms);

/*
 * Removes until there is room for LogsMinSpaceMby. gone NULL, or: names of the
 * flights are pushed. ERROR_BROKEN when it cannot remove, here or where they
 * are published (flight/unpublish.h); too little room
 * with nothing left to remove is no error.
 */
int must_check expire_logs(const struct config *config, struct db *db,
			   struct strvec *gone, struct error *err);

#endif
