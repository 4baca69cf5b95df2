/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flights that nightly made (flight/nightly.h), and how far it has come with
 * each: the next nightly of the branch goes on from there.
 */
#ifndef IRONBIRD_DB_NIGHTS_H
#define IRONBIRD_DB_NIGHTS_H

#include <stdbool.h>

#include "db/db.h"

enum night_stage {
	NIGHT_MADE,		/* jobs may be missing their verdict */
	NIGHT_RUN,		/* the flight is over */
	NIGHT_RETESTED,		/* so are its regressions, once more */
	NIGHT_CONCLUDED,	/* pushed, or not, and told */
};

struct night {
	char *flight;
	char *tested;		/* the commit */
	bool of_baseline;	/* which is that of the baseline itself */
	enum night_stage stage;
	char *stopped;		/* why not all its jobs were run, or NULL */
};

void night_release(struct night *night);
/* The flight, which must be there, is a night's; its stage is NIGHT_MADE. */
int must_check night_put(struct db *db, const char *flight,
			 const char *tested, bool of_baseline,
			 struct error *err);
/*
 * The branch's oldest night of that intended blessing which is not concluded.
 * 1: there is one; 0: there is none.
 */
int must_check night_find(struct db *db, const char *branch,
			  const char *intended, struct night *night,
			  struct error *err);
int must_check night_set_stage(struct db *db, const char *flight,
			       enum night_stage stage, struct error *err);
int must_check night_set_stopped(struct db *db, const char *flight,
				 const char *why, struct error *err);

#endif
