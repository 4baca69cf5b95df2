/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/proc.h"
#include "config/state.h"
#include "db/states.h"
#include "lab/snapshots.h"
#include "pdu/pdu.h"
#include "pdu/qemu.h"
#include "pdu/qmp.h"

/* A slow disk writes some hundred MB. */
#define QEMU_LIMIT_MS 120000

/* DIR/hosts/NAME of a host whose disk can have snapshots, or NULL. */
static char *folder_of(const struct host *host)
{
	AUTO_FREE char *disk = NULL;
	char *dir;

	if (!host->site.dir)
		return NULL;
	dir = xasprintf("%s/hosts/%s", host->site.dir, host->name);
	disk = xasprintf("%s/disk.qcow2", dir);
	if (file_exists(disk))
		return dir;
	free(dir);
	return NULL;
}

/* What the disk image takes, which may have holes. */
static int64_t room_taken(const char *dir)
{
	AUTO_FREE char *disk = xasprintf("%s/disk.qcow2", dir);
	struct stat st;

	return stat(disk, &st) < 0 ? 0 : (int64_t)st.st_blocks * 512;
}

static int monitor(const char *dir, const char *verb, const char *name,
		   struct error *err)
{
	AUTO_FREE char *socket = xasprintf("%s/qmp.sock", dir);
	AUTO_FREE char *line = xasprintf("%s %s", verb, name);

	return qmp_monitor(socket, line, QEMU_LIMIT_MS, err);
}

static int delete_of_off(const char *dir, const char *name, struct error *err)
{
	AUTO_FREE char *disk = xasprintf("%s/disk.qcow2", dir);
	char *const argv[] = {
		"qemu-img", "snapshot", "-d", (char *)name, disk, NULL
	};
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = QEMU_LIMIT_MS, .merge_errors = true,
	};
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };

	if (proc_run(&spec, &result, err) < 0)
		return -1;
	if (!result.status || strstr(result.output.buf, "not found"))
		return 0;
	return error_set(err, ERROR_BROKEN, "the snapshot %s cannot be "
			 "deleted: %.300s", name, result.output.buf);
}

int snapshot_delete(struct db *db, const struct host *host, const char *name,
		    struct error *err)
{
	AUTO_FREE char *dir = folder_of(host);
	int rc = 0;

	if (dir && qemu_pid(dir))
		rc = monitor(dir, "delvm", name, err);
	else if (dir)
		rc = delete_of_off(dir, name, err);
	return rc < 0 ? -1 : preparation_set_snapshot(db, host->name, name,
						      NULL, 0, NULL, err);
}

/* The one that was not used for longest, not the one called but; or NULL. */
static const char *oldest(const struct preparations *all, const char *but)
{
	for (size_t i = all->count; i--; )
		if (all->v[i].snapshot && strcmp(all->v[i].hash, but) != 0)
			return all->v[i].snapshot;
	return NULL;
}

/* 1: one of them is gone; 0: there is enough room, or nothing to delete. */
static int make_some_room(struct db *db, const struct config *config,
			  const struct host *host, const char *dir,
			  const char *hash, struct error *err)
{
	struct preparations all = { .v = NULL };
	int64_t others = 0;
	const char *old;
	int rc = 0;

	if (preparation_list(db, host->name, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all.count; i++)
		others += all.v[i].snapshot &&
			  strcmp(all.v[i].hash, hash) != 0;
	old = oldest(&all, hash);
	if (old && (others >= config_number(config, "LabSnapshots") ||
		    room_taken(dir) > config_size(config, "LabSnapshotRoom")))
		rc = snapshot_delete(db, host, old, err) < 0 ? -1 : 1;
	preparations_release(&all);
	return rc;
}

static int make_room(struct db *db, const struct config *config,
		     const struct host *host, const char *dir,
		     const char *hash, struct error *err)
{
	int64_t limit = config_size(config, "LabSnapshotRoom");
	int rc;

	while ((rc = make_some_room(db, config, host, dir, hash, err)) > 0)
		;
	if (rc < 0 || state_check_room(config, NULL, err) < 0)
		return -1;
	if (room_taken(dir) <= limit)
		return 0;
	return error_set(err, ERROR_AGAIN, "host %s: its disk image takes "
			 "%lld MB, more than LabSnapshotRoom", host->name,
			 (long long)room_taken(dir) >> 20);
}

int snapshot_take(struct db *db, const struct config *config,
		  const struct host *host, const char *hash,
		  const char *boot_id, struct error *err)
{
	AUTO_FREE char *dir = folder_of(host);
	int64_t before;

	if (!dir || config_number(config, "LabSnapshots") <= 0)
		return 0;
	if (!qemu_pid(dir))
		return error_set(err, ERROR_BROKEN, "host %s is off",
				 host->name);
	if (make_room(db, config, host, dir, hash, err) < 0)
		return -1;
	before = room_taken(dir);
	if (monitor(dir, "savevm", hash, err) < 0 ||
	    preparation_set_snapshot(db, host->name, hash, hash,
				     room_taken(dir) - before, boot_id,
				     err) < 0)
		return -1;
	return 1;
}

int snapshot_restore(struct db *db, const struct host *host, const char *name,
		     struct error *err)
{
	AUTO_FREE char *dir = folder_of(host);

	if (!dir)
		return error_set(err, ERROR_USAGE, "host %s is no virtual "
				 "host that has snapshots", host->name);
	/*
	 * Always into a new process. QEMU lets no time stamp counter go back,
	 * also not by loadvm: in the old process the counter stays ahead of
	 * the other clocks by all the time since the snapshot, and Xen makes
	 * its own time stand still until they have caught up.
	 */
	if ((qemu_pid(dir) && power_set(db, host, POWER_OFF, err) < 0) ||
	    power_set(db, host, POWER_ON, err) < 0)
		return -1;
	return monitor(dir, "loadvm", name, err);
}
