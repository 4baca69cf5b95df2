/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The database as a file: opening, refusing, upgrading, locking, plans. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "db/flights.h"
#include "db/jobs.h"
#include "db/runvars.h"
#define STATEMENT_TEXTS
#include "db/statement.h"
#include "tests/unit/db-fixture.h"


static int setup(void **state)
{
	(void)state;
	if (fixture_dir() < 0)
		return -1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return fixture_remove();
}

static sqlite3 *raw_open(void)
{
	sqlite3 *raw;

	assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
	return raw;
}

static void raw_exec(const char *sql)
{
	sqlite3 *raw = raw_open();

	assert_int_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(raw);
}

static void hash(char hex[SHA256_HEX_SIZE])
{
	ok(file_sha256(path, hex, &err));
}

/* Opening is refused and leaves the file, and the folder, as they were. */
static void refused_untouched(const char *words)
{
	char before[SHA256_HEX_SIZE], after[SHA256_HEX_SIZE];
	AUTO_FREE char *wal = xasprintf("%s-wal", path);
	struct db *db;

	hash(before);
	refused(db_open(&db, path, &err), ERROR_USAGE, words);
	assert_non_null(strstr(err.text, path));
	hash(after);
	assert_string_equal(before, after);
	assert_false(file_exists(wal));
}

static void test_make_and_reopen(void **state)
{
	struct flight_row row;
	struct db *db;

	(void)state;
	ok(db_open(&db, path, &err));
	ok(flight_create(db, "f1", "play", "demo", NULL, &err));
	db_close(db);
	ok(db_open(&db, path, &err));
	ok(flight_get(db, "f1", &row, &err));
	assert_string_equal(row.blessing, "constructing");
	assert_string_equal(row.intended, "play");
	assert_true(row.created > 0);
	assert_int_equal(row.started, 0);
	flight_row_release(&row);
	db_close(db);
	db_close(NULL);
}

static void test_parent_folder_is_made(void **state)
{
	AUTO_FREE char *deep = xasprintf("%s/a/b/test.db", dir);
	struct db *db;

	(void)state;
	ok(db_open(&db, deep, &err));
	db_close(db);
}

static void test_newer_version(void **state)
{
	struct db *db;

	(void)state;
	ok(db_open(&db, path, &err));
	db_close(db);
	raw_exec("PRAGMA user_version = 999");
	refused_untouched("version 999, newer than");
}

static void test_other_programs_database(void **state)
{
	(void)state;
	raw_exec("CREATE TABLE flights (flight TEXT)");
	refused_untouched("another program's database");
}

static void test_no_database(void **state)
{
	static const char *const texts[] = {
		"x", "TestHost iron1\n",
		"SQLite format 3 is what this is not, long enough or not",
	};
	AUTO_STRBUF big = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		ok(file_publish(path, texts[i], strlen(texts[i]), 0644,
				&err));
		refused_untouched("no SQLite database");
	}
	for (int i = 0; i < 5000; i++)
		strbuf_addstr(&big, "no database ");
	ok(file_publish(path, big.buf, big.len, 0644, &err));
	refused_untouched("no SQLite database");
}

static void test_no_path(void **state)
{
	struct db *db;

	(void)state;
	refused(db_open(&db, NULL, &err), ERROR_USAGE, "JobDB");
	refused(db_open(&db, dir, &err), ERROR_USAGE, "no regular file");
	refused(db_open(&db, "/proc/none/test.db", &err), ERROR_USAGE,
		"/proc/none");
}

/* Root may write everything, so a child that is not root tries. */
static int open_as_nobody(void)
{
	int wstatus;
	pid_t pid = fork();

	if (pid == 0) {
		struct db *db;

		if (geteuid() == 0 && setuid(65534) < 0)
			_exit(90);
		if (db_open(&db, path, &err) == 0)
			_exit(91);
		_exit(err.kind == ERROR_USAGE &&
		      strstr(err.text, "cannot be written") ? 0 : 92);
	}
	assert_int_equal(waitpid(pid, &wstatus, 0), pid);
	return WEXITSTATUS(wstatus);
}

static void test_read_only(void **state)
{
	AUTO_FREE char *wal = xasprintf("%s-wal", path);
	struct db *db;

	(void)state;
	ok(db_open(&db, path, &err));
	db_close(db);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(open_as_nobody(), 0);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(chmod(dir, 0555), 0);
	assert_int_equal(open_as_nobody(), 0);
	assert_false(file_exists(wal));
	assert_int_equal(chmod(dir, 0755), 0);
}

static void test_damaged(void **state)
{
	struct flight_rows rows = { .v = NULL };
	char junk[4096];
	struct db *db;
	int fd;

	(void)state;
	ok(db_open(&db, path, &err));
	for (int i = 0; i < 300; i++)
		ok(flight_create(db, NULL, "play", "demo", NULL, &err));
	db_close(db);
	/* every page but the first, which holds the list of tables */
	memset(junk, 0xa5, sizeof(junk));
	fd = open(path, O_WRONLY);
	for (int64_t at = 4096; at < file_size(path); at += 4096)
		assert_int_equal(pwrite(fd, junk, 4096, at), 4096);
	close(fd);
	if (db_open(&db, path, &err) < 0) {
		assert_non_null(strstr(err.text, path));
		return;
	}
	refused(flight_list(db, NULL, 0, &rows, &err), ERROR_BROKEN,
		"is damaged");
	refused(flight_create(db, NULL, "play", "demo", NULL, &err),
		ERROR_BROKEN, "is damaged");
	db_close(db);
}

