/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "db/published.h"
#include "db/statement.h"

int published_at(struct db *db, const char *flight, const char *to,
		 int64_t *at, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	*at = 0;
	if (statement_open(&st, db, err, STMT_PUBLISHED_AT, "ss", flight,
			   to) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc > 0)
		*at = statement_int64(&st, 0);
	return rc < 0 ? -1 : 0;
}

int published_set(struct db *db, const char *flight, const char *to,
		  int64_t at, struct error *err)
{
	return statement_run(db, err, STMT_PUBLISHED_SET, "ssl", flight, to,
			     at) < 0 ? -1 : 0;
}

int published_due(struct db *db, const char *to, struct strvec *flights,
		  struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_PUBLISHED_DUE, "s", to) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0)
		strvec_push(flights, statement_text(&st, 0));
	return rc;
}
