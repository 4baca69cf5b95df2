/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is on the disk when it is said to be, and what is gone from it. */
#include "tests/unit/db-fixture.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "db/db.h"
#include "run/steplog.h"

static int file_syncs, folder_syncs;

static void count(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	if (S_ISDIR(st.st_mode))
		folder_syncs++;
	else
		file_syncs++;
}

/* In place of the C library's, for SQLite as well. */
int fsync(int fd)
{
	count(fd);
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	count(fd);
	return (int)syscall(SYS_fdatasync, fd);
}

static int set_up(void **state)
{
	(void)state;
	return fixture_dir();
}

static int tear_down(void **state)
{
	(void)state;
	return fixture_remove();
}

static int syncs_of_a_write(struct db *db, const char *flight)
{
	file_syncs = 0;
	ok(db_begin(db, &err));
	ok(flight_create(db, flight, "adhoc", "b", NULL, &err));
	ok(db_commit(db, &err));
	return file_syncs;
}

static void test_durable(void **state)
{
	struct db *db;

	(void)state;
	ok(db_open(&db, path, &err));
	/* the first one makes the log's header last */
	syncs_of_a_write(db, "first");
	assert_int_equal(syncs_of_a_write(db, "a"), 0);
	ok(db_set_durable(db, true, &err));
	assert_true(syncs_of_a_write(db, "b") > 0);
	ok(db_set_durable(db, false, &err));
	assert_int_equal(syncs_of_a_write(db, "c"), 0);
	db_close(db);
}

static void test_removed(void **state)
{
	struct db *db;

	(void)state;
	ok(db_open(&db, path, &err));
	ok(db_begin(db, &err));
	ok(db_commit(db, &err));
	assert_int_equal(unlink(path), 0);
	refused(db_begin(db, &err), ERROR_BROKEN, "was removed or replaced");
	db_close(db);
}

static void test_published(void **state)
{
	AUTO_FREE char *file = xasprintf("%s/below/file", dir);

	(void)state;
	file_syncs = folder_syncs = 0;
	ok(file_publish(file, "x", 1, 0644, &err));
	assert_int_equal(file_syncs, 1);
	assert_int_equal(folder_syncs, 1);
}

static void test_step_log(void **state)
{
	AUTO_FREE char *log = xasprintf("%s/gone/1.ts-x.log", dir);
	int fd;

	(void)state;
	fd = steplog_open(log, &err);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "0123456789", 10), 10);
	close(fd);
	file_syncs = 0;
	steplog_sync(log);
	assert_int_equal(file_syncs, 1);
	steplog_cut(log, 10);
	assert_int_equal(file_size(log), 10);
	steplog_cut(log, 4);
	assert_in_range(file_size(log), 5, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_durable, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_removed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_published, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_step_log, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
