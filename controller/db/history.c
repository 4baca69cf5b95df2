/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "db/history.h"
#include "db/statement.h"

void history_rows_release(struct history_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		free(rows->v[i].flight);
		free(rows->v[i].job);
		free(rows->v[i].ident);
		free(rows->v[i].host);
		free(rows->v[i].reason);
	}
	free(rows->v);
	*rows = (struct history_rows){ .v = NULL };
}

void pass_rows_release(struct pass_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		free(rows->v[i].job);
		free(rows->v[i].host);
	}
	free(rows->v);
	*rows = (struct pass_rows){ .v = NULL };
}

static void read_row(const struct statement *st, struct history_row *row)
{
	const char *status = statement_text(st, 5);

	*row = (struct history_row){
		.flight = statement_dup(st, 0),
		.job = statement_dup(st, 1),
		.run = (int)statement_int64(st, 2),
		.ident = statement_dup(st, 3),
		.host = statement_dup(st, 4),
		.reason = statement_dup(st, 6),
		.started = statement_int64(st, 7),
		.finished = statement_int64(st, 8),
	};
	/* the table takes no word that jobs does not take */
	if (!status || job_status_parse(status, &row->status) < 0)
		row->status = JOB_BROKEN;
}

static int read_rows(struct statement *st, struct history_rows *rows,
		     struct error *err)
{
	struct history_rows got = { .v = NULL };
	int rc;

	while ((rc = statement_step(st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		read_row(st, &got.v[got.count++]);
	}
	if (rc < 0)
		history_rows_release(&got);
	else
		*rows = got;
	return rc;
}

int history_of_job(struct db *db, const char *job, size_t limit,
		   struct history_rows *rows, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_HISTORY_OF_JOB, "sl", job,
			   (int64_t)limit) < 0)
		return -1;
	return read_rows(&st, rows, err);
}

int history_of_host(struct db *db, const char *host, size_t limit,
		    struct history_rows *rows, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_HISTORY_OF_HOST, "sl", host,
			   (int64_t)limit) < 0)
		return -1;
	return read_rows(&st, rows, err);
}

int history_of_runs(struct db *db, const char *flight, const char *job,
		    struct history_rows *rows, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_HISTORY_OF_RUNS, "ss", flight,
			   job) < 0)
		return -1;
	return read_rows(&st, rows, err);
}

int history_passes(struct db *db, const char *recipe, size_t limit,
		   struct pass_rows *rows, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	struct pass_rows got = { .v = NULL };
	int rc;

	if (statement_open(&st, db, err, STMT_HISTORY_PASSES, "sl", recipe,
			   (int64_t)limit) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		got.v[got.count++] = (struct pass_row){
			statement_dup(&st, 0), statement_dup(&st, 1),
			statement_int64(&st, 2),
		};
	}
	if (rc < 0)
		pass_rows_release(&got);
	else
		*rows = got;
	return rc;
}

int history_broken_in_row(struct db *db, const char *host, int limit,
			  int64_t since, int *count, struct error *err)
{
	struct history_rows rows = { .v = NULL };
	int n = 0;

	if (history_of_host(db, host, (size_t)limit, &rows, err) < 0)
		return -1;
	while ((size_t)n < rows.count && rows.v[n].status == JOB_BROKEN &&
	       rows.v[n].finished >= since)
		n++;
	history_rows_release(&rows);
	*count = n;
	return 0;
}
