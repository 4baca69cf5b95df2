/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Named statements (statements.sql): open, step, read, close. For db/ only.
 *
 * A statement is prepared at its first use and kept until the database is
 * closed. Opening binds all of its parameters; types has a letter for each:
 * s const char * (NULL binds NULL), i int, l int64_t. The bound strings must
 * live until the statement is closed. Columns are read by their place; NULL
 * reads as NULL or 0.
 *
 *	AUTO_STATEMENT st = STATEMENT_INIT;
 *
 *	if (statement_open(&st, db, err, STMT_HOST_LIST, "") < 0)
 *		return -1;
 *	while ((rc = statement_step(&st, err)) > 0)
 *		strvec_push(hosts, statement_text(&st, 0));
 *	return rc;
 */
#ifndef IRONBIRD_DB_STATEMENT_H
#define IRONBIRD_DB_STATEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "db/jobs.h"
#include "db/statements.sql.h"

struct sqlite3_stmt;

struct statement {
	struct db *db;
	struct sqlite3_stmt *handle;
};

#define STATEMENT_INIT { .handle = NULL }
#define AUTO_STATEMENT __attribute__((cleanup(statement_close))) \
	struct statement

int must_check statement_open(struct statement *st, struct db *db,
			      struct error *err, enum statement_id id,
			      const char *types, ...);
/* 1: a row is there; 0: no more; -1. */
int must_check statement_step(struct statement *st, struct error *err);
/* Makes it ready for its next use. Rows read before are gone. */
void statement_close(struct statement *st);

int64_t statement_int64(const struct statement *st, int column);
/* Lives until the next step or close; NULL for NULL. */
const char *statement_text(const struct statement *st, int column);
/* A copy, the caller's; NULL for NULL. */
char *statement_dup(const struct statement *st, int column);

/* Three columns from column on: machine, pid, start. */
void statement_owner(const struct statement *st, int column,
		     struct owner *owner);
/* The median of column 0 of at most 20 rows, -1 of none. */
int must_check statement_median(struct statement *st, int64_t *median,
				struct error *err);

/*
 * A statement without rows, from open to close. Returns how many rows it
 * changed, or -1.
 */
int must_check statement_run(struct db *db, struct error *err,
			     enum statement_id id, const char *types, ...);

/* Why the last -1: a row of that key was there, or its parent was not. */
bool db_was_duplicate(const struct db *db);
bool db_was_orphan(const struct db *db);
bool db_was_full(const struct db *db);	/* there was no room for it */

/*
 * v with room for one more item of size bytes after count; grows in powers of
 * two, so that only the count has to be kept.
 */
void *rows_grow(void *v, size_t count, size_t size);

#endif
