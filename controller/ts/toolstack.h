/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Toolstacks: the programs by which a host's guests are ruled. The job's
 * runvar toolstack names one ("xl" when there is none); test cases call
 * ts_guest_create, ts_guest_save... (ts_guest.h), which look here.
 *
 * A toolstack is a row of scripts for the host (sh -eu), and says nothing of
 * guests: all of them start from the one xl configuration that libts writes.
 * What a script prints on its last line tells a failure's cause.
 *
 * OSSTest's word xend (and its program's, xm) is refused: Xen has none of it
 * since 4.5.
 */
#ifndef IRONBIRD_TS_TOOLSTACK_H
#define IRONBIRD_TS_TOOLSTACK_H

#include <stdbool.h>

#include "base/error.h"

struct toolstack {
	const char *name;	/* the runvar's: "xl", "libvirt" */
	const char *program;	/* what is called, for stages: "virsh" */
	const char *bundle;	/* what it adds to a bundle's name, or "" */
	/*
	 * What hypervisor/running tells of its daemon: "libvirt_version".
	 * NULL: it has none.
	 */
	const char *version;
	bool shim;		/* starts PV guests on a Xen of their own */

	/* $1 is the domain's name */
	const char *create;	/* $2 the xl configuration */
	const char *destroy;
	const char *shutdown;	/* may return before the guest is down */
	const char *save;	/* $2 the file to write */
	const char *restore;	/* $2 that file */
	/* NULL: it cannot migrate to the host that the guest runs on */
	const char *migrate_local;
	/* $2 the other host's address, $3 ssh's key, with $3.hosts known */
	const char *migrate;
	const char *receiver;	/* the only command there that ssh runs */

	/*
	 * Prints "running", "paused", "shutdown", "crashed" or "dying",
	 * nothing for a domain that is not there. Not being able to tell is a
	 * status, never silence: a guest is not gone because its ruler is.
	 */
	const char *state;
	const char *domid;
	const char *list;	/* prints every name; no $1 */

	/* status 0 if it knows how to; no $1 */
	const char *can_save;
	const char *can_migrate;
};

extern const struct toolstack *const toolstacks[];	/* ends with NULL */
extern const struct toolstack toolstack_xl, toolstack_libvirt;

/* NULL and ERROR_USAGE for a name that is none. */
const struct toolstack *toolstack_find(const char *name, struct error *err);
/* The job's; ends the test as broken when the runvar names none. */
const struct toolstack *ts_toolstack(void);

#endif
