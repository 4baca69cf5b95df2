/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "db/statement.h"
#include "db/steps.h"

void artifact_rows_release(struct artifact_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		free(rows->v[i].name);
		free(rows->v[i].path);
	}
	free(rows->v);
	*rows = (struct artifact_rows){ .v = NULL };
}

int artifact_add(struct db *db, const char *flight, const char *job, int run,
		 int stepno, const char *name, const char *path,
		 int64_t bytes, struct error *err)
{
	if (statement_run(db, err, STMT_ARTIFACT_INSERT, "ssiissl", flight,
			  job, run, stepno, name, path, bytes) >= 0)
		return 0;
	if (db_was_orphan(db))
		error_set(err, ERROR_USAGE, "job %s.%s has no step %d in run "
			  "%d", flight, job, stepno, run);
	return -1;
}

int artifact_list(struct db *db, const char *flight, const char *job, int run,
		  int stepno, struct artifact_rows *rows, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	struct artifact_rows got = { .v = NULL };
	int rc;

	if (statement_open(&st, db, err, STMT_ARTIFACT_LIST, "ssii", flight,
			   job, run, stepno) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		got.v[got.count++] = (struct artifact_row){
			.stepno = (int)statement_int64(&st, 0),
			.name = statement_dup(&st, 1),
			.path = statement_dup(&st, 2),
			.bytes = statement_int64(&st, 3),
		};
	}
	if (rc < 0)
		artifact_rows_release(&got);
	else
		*rows = got;
	return rc;
}

int steps_forget_logs(struct db *db, const char *flight, struct error *err)
{
	if (db_begin(db, err) < 0)
		return -1;
	if (statement_run(db, err, STMT_STEPS_FORGET_LOGS, "s", flight) >= 0 &&
	    statement_run(db, err, STMT_ARTIFACTS_FORGET, "s", flight) >= 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}
