/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/clock.h"
#include "db/judgements.h"
#include "db/statement.h"

void judgement_row_release(struct judgement_row *row)
{
	free(row->overall);
	free(row->pushed);
	*row = (struct judgement_row){ .overall = NULL };
}

int baseline_put(struct db *db, const char *flight, const char *tree,
		 const char *revision, struct error *err)
{
	return statement_run(db, err, STMT_BASELINE_PUT, "sss", flight, tree,
			     revision) < 0 ? -1 : 0;
}

int baseline_list(struct db *db, const char *flight,
		  struct strvec *revisions, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_BASELINE_LIST, "s", flight) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0)
		strvec_pushl(revisions, statement_text(&st, 0),
			     statement_text(&st, 1), NULL);
	return rc;
}

int judgement_put(struct db *db, const char *flight,
		  const struct judgement_row *row, struct error *err)
{
	return statement_run(db, err, STMT_JUDGEMENT_PUT, "slsil", flight,
			     row->horizon, row->overall, row->blocking,
			     row->judged ? row->judged : clock_now_ms()) < 0 ?
		-1 : 0;
}

int judgement_pushed(struct db *db, const char *flight, const char *revision,
		     struct error *err)
{
	return statement_run(db, err, STMT_JUDGEMENT_PUSHED, "ss", flight,
			     revision) < 0 ? -1 : 0;
}

int judgement_get(struct db *db, const char *flight,
		  struct judgement_row *row, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_JUDGEMENT_GET, "s", flight) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc > 0)
		*row = (struct judgement_row){
			.horizon = statement_int64(&st, 0),
			.overall = statement_dup(&st, 1),
			.blocking = (int)statement_int64(&st, 2),
			.pushed = statement_dup(&st, 3),
			.judged = statement_int64(&st, 4),
		};
	return rc;
}
