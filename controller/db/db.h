/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The database: SQLite in WAL mode, opened by every process by itself.
 *
 * All SQL is in schema.sql (tables, versioned upgrades) and statements.sql
 * (named statements, prepared once and kept). C reads: take a statement, bind,
 * step, reset. Each table family has its own header; they take and fill plain
 * structs. Writers wait for each other up to 30 s; a row function that writes
 * is one transaction by itself unless the caller opened one.
 */
#ifndef IRONBIRD_DB_DB_H
#define IRONBIRD_DB_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct db;

/*
 * Opens (and makes, and upgrades) the database at path. A database of a newer
 * version than this program is ERROR_USAGE and is not touched.
 */
int must_check db_open(struct db **out, const char *path, struct error *err);
void db_close(struct db *db);	/* NULL is fine */

/* How long to wait for other writers before ERROR_AGAIN; 30 s by itself. */
void db_set_busy_limit(struct db *db, int64_t limit_ms);

/*
 * For filling a database that can be thrown away (benchmarks): much memory,
 * and nothing is safe from a power cut.
 */
int must_check db_set_bulk(struct db *db, struct error *err);

/*
 * While on, a commit is on the disk when it returns, with all that came
 * before it. Not inside of a transaction.
 */
int must_check db_set_durable(struct db *db, bool on, struct error *err);

/*
 * Transactions nest: each begin has its commit or rollback. Only the outermost
 * commit makes anything last; a rollback undoes what was done since its begin.
 * A commit that fails has rolled back. The outermost begin is ERROR_BROKEN when
 * the file was removed or replaced meanwhile.
 */
int must_check db_begin(struct db *db, struct error *err);
int must_check db_commit(struct db *db, struct error *err);
void db_rollback(struct db *db);	/* no-op when none is open */

#endif
