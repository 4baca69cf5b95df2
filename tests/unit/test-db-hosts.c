/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hosts, who has them, what happened to them. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "db/events.h"
#include "db/flights.h"
#include "db/hosts.h"
#include "tests/unit/db-fixture.h"

static struct db *db;

static int setup(void **state)
{
	(void)state;
	if (fixture_dir() < 0)
		return -1;
	ok(db_open(&db, path, &err));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return fixture_remove();
}

static void test_properties_and_flags(void **state)
{
	AUTO_STRVEC list = STRVEC_INIT;
	AUTO_FREE char *all = NULL;
	char *value;

	(void)state;
	ok(host_row_add(db, "iron1", &err));
	ok(host_row_add(db, "iron1", &err));
	ok(host_prop_set(db, "iron1", "power-method", "qemu a", &err));
	ok(host_prop_set(db, "iron1", "ether", "old", &err));
	ok(host_prop_set(db, "iron1", "ether", "52:54:00:00:00:01", &err));
	ok(host_flag_set(db, "iron1", "hvm", true, &err));
	ok(host_flag_set(db, "iron1", "hvm", true, &err));
	ok(host_flag_set(db, "iron1", "arch-amd64", true, &err));
	ok(host_prop_get(db, "iron1", "ether", &value, &err));
	assert_string_equal(value, "52:54:00:00:00:01");
	free(value);
	ok(host_prop_list(db, "iron1", &list, &err));
	ok(host_flag_list(db, "iron1", &list, &err));
	ok(host_row_list(db, &list, &err));
	all = strvec_join(&list, "|");
	assert_string_equal(all, "ether=52:54:00:00:00:01|"
			    "power-method=qemu a|arch-amd64|hvm|iron1");
	ok(host_prop_set(db, "iron1", "ether", NULL, &err));
	ok(host_flag_set(db, "iron1", "hvm", false, &err));
	ok(host_prop_get(db, "iron1", "ether", &value, &err));
	assert_null(value);
}

static void test_unknown_hosts(void **state)
{
	AUTO_STRVEC list = STRVEC_INIT;

	(void)state;
	ok(host_row_add(db, "iron1", &err));
	ok(host_flag_set(db, "iron1", "hvm", true, &err));
	refused(host_prop_set(db, "iron", "a", "b", &err), ERROR_USAGE,
		"did you mean 'iron1'?");
	refused(host_flag_set(db, "nobody", "a", true, &err), ERROR_USAGE,
		"host 'nobody' is not in the database");
	refused(host_row_add(db, "../iron", &err), ERROR_USAGE,
		"cannot be the name of a host");
	ok(host_row_delete(db, "iron1", &err));
	refused(host_row_delete(db, "iron1", &err), ERROR_USAGE,
		"not in the database");
	ok(host_flag_list(db, "iron1", &list, &err));
	assert_int_equal(list.count, 0);
}

static int allocate(struct db *with, const char *job,
		    const struct owner *owner, const char *first,
		    const char *second)
{
	const struct allocation_wish wishes[] = {
		{ "src_host", first }, { "dst_host", second },
	};

	return hosts_allocate(with, "f", job, owner, wishes,
			      second ? 2 : 1, &err);
}

static size_t allocations(void)
{
	struct allocation_rows rows;
	size_t count;

	ok(allocation_list(db, &rows, &err));
	count = rows.count;
	allocation_rows_release(&rows);
	return count;
}

static void test_all_or_none(void **state)
{
	struct allocation_rows rows;
	struct owner self;

	(void)state;
	owner_self(&self);
	ok(allocate(db, "j1", &self, "b", NULL));
	refused(allocate(db, "j2", &self, "a", "b"), ERROR_AGAIN,
		"host b is allocated to f.j1 as src_host");
	assert_int_equal(allocations(), 1);
	refused(allocate(db, "j2", &self, "a", "a"), ERROR_USAGE,
		"host a cannot be both src_host and dst_host");
	ok(allocate(db, "j1", &self, "a", "b"));
	ok(allocation_list(db, &rows, &err));
	assert_int_equal(rows.count, 2);
	assert_string_equal(rows.v[1].host, "b");
	assert_string_equal(rows.v[1].ident, "dst_host");
	assert_int_equal(rows.v[1].owner.pid, getpid());
	allocation_rows_release(&rows);
	ok(hosts_free(db, "f", "j1", &err));
	assert_int_equal(allocations(), 0);
	ok(allocate(db, "j2", &self, "a", "b"));
}

