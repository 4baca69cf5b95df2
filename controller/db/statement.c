/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#define STATEMENT_TEXTS
#include "base/clock.h"
#include "db/connection.h"
#include "db/holder.h"

static int locked(const struct db *db, struct error *err)
{
	AUTO_FREE char *holder = database_holder(db->path);
	char limit[DURATION_TEXT_SIZE];

	return error_set(err, ERROR_AGAIN, "database %s is locked by another "
			 "process for %s%s%s%s", db->path,
			 duration_text(db->busy_ms, limit),
			 holder ? " (" : "", str_or(holder, ""),
			 holder ? ")" : "");
}

int db_error(struct db *db, int code, struct error *err)
{
	db->why = code;
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return locked(db, err);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return error_set(err, ERROR_USAGE, "database %s cannot be "
				 "written", db->path);
	case SQLITE_NOTADB:
		return error_set(err, ERROR_USAGE, "%s is no SQLite database",
				 db->path);
	case SQLITE_CORRUPT:
		return error_set(err, ERROR_BROKEN, "database %s is damaged "
				 "(%s)", db->path, sqlite3_errmsg(db->handle));
	case SQLITE_FULL:
		return error_set(err, ERROR_BROKEN, "no room for database %s: "
				 "the disk is full", db->path);
	case SQLITE_TOOBIG:
		return error_set(err, ERROR_USAGE, "a text of over 1 MiB does "
				 "not go into database %s", db->path);
	}
	return error_set(err, ERROR_BROKEN, "database %s: %s", db->path,
			 sqlite3_errmsg(db->handle));
}

bool db_was_duplicate(const struct db *db)
{
	return db->why == SQLITE_CONSTRAINT_PRIMARYKEY ||
	       db->why == SQLITE_CONSTRAINT_UNIQUE;
}

bool db_was_orphan(const struct db *db)
{
	return db->why == SQLITE_CONSTRAINT_FOREIGNKEY;
}

bool db_was_full(const struct db *db)
{
	return (db->why & 0xff) == SQLITE_FULL;
}

static sqlite3_stmt *prepared(struct db *db, enum statement_id id,
			      struct error *err)
{
	sqlite3_stmt **slot = &db->statements[id];
	int rc;

	/* a full disk or an I/O error undoes the transaction by itself: what
	   follows must not be written outside of it */
	if (db->depth && sqlite3_get_autocommit(db->handle)) {
		error_set(err, ERROR_BROKEN, "database %s: the transaction "
			  "was undone by an earlier error", db->path);
		return NULL;
	}
	if (*slot)
		return *slot;
	rc = sqlite3_prepare_v3(db->handle, statement_texts[id], -1,
				SQLITE_PREPARE_PERSISTENT, slot, NULL);
	if (rc != SQLITE_OK)
		db_error(db, rc, err);
	return *slot;
}

static int bind_all(struct statement *st, struct error *err,
		    const char *types, va_list ap)
{
	int count = (int)strlen(types);
	int rc = SQLITE_OK;

	if (count != sqlite3_bind_parameter_count(st->handle))
		abort();	/* a caller's mistake, found at first use */
	for (int i = 1; i <= count && rc == SQLITE_OK; i++) {
		switch (types[i - 1]) {
		case 's':
			rc = sqlite3_bind_text(st->handle, i,
					       va_arg(ap, const char *), -1,
					       SQLITE_STATIC);
			break;
		case 'i':
			rc = sqlite3_bind_int(st->handle, i, va_arg(ap, int));
			break;
		case 'l':
			rc = sqlite3_bind_int64(st->handle, i,
						va_arg(ap, int64_t));
			break;
		default:
			abort();
		}
	}
	return rc == SQLITE_OK ? 0 : db_error(st->db, rc, err);
}

static int open_bound(struct statement *st, struct db *db, struct error *err,
		      enum statement_id id, const char *types, va_list ap)
{
	st->db = db;
	st->handle = prepared(db, id, err);
	return st->handle ? bind_all(st, err, types, ap) : -1;
}

int statement_open(struct statement *st, struct db *db, struct error *err,
		   enum statement_id id, const char *types, ...)
{
	va_list ap;
	int rc;

	va_start(ap, types);
	rc = open_bound(st, db, err, id, types, ap);
	va_end(ap);
	return rc;
}

int statement_step(struct statement *st, struct error *err)
{
	int rc = sqlite3_step(st->handle);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : db_error(st->db, rc, err);
}

void statement_close(struct statement *st)
{
	if (st->handle)
		sqlite3_reset(st->handle);
	st->handle = NULL;
}

int64_t statement_int64(const struct statement *st, int column)
{
	return sqlite3_column_int64(st->handle, column);
}

const char *statement_text(const struct statement *st, int column)
{
	return (const char *)sqlite3_column_text(st->handle, column);
}

char *statement_dup(const struct statement *st, int column)
{
	return xstrdup(statement_text(st, column));
}

int statement_run(struct db *db, struct error *err, enum statement_id id,
		  const char *types, ...)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	va_list ap;
	int rc;

	va_start(ap, types);
	rc = open_bound(&st, db, err, id, types, ap);
	va_end(ap);
	while (rc >= 0 && (rc = statement_step(&st, err)) > 0)
		;
	return rc < 0 ? -1 : sqlite3_changes(db->handle);
}

void *rows_grow(void *v, size_t count, size_t size)
{
	if (count & (count - 1))
		return v;
	return xrealloc(v, count ? 2 * count : 1, size);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int statement_median(struct statement *st, int64_t *median, struct error *err)
{
	int64_t values[20];
	size_t count = 0;
	int rc;

	while ((rc = statement_step(st, err)) > 0 &&
	       count < ARRAY_SIZE(values))
		values[count++] = statement_int64(st, 0);
	if (rc < 0)
		return -1;
	qsort(values, count, sizeof(*values), compare);
	*median = count ? values[count / 2] : -1;
	return 0;
}
