/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots of virtual hosts: disk, memory and devices at one moment, kept
 * within the disk image (QEMU's internal snapshots). Going back takes about a
 * second, and the host is up, as it was.
 *
 * A snapshot is one of a preparation (db/states.h) and is named like its
 * hash. A host keeps at most LabSnapshots of them, and its disk image grows
 * to LabSnapshotRoom at most; those that were not used for longest go first.
 */
#ifndef IRONBIRD_LAB_SNAPSHOTS_H
#define IRONBIRD_LAB_SNAPSHOTS_H

#include "config/config.h"
#include "db/db.h"
#include "host/host.h"

/*
 * Of the running host, for its preparation of that hash; older ones make
 * room. 1: taken; 0: hosts of this kind have none; -1.
 */
int must_check snapshot_take(struct db *db, const struct config *config,
			     const struct host *host, const char *hash,
			     const char *boot_id, struct error *err);
/*
 * Back to it, from wherever the host is, also from off: it is powered off and
 * on, and its clocks agree with one another as they did then.
 */
int must_check snapshot_restore(struct db *db, const struct host *host,
				const char *name, struct error *err);
/* And its row; one that is not there any more is no error. */
int must_check snapshot_delete(struct db *db, const struct host *host,
			       const char *name, struct error *err);

#endif