static struct owner dead_owner(void)
{
	struct owner owner;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	owner_self(&owner);
	owner.pid = pid;
	return owner;
}

static void test_dead_and_persons(void **state)
{
	struct owner self, dead = dead_owner(), person = { .pid = 0 };
	struct owner elsewhere = { .machine = "elsewhere", .pid = 1 };
	struct allocation_rows rows;

	(void)state;
	owner_self(&self);
	ok(allocate(db, "j1", &dead, "a", NULL));
	ok(allocate(db, "j2", &self, "a", NULL));
	ok(allocate(db, "j1", &person, "b", NULL));
	refused(allocate(db, "j2", &self, "b", NULL), ERROR_AGAIN,
		"kept by a person");
	/* an ad-hoc step of the same job does not become the owner */
	ok(allocate(db, "j1", &self, "b", NULL));
	ok(allocate(db, "j3", &elsewhere, "c", NULL));
	refused(allocate(db, "j2", &self, "c", NULL), ERROR_AGAIN,
		"process 1 on elsewhere");
	ok(allocation_list(db, &rows, &err));
	assert_string_equal(rows.v[0].job, "j2");
	assert_int_equal(rows.v[1].owner.pid, 0);
	allocation_rows_release(&rows);
}

static void test_deleting_frees(void **state)
{
	struct allocation_rows rows;
	struct owner self;

	(void)state;
	owner_self(&self);
	ok(flight_create(db, "f", "play", "demo", NULL, &err));
	ok(job_create(db, "f", "j1", "r", &err));
	ok(job_create(db, "f", "j2", "r", &err));
	ok(allocate(db, "j1", &self, "a", NULL));
	ok(allocate(db, "j2", &self, "b", NULL));
	ok(job_delete(db, "f", "j1", &err));
	assert_int_equal(allocations(), 1);
	ok(flight_rename(db, "f", "g", &err));
	ok(allocation_list(db, &rows, &err));
	assert_string_equal(rows.v[0].flight, "g");
	allocation_rows_release(&rows);
	ok(flight_delete(db, "g", &err));
	assert_int_equal(allocations(), 0);
}

/* One of many that want the same two hosts, half of them the other way
 * round; it tells whether it got them and keeps them until hold closes. */
static void __attribute__((noreturn)) rival(int n, int told, int hold)
{
	AUTO_FREE char *job = xasprintf("job%d", n);
	struct owner self;
	struct db *own;
	char answer;
	int rc;

	if (db_open(&own, path, &err) < 0)
		_exit(1);
	owner_self(&self);
	rc = n % 2 ? allocate(own, job, &self, "a", "b")
		   : allocate(own, job, &self, "b", "a");
	answer = rc == 0 ? 'y' : err.kind == ERROR_AGAIN ? 'n' : '?';
	if (write(told, &answer, 1) != 1 || read(hold, &answer, 1) != 0)
		_exit(1);
	_exit(0);
}

static void test_rivals(void **state)
{
	enum { RIVALS = 12 };
	int told[2], hold[2], won = 0;
	struct owner self;
	char answer;

	(void)state;
	assert_int_equal(pipe(told), 0);
	assert_int_equal(pipe(hold), 0);
	for (int i = 0; i < RIVALS; i++) {
		if (fork() == 0) {
			close(hold[1]);
			rival(i, told[1], hold[0]);
		}
	}
	for (int i = 0; i < RIVALS; i++) {
		assert_int_equal(read(told[0], &answer, 1), 1);
		assert_true(answer == 'y' || answer == 'n');
		won += answer == 'y';
	}
	assert_int_equal(won, 1);
	assert_int_equal(allocations(), 2);
	close(hold[1]);
	for (int i = 0; i < RIVALS; i++) {
		int wstatus;

		assert_true(wait(&wstatus) > 0);
		assert_int_equal(wstatus, 0);
	}
	/* the winner is gone, and with it its claim */
	owner_self(&self);
	ok(allocate(db, "later", &self, "a", "b"));
	close(told[0]);
	close(told[1]);
	close(hold[0]);
}