static void test_many_make_it_at_once(void **state)
{
	pid_t pids[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct db *db;

			if (db_open(&db, path, &err) < 0 ||
			    flight_create(db, NULL, "play", "demo", NULL,
					  &err) < 0) {
				fprintf(stderr, "%s\n", err.text);
				_exit(1);
			}
			db_close(db);
			_exit(0);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		int wstatus;

		assert_int_equal(waitpid(pids[i], &wstatus, 0), pids[i]);
		assert_int_equal(wstatus, 0);
	}
}

static void test_locked(void **state)
{
	struct flight_rows rows = { .v = NULL };
	sqlite3 *other;
	struct db *db, *second;

	(void)state;
	ok(db_open(&db, path, &err));
	other = raw_open();
	sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	db_set_busy_limit(db, 20);
	refused(flight_create(db, "f", "play", "demo", NULL, &err),
		ERROR_AGAIN, "is locked by another process");
	/* readers and openers go on */
	ok(flight_list(db, NULL, 0, &rows, &err));
	assert_int_equal(rows.count, 0);
	ok(db_open(&second, path, &err));
	db_close(second);
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	ok(flight_create(db, "f", "play", "demo", NULL, &err));
	db_close(db);
}

static bool has_flight(struct db *db, const char *flight)
{
	struct flight_row row;

	if (flight_get(db, flight, &row, NULL) < 0)
		return false;
	flight_row_release(&row);
	return true;
}

static void test_transactions_nest(void **state)
{
	struct db *db;

	(void)state;
	ok(db_open(&db, path, &err));
	db_rollback(db);
	refused(db_commit(db, &err), ERROR_BROKEN, "no transaction");
	ok(db_begin(db, &err));
	ok(flight_create(db, "outer", "play", "demo", NULL, &err));
	ok(db_begin(db, &err));
	ok(flight_create(db, "inner", "play", "demo", NULL, &err));
	db_rollback(db);
	assert_true(has_flight(db, "outer"));
	assert_false(has_flight(db, "inner"));
	ok(db_begin(db, &err));
	ok(flight_create(db, "second", "play", "demo", NULL, &err));
	ok(db_commit(db, &err));
	ok(db_commit(db, &err));
	ok(db_begin(db, &err));
	ok(flight_delete(db, "outer", &err));
	db_rollback(db);
	assert_true(has_flight(db, "outer"));
	assert_true(has_flight(db, "second"));
	db_close(db);
}

/* Hostile text is bound, never pasted; too much of it is refused. */
static void test_hostile_text(void **state)
{
	static const char evil[] = "'); DROP TABLE jobs; --\n\x01\xff";
	AUTO_FREE char *value = NULL, *big = xmalloc((2 << 20) + 1);
	AUTO_FREE char *name = xmalloc(10241);
	struct db *db;

	(void)state;
	memset(big, 'x', 2 << 20);
	big[2 << 20] = '\0';
	memset(name, 'n', 10240);
	name[10240] = '\0';
	ok(db_open(&db, path, &err));
	ok(flight_create(db, "f", "play", "demo", NULL, &err));
	ok(job_create(db, "f", "j", "r", &err));
	ok(runvar_define(db, "f", "j", "v", evil, &err));
	ok(runvar_get(db, "f", "j", "v", &value, &err));
	assert_string_equal(value, evil);
	refused(runvar_define(db, "f", "j", "v", big, &err), ERROR_USAGE,
		"over 1 MiB");
	refused(runvar_define(db, "f", "j", evil, "x", &err), ERROR_USAGE,
		"cannot be the name");
	refused(job_create(db, "f", "../j", "r", &err), ERROR_USAGE,
		"cannot be the name of a job");
	refused(flight_create(db, name, "play", "demo", NULL, &err),
		ERROR_USAGE, "cannot be the name of a flight");
	refused(flight_get(db, evil, &(struct flight_row){ 0 }, &err),
		ERROR_USAGE, "cannot be the name of a flight");
	db_close(db);
}

/* Does the plan of sql read all of a large table? */
static bool scans(sqlite3 *raw, const char *sql)
{
	static const char *const large[] = {
		"jobs", "runvars", "steps", "artifacts", "boot_events",
		"job_runs", "host_uses", "j", "s", "a", "r", "u",
	};
	AUTO_FREE char *explain = xasprintf("EXPLAIN QUERY PLAN %s", sql);
	sqlite3_stmt *stmt;
	bool found = false;

	assert_int_equal(sqlite3_prepare_v2(raw, explain, -1, &stmt, NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *detail = (const char *)sqlite3_column_text(stmt, 3);
		char table[40] = "";

		if (strstr(detail, "TEMP B-TREE"))
			found = true;
		if (sscanf(detail, "SCAN %39s", table) != 1)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(large); i++)
			found |= strcmp(table, large[i]) == 0;
	}
	sqlite3_finalize(stmt);
	return found;
}

static void test_plans(void **state)
{
	struct db *db;
	sqlite3 *raw;

	(void)state;
	ok(db_open(&db, path, &err));
	db_close(db);
	raw = raw_open();
	assert_true(scans(raw, "SELECT * FROM steps WHERE reason = 'x'"));
	assert_true(scans(raw, "SELECT * FROM jobs j WHERE recipe = 'x'"));
	for (int i = 0; i < STATEMENT_COUNT; i++)
		if (scans(raw, statement_texts[i]))
			fail_msg("a large table is scanned or sorted by: %s",
				 statement_texts[i]);
	sqlite3_close(raw);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_make_and_reopen),
		TEST(test_parent_folder_is_made),
		TEST(test_newer_version),
		TEST(test_other_programs_database),
		TEST(test_no_database),
		TEST(test_no_path),
		TEST(test_read_only),
		TEST(test_damaged),
		TEST(test_many_make_it_at_once),
		TEST(test_locked),
		TEST(test_transactions_nest),
		TEST(test_hostile_text),
		TEST(test_plans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
