/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "db/connection.h"
#include "db/schema.sql.h"

#define APPLICATION_ID 0x49524244	/* as in schema.sql */
#define VERSION ((int)ARRAY_SIZE(schema_versions))
#define UPGRADE_LIMIT_MS 60000

static int number(struct db *db, enum statement_id id, int64_t *value,
		  struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, id, "") < 0 ||
	    statement_step(&st, err) < 0)
		return -1;
	*value = statement_int64(&st, 0);
	return 0;
}

int schema_check(struct db *db, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int64_t tables, version, application;

	if (statement_open(&st, db, err, STMT_SCHEMA_STATE, "") < 0 ||
	    statement_step(&st, err) < 0)
		return -1;
	tables = statement_int64(&st, 0);
	version = statement_int64(&st, 1);
	application = statement_int64(&st, 2);
	if (application != APPLICATION_ID) {
		if (version || tables)
			return error_set(err, ERROR_USAGE, "%s is another "
					 "program's database, not Ironbird's",
					 db->path);
		return 0;
	}
	if (version > VERSION)
		return error_set(err, ERROR_USAGE, "database %s has version "
				 "%lld, newer than the %d this program knows; "
				 "use a newer ironbird", db->path,
				 (long long)version, VERSION);
	return version == VERSION;
}

static int apply(struct db *db, int version, struct error *err)
{
	int rc;

	if (db_begin(db, err) < 0)
		return -1;
	rc = sqlite3_exec(db->handle, schema_versions[version - 1], NULL, NULL,
			  NULL);
	if (rc == SQLITE_OK)
		return db_commit(db, err);
	db_error(db, rc, err);
	db_rollback(db);
	return error_prefix(err, "upgrade to version %d", version);
}

static int upgrade_locked(struct db *db, struct error *err)
{
	int64_t version;

	/* another process may have been faster */
	if (schema_check(db, err) < 0 ||
	    statement_run(db, err, STMT_PRAGMA_JOURNAL_WAL, "") < 0 ||
	    number(db, STMT_PRAGMA_USER_VERSION, &version, err) < 0)
		return -1;
	while (version < VERSION)
		if (apply(db, (int)++version, err) < 0)
			return -1;
	return 0;
}

/*
 * The lock is on the database file itself, so that nothing is left beside it.
 * It is let go only after SQLite's own connection was closed: closing any
 * descriptor of a file drops the POSIX locks that SQLite holds on it.
 */
int schema_upgrade(const char *path, struct error *err)
{
	AUTO_CLOSE int lock = file_lock(path, UPGRADE_LIMIT_MS, err);
	struct db *db;
	int rc;

	if (lock < 0 || connection_open(&db, path, err) < 0)
		return -1;
	rc = upgrade_locked(db, err);
	db_close(db);
	return rc;
}
