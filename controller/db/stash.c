/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "db/stash.h"
#include "db/statement.h"

int stash_unuse(struct db *db, const char *flight, const char *job,
		struct error *err)
{
	return statement_run(db, err, STMT_STASH_USE_DELETE_JOB, "ss", flight,
			     job) < 0 ? -1 : 0;
}

int stash_use(struct db *db, const char *dist, const char *flight,
	      const char *job, struct error *err)
{
	if (statement_run(db, err, STMT_STASH_USE_INSERT, "sss", dist, flight,
			  job) >= 0)
		return 0;
	if (db_was_orphan(db))
		error_set(err, ERROR_USAGE, "there is no job %s.%s", flight,
			  job);
	return -1;
}

int stash_users(struct db *db, const char *dist, struct strvec *jobs,
		struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_STASH_USE_LIST, "s", dist) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0)
		strvec_pushf(jobs, "%s.%s", statement_text(&st, 0),
			     statement_text(&st, 1));
	return rc;
}
