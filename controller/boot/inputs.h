/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts that a host was prepared from (config/reads.h), read again: what
 * a preparation for this job would read now. Nothing is made for it.
 *
 *	setting NAME, property NAME, flag NAME, runvar NAME
 *	image NAME	key, and hash of what was made of it
 *	xen hypervisor	which one would be installed, the same way: one text,
 *			wherever it comes from; "hypervisor-libvirt" with what
 *			that toolstack needs; or the bundle's name
 *	dist PART	the one of the job's build, by its name in the stash,
 *			which is a hash of what it was built from
 *	files overlay	digest of what makes the image into this host
 *	file PATH	hash; a path below the share folder is told from there
 *	site web	where the host reports to
 */
#ifndef IRONBIRD_BOOT_INPUTS_H
#define IRONBIRD_BOOT_INPUTS_H

#include "config/config.h"
#include "config/reads.h"
#include "host/host.h"

struct inputs {
	const struct config *config;
	struct db *db;
	const struct host *host;
	const char *ident, *flight;	/* of the host, of the job */
	/* A runvar of the job, or NULL. */
	const char *(*runvar)(const char *name, void *arg);
	void *arg;
};

/* *value is the caller's; 0: nobody knows how to read that kind again. */
int must_check input_now(const struct inputs *inputs, const char *kind,
			 const char *name, char **value, struct error *err);
/* Tells reads that a file is used, whose contents matter. */
int must_check input_file(const char *path, struct error *err);

#endif
