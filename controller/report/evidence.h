/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading from the database what a flight is judged by. */
#ifndef IRONBIRD_REPORT_EVIDENCE_H
#define IRONBIRD_REPORT_EVIDENCE_H

#include "db/db.h"
#include "report/verdict.h"

/*
 * The baseline is that_flight's revisions, else those in that, else what was
 * recorded with the flight (db/judgements.h), else those of the newest
 * earlier flight of the branch and blessings that tested something else.
 */
struct evidence_request {
	const char *flight;
	struct strvec these;	/* "tree", "revision", ...; empty: as built */
	struct strvec those;	/* the baseline's; empty: see above */
	const char *that_flight;
	const char *blessings;	/* NULL: see evidence_blessings */
	/* flights of these count as well, commas between them; or NULL. The
	   baseline is looked for on the flight's own branch only */
	const char *branches_also;
	int64_t until;		/* newest flight to look at; 0: all */
};

/* ERROR_USAGE with a hint for unknown flights. */
int must_check evidence_gather(struct db *db,
			       const struct evidence_request *request,
			       struct evidence *evidence, struct error *err);
/*
 * Flights that count for one of that intended blessing: those of the same,
 * real ones, bisections and retests; the caller frees.
 */
char *evidence_blessings(const char *intended);

#endif