static void test_boot_events(void **state)
{
	struct boot_event_row row = {
		.host = (char *)"iron1", .source = (char *)"weblog",
		.stage = (char *)"fetch", .file = (char *)"/log#1",
	};
	struct boot_event_rows rows;

	(void)state;
	for (int i = 9; i >= 0; i--) {
		row.at = 1000 + i;
		row.offset = 10 * i;
		row.detail = i ? (char *)"GET /vmlinuz 200" : NULL;
		ok(boot_event_add(db, &row, &err));
		ok(boot_event_add(db, &row, &err));
	}
	/* the log was truncated: another line at the same place */
	row.file = (char *)"/log#2";
	row.at = 2000;
	ok(boot_event_add(db, &row, &err));
	ok(boot_event_list(db, "iron1", 0, 0, 0, &rows, &err));
	assert_int_equal(rows.count, 11);
	assert_int_equal(rows.v[0].at, 1000);
	assert_null(rows.v[0].detail);
	assert_string_equal(rows.v[1].detail, "GET /vmlinuz 200");
	boot_event_rows_release(&rows);
	ok(boot_event_list(db, "iron1", 1005, 0, 3, &rows, &err));
	assert_int_equal(rows.count, 3);
	assert_int_equal(rows.v[2].offset, 70);
	boot_event_rows_release(&rows);
	ok(boot_event_list(db, "iron1", 1005, 1006, 0, &rows, &err));
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.v[1].offset, 60);
	boot_event_rows_release(&rows);
}

static void test_power_actions(void **state)
{
	struct power_action_row row = {
		.host = (char *)"iron1", .method = (char *)"qemu",
		.action = (char *)"on", .state_before = (char *)"off",
		.state_after = (char *)"on", .result = (char *)"verified",
		.attempts = 1,
	};
	struct power_action_rows rows;

	(void)state;
	ok(power_action_add(db, &row, &err));
	row.host = (char *)"iron2";
	row.error = (char *)"no answer";
	row.state_after = NULL;
	ok(power_action_add(db, &row, &err));
	row.result = (char *)"perhaps";
	refused(power_action_add(db, &row, &err), ERROR_BROKEN, "CHECK");
	ok(power_action_list(db, NULL, 0, &rows, &err));
	assert_int_equal(rows.count, 2);
	assert_string_equal(rows.v[0].host, "iron2");
	assert_string_equal(rows.v[0].error, "no answer");
	assert_null(rows.v[0].state_after);
	assert_null(rows.v[1].error);
	power_action_rows_release(&rows);
	ok(power_action_list(db, "iron1", 5, &rows, &err));
	assert_int_equal(rows.count, 1);
	power_action_rows_release(&rows);
}

static void test_power_actions_between(void **state)
{
	struct power_action_row row = {
		.host = (char *)"iron1", .method = (char *)"qemu",
		.action = (char *)"on", .result = (char *)"verified",
		.started = 1000,
	};
	struct power_action_rows rows;

	(void)state;
	for (int i = 0; i < 10; i++) {
		row.finished = 1000 + i;
		ok(power_action_add(db, &row, &err));
	}
	row.host = (char *)"iron2";
	ok(power_action_add(db, &row, &err));
	ok(power_action_list_between(db, "iron1", 1003, 1005, 0, &rows,
				     &err));
	assert_int_equal(rows.count, 3);
	assert_int_equal(rows.v[0].finished, 1005);
	assert_int_equal(rows.v[2].finished, 1003);
	power_action_rows_release(&rows);
	/* the clock was set back meanwhile: it ends when it began */
	row.host = (char *)"iron3";
	row.finished = 10;
	ok(power_action_add(db, &row, &err));
	ok(power_action_list(db, "iron3", 1, &rows, &err));
	assert_int_equal(rows.v[0].started, 1000);
	assert_int_equal(rows.v[0].finished, 1000);
	power_action_rows_release(&rows);
	ok(power_action_list_between(db, "iron1", 1003, 0, 2, &rows, &err));
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.v[0].finished, 1009);
	power_action_rows_release(&rows);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_properties_and_flags),
		TEST(test_unknown_hosts),
		TEST(test_all_or_none),
		TEST(test_dead_and_persons),
		TEST(test_deleting_frees),
		TEST(test_rivals),
		TEST(test_boot_events),
		TEST(test_power_actions),
		TEST(test_power_actions_between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
