/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a flight is compared with, and what came of the comparison.
 */
#ifndef IRONBIRD_DB_JUDGEMENTS_H
#define IRONBIRD_DB_JUDGEMENTS_H

#include "base/strvec.h"
#include "db/db.h"

struct judgement_row {
	int64_t horizon;	/* id of the newest flight looked at */
	char *overall;		/* perfect, tolerable, ... */
	int blocking;		/* how many steps and jobs */
	char *pushed;		/* the revision it let through, or NULL */
	int64_t judged;		/* UTC ms */
};

void judgement_row_release(struct judgement_row *row);
/* Tested revisions that the flight is to be no worse than. */
int must_check baseline_put(struct db *db, const char *flight,
			    const char *tree, const char *revision,
			    struct error *err);
/* Pushes "tree", "revision", ... */
int must_check baseline_list(struct db *db, const char *flight,
			     struct strvec *revisions, struct error *err);
/* pushed stays as it is. */
int must_check judgement_put(struct db *db, const char *flight,
			     const struct judgement_row *row,
			     struct error *err);
int must_check judgement_pushed(struct db *db, const char *flight,
				const char *revision, struct error *err);
/* 1: there is one; 0: there is none. */
int must_check judgement_get(struct db *db, const char *flight,
			     struct judgement_row *row, struct error *err);

#endif
