/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flights whose regressions were run once more at once, and the flights in
 * which that was done.
 */
#ifndef IRONBIRD_DB_RETESTS_H
#define IRONBIRD_DB_RETESTS_H

#include "base/strvec.h"
#include "db/db.h"

struct retest_links {
	char *of;		/* the flight that this one runs once more */
	struct strvec flights;	/* those that run this one once more */
};

#define RETEST_LINKS_INIT { .flights = STRVEC_INIT }

void retest_links_release(struct retest_links *links);
int must_check retest_links_get(struct db *db, const char *flight,
				struct retest_links *links,
				struct error *err);
/* flight runs jobs of the flight "of" once more. */
int must_check retest_put(struct db *db, const char *flight, const char *of,
			  struct error *err);

#endif
