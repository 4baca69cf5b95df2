/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "db/connection.h"

#define BUSY_LIMIT_MS 30000
#define TEXT_MAX (1 << 20)
#define BULK_CHECKPOINT_PAGES 100000
#define PAGE_MIN 512	/* sqlite.org/fileformat2.html */

static bool writable(const char *path)
{
	return faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0;
}

/*
 * SQLite takes a file of less than its smallest page for an empty database,
 * and would write over it. Larger ones it refuses by itself; they are not
 * opened here, for closing a descriptor drops the locks that another
 * connection of this process has on the file.
 */
static bool too_short(const char *path)
{
	int64_t size = file_size(path);

	return size > 0 && size < PAGE_MIN;
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, slash - path);
}

static int check_file(const char *path, struct error *err)
{
	struct error why = ERROR_INIT;
	struct stat st;

	if (stat(path, &st) < 0 && errno == ENOENT) {
		if (dir_make_parent(path, &why) < 0)
			return error_set(err, ERROR_USAGE, "database %s: %s",
					 path, why.text);
		return 0;
	}
	if (!writable(path))
		return error_set(err, ERROR_USAGE, "database %s cannot be "
				 "written: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_USAGE, "database %s: that is no "
				 "regular file", path);
	if (too_short(path))
		return error_set(err, ERROR_USAGE, "%s is no SQLite database",
				 path);
	return 0;
}

/* SQLite would open what it cannot write read-only, and say so much later. */
static int check_path(const char *path, struct error *err)
{
	AUTO_FREE char *dir = folder_of(path);

	if (check_file(path, err) < 0)
		return -1;
	if (!writable(dir))
		return error_set(err, ERROR_USAGE, "database %s cannot be "
				 "written: the folder %s: %s", path, dir,
				 strerror(errno));
	return 0;
}

int connection_open(struct db **out, const char *path, struct error *err)
{
	struct db *db = xcalloc(1, sizeof(*db));
	int rc;

	db->path = xstrdup(path);
	rc = sqlite3_open_v2(path, &db->handle, SQLITE_OPEN_READWRITE |
			     SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
			     SQLITE_OPEN_EXRESCODE, NULL);
	if (rc != SQLITE_OK) {
		db_error(db, rc, err);
		db_close(db);
		return -1;
	}
	db_set_busy_limit(db, BUSY_LIMIT_MS);
	sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, TEXT_MAX);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	*out = db;
	return 0;
}

/* 1: *out is ready; 0: the file needs making or upgrading. */
static int open_ready(struct db **out, const char *path, struct error *err)
{
	struct db *db;
	int rc;

	if (connection_open(&db, path, err) < 0)
		return -1;
	rc = schema_check(db, err);
	if (rc > 0 && statement_run(db, err, STMT_PRAGMA_SYNCHRONOUS, "") < 0)
		rc = -1;
	if (rc > 0)
		*out = db;
	else
		db_close(db);
	return rc;
}

int db_open(struct db **out, const char *path, struct error *err)
{
	int rc;

	if (!path || !*path)
		return error_set(err, ERROR_USAGE, "no database is set "
				 "(setting JobDB)");
	if (check_path(path, err) < 0)
		return -1;
	rc = file_size(path) > 0 ? open_ready(out, path, err) : 0;
	if (rc)
		return rc < 0 ? -1 : 0;
	if (schema_upgrade(path, err) < 0)
		return -1;
	rc = open_ready(out, path, err);
	if (rc == 0)
		return error_set(err, ERROR_BROKEN, "database %s did not stay "
				 "as it was made", path);
	return rc < 0 ? -1 : 0;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(db->statements); i++)
		sqlite3_finalize(db->statements[i]);
	sqlite3_close(db->handle);
	free(db->path);
	free(db);
}

void db_set_busy_limit(struct db *db, int64_t limit_ms)
{
	db->busy_ms = limit_ms;
	sqlite3_busy_timeout(db->handle, (int)limit_ms);
}

int db_set_durable(struct db *db, bool on, struct error *err)
{
	return statement_run(db, err, on ? STMT_PRAGMA_SYNCHRONOUS_FULL :
			     STMT_PRAGMA_SYNCHRONOUS, "") < 0 ? -1 : 0;
}

int db_set_bulk(struct db *db, struct error *err)
{
	sqlite3_wal_autocheckpoint(db->handle, BULK_CHECKPOINT_PAGES);
	if (statement_run(db, err, STMT_PRAGMA_SYNCHRONOUS_OFF, "") < 0)
		return -1;
	return statement_run(db, err, STMT_PRAGMA_CACHE_LARGE, "") < 0 ?
		-1 : 0;
}

/* Rows would go into a file that nobody will ever open again. */
static int check_there(struct db *db, struct error *err)
{
	int moved = 0;

	if (sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED,
				 &moved) != SQLITE_OK || !moved)
		return 0;
	return error_set(err, ERROR_BROKEN, "database %s was removed or "
			 "replaced while it was in use: nothing is written "
			 "any more", db->path);
}

int db_begin(struct db *db, struct error *err)
{
	if (!db->depth && check_there(db, err) < 0)
		return -1;
	if (statement_run(db, err, db->depth ? STMT_SAVEPOINT : STMT_BEGIN,
			  "") < 0)
		return -1;
	db->depth++;
	return 0;
}

int db_commit(struct db *db, struct error *err)
{
	if (!db->depth)
		return error_set(err, ERROR_BROKEN, "database %s: no "
				 "transaction is open", db->path);
	if (statement_run(db, err, db->depth > 1 ? STMT_RELEASE : STMT_COMMIT,
			  "") < 0) {
		db_rollback(db);
		return -1;
	}
	db->depth--;
	return 0;
}

void db_rollback(struct db *db)
{
	if (!db->depth)
		return;
	if (sqlite3_get_autocommit(db->handle)) {
		db->depth--;
		return;
	}
	/* neither can fail in a way that leaves changes behind */
	if (db->depth > 1) {
		if (statement_run(db, NULL, STMT_ROLLBACK_TO, "") >= 0)
			(void)!statement_run(db, NULL, STMT_RELEASE, "");
	} else {
		(void)!statement_run(db, NULL, STMT_ROLLBACK, "");
	}
	db->depth--;
}
