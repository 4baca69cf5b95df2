/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "db/statement.h"
#include "db/wants.h"

int flight_priority(struct db *db, const char *flight, int64_t *priority,
		    int64_t *since, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	*priority = *since = 0;
	if (statement_open(&st, db, err, STMT_FLIGHT_PRIORITY, "s",
			   flight) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc > 0) {
		*priority = statement_int64(&st, 0);
		*since = statement_int64(&st, 1);
	}
	return rc < 0 ? -1 : 0;
}

int flight_set_priority(struct db *db, const char *flight, int64_t priority,
			struct error *err)
{
	return statement_run(db, err, STMT_FLIGHT_SET_PRIORITY, "sl", flight,
			     priority) < 0 ? -1 : 0;
}

bool flights_run_beside(struct db *db, const char *flight)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, NULL, STMT_FLIGHT_RUN_BESIDE, "s",
			   flight) < 0)
		return false;
	while (statement_step(&st, NULL) > 0) {
		struct owner runner;

		statement_owner(&st, 0, &runner);
		if (owner_alive(&runner))
			return true;
	}
	return false;
}

void want_rows_release(struct want_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		free(rows->v[i].host);
		free(rows->v[i].flight);
		free(rows->v[i].job);
	}
	free(rows->v);
	*rows = (struct want_rows){ .v = NULL };
}

static void add_row(struct want_rows *rows, const struct statement *st)
{
	struct owner runner;

	statement_owner(st, 6, &runner);
	if (!runner.pid || !owner_alive(&runner))
		return;
	rows->v = rows_grow(rows->v, rows->count, sizeof(*rows->v));
	rows->v[rows->count++] = (struct want_row){
		.host = statement_dup(st, 0), .flight = statement_dup(st, 1),
		.job = statement_dup(st, 2), .at = statement_int64(st, 3),
		.priority = statement_int64(st, 4),
		.since = statement_int64(st, 5),
	};
}

int want_list(struct db *db, struct want_rows *rows, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	struct want_rows got = { .v = NULL };
	int rc;

	if (statement_open(&st, db, err, STMT_WANT_LIST, "") < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0)
		add_row(&got, &st);
	if (rc < 0)
		want_rows_release(&got);
	else
		*rows = got;
	return rc;
}

static int put_all(struct db *db, const char *flight,
		   const struct want_rows *rows, struct error *err)
{
	if (statement_run(db, err, STMT_WANT_DELETE, "s", flight) < 0)
		return -1;
	for (size_t i = 0; i < rows->count; i++)
		if (statement_run(db, err, STMT_WANT_PUT, "sssl",
				  rows->v[i].host, flight, rows->v[i].job,
				  rows->v[i].at) < 0)
			return -1;
	return 0;
}

int wants_set(struct db *db, const char *flight,
	      const struct want_rows *rows, struct error *err)
{
	if (db_begin(db, err) < 0)
		return -1;
	if (put_all(db, flight, rows, err) == 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}
