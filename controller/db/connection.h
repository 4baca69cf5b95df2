/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a struct db: shared by the files that open it, upgrade it and
 * run statements on it, and by nobody else.
 */
#ifndef IRONBIRD_DB_CONNECTION_H
#define IRONBIRD_DB_CONNECTION_H

#include <sqlite3.h>

#include "db/statement.h"

struct db {
	sqlite3 *handle;
	char *path;
	int64_t busy_ms;	/* how long it waits for others */
	int depth;		/* transactions begun and not ended */
	int why;		/* extended result code of the last failure */
	sqlite3_stmt *statements[STATEMENT_COUNT];
};

/* Fills err from SQLite's last result on db; returns -1. */
int db_error(struct db *db, int code, struct error *err);
/* Opens without a look at what is inside. */
int must_check connection_open(struct db **out, const char *path,
			       struct error *err);

/*
 * Is the file at db->path ready for use (1), in need of making or upgrading
 * (0), or not for this program (-1, ERROR_USAGE)? Changes nothing.
 */
int must_check schema_check(struct db *db, struct error *err);
/* Makes or upgrades the database at path, one process at a time. */
int must_check schema_upgrade(const char *path, struct error *err);

#endif
