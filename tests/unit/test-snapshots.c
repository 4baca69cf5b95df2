/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots of a virtual host that is a real QEMU, of a machine that never
 * begins to boot.
 */
#include "tests/unit/boot-fixture.h"

#include "base/proc.h"
#include "db/hosts.h"
#include "db/states.h"
#include "lab/snapshots.h"
#include "pdu/qemu.h"
#include "tests/unit/outcome.h"

static struct db *db;
static char *machine;	/* its folder */

static void run_tool(char *const *argv)
{
	const struct proc_spec spec = { .argv = argv, .limit_ms = 30000 };

	ok(proc_check(&spec, &err));
}

static void make_machine(void)
{
	AUTO_FREE char *disk = xasprintf("%s/disk.qcow2", machine);
	AUTO_FREE char *args = xasprintf(
		"/usr/bin/qemu-system-x86_64\n-nodefaults\n-machine\npc\n"
		"-accel\ntcg\n-m\n32\n-display\nnone\n-S\n-drive\n"
		"file=%s,format=qcow2,if=virtio\n", disk);
	char *const create[] = {
		"qemu-img", "create", "-q", "-f", "qcow2", disk, "64M", NULL
	};

	put("hosts/iron1/qemu.args", args);
	run_tool(create);
}

static int set_up_machine(void **state)
{
	AUTO_FREE char *path = NULL, *power = NULL;

	if (set_up(state) < 0)
		return -1;
	machine = xasprintf("%s/hosts/iron1", dir);
	path = xasprintf("%s/test.db", dir);
	power = xasprintf("qemu '%s'", machine);
	ok(db_open(&db, path, &err));
	ok(host_row_add(db, "iron1", &err));
	set_prop("power-method", power);
	set_prop("power-cycle-time", "0");
	make_machine();
	settings("LabSnapshots 2\nMinFreeSpace 1M\n");
	host.site.dir = xstrdup(dir);
	ok(qemu_on(machine, NULL, "none", 20000, &err));
	return 0;
}

static int tear_down_machine(void **state)
{
	ok(qemu_off(machine, 10000, &err));
	db_close(db);
	free(machine);
	return tear_down(state);
}

#define MACHINE_TEST(f) \
	cmocka_unit_test_setup_teardown(f, set_up_machine, tear_down_machine)

/* Another preparation, told apart by one fact; its hash is the caller's. */
static char *prepare(const char *fact)
{
	struct reads facts = { .v = NULL };
	char *hash;

	reads_add(&facts, "runvar", "x", fact);
	ok(host_state_prepare(db, "iron1", "f", "j", 1, &err));
	ok(preparation_add(db, "iron1", "", &facts, &err));
	ok(preparation_seal(db, "iron1", &hash, &err));
	reads_release(&facts);
	return hash;
}

static char *take(const char *fact)
{
	char *hash = prepare(fact);

	assert_int_equal(snapshot_take(db, config, &host, hash, "boot", &err),
			 1);
	return hash;
}

static bool has_row(const char *hash)
{
	struct preparations all;
	bool found = false;

	ok(preparation_list(db, "iron1", &all, &err));
	for (size_t i = 0; i < all.count; i++)
		found |= all.v[i].snapshot &&
			 strcmp(all.v[i].snapshot, hash) == 0;
	preparations_release(&all);
	return found;
}

static void test_there_and_back(void **state)
{
	AUTO_FREE char *hash = take("1");
	pid_t before = qemu_pid(machine);

	(void)state;
	assert_true(has_row(hash));
	ok(snapshot_restore(db, &host, hash, &err));
	/* the old one's time stamp counter would be ahead of its clocks */
	assert_true(qemu_pid(machine) > 0);
	assert_int_not_equal(qemu_pid(machine), before);
	/* from off as well */
	ok(qemu_off(machine, 10000, &err));
	ok(snapshot_restore(db, &host, hash, &err));
	assert_true(qemu_pid(machine) > 0);
	assert_error(snapshot_restore(db, &host, "never-taken", &err),
		     ERROR_BROKEN, "never-taken");
}

/* The one that was not used for longest makes room. */
static void test_limit(void **state)
{
	AUTO_FREE char *first = take("1");
	AUTO_FREE char *second = take("2");
	AUTO_FREE char *third = NULL;

	(void)state;
	ok(preparation_used(db, "iron1", first, &err));
	third = take("3");
	assert_true(has_row(first));
	assert_false(has_row(second));
	assert_true(has_row(third));
	assert_error(snapshot_restore(db, &host, second, &err), ERROR_BROKEN,
		     second);
	ok(snapshot_restore(db, &host, first, &err));
}

static void test_room(void **state)
{
	AUTO_FREE char *first = take("1");
	AUTO_FREE char *second = NULL;

	(void)state;
	settings("LabSnapshotRoom 100\nMinFreeSpace 1M\n");
	host.site.dir = xstrdup(dir);
	second = prepare("2");
	assert_error(snapshot_take(db, config, &host, second, "boot", &err),
		     ERROR_AGAIN, "more than LabSnapshotRoom");
	assert_false(has_row(first));	/* it was given up for that */
	settings("LabSnapshots 0\n");
	host.site.dir = xstrdup(dir);
	assert_int_equal(snapshot_take(db, config, &host, second, "boot",
				       &err), 0);
}

static void test_delete(void **state)
{
	AUTO_FREE char *first = take("1");
	AUTO_FREE char *second = take("2");

	(void)state;
	ok(snapshot_delete(db, &host, first, &err));
	assert_false(has_row(first));
	ok(qemu_off(machine, 10000, &err));
	ok(snapshot_delete(db, &host, second, &err));
	ok(snapshot_delete(db, &host, second, &err));
	assert_false(has_row(second));
	assert_error(snapshot_take(db, config, &host, second, "boot", &err),
		     ERROR_BROKEN, "iron1 is off");
}

/* Hosts on a real network, and disks of another format, have none. */
static void test_none(void **state)
{
	AUTO_FREE char *disk = xasprintf("%s/disk.qcow2", machine);
	AUTO_FREE char *hash = prepare("1");

	(void)state;
	assert_int_equal(unlink(disk), 0);
	assert_int_equal(snapshot_take(db, config, &host, hash, "boot", &err),
			 0);
	assert_error(snapshot_restore(db, &host, hash, &err), ERROR_USAGE,
		     "no virtual host");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(test_there_and_back),
		MACHINE_TEST(test_limit),
		MACHINE_TEST(test_room),
		MACHINE_TEST(test_delete),
		MACHINE_TEST(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
