/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds in a test case: ts-X-build is one call of ts_build with its part
 * (build/part.h).
 *
 * Runvars that it stores: revision_TREE, what was asked; built_revision_TREE,
 * the commit that was got, and one for each sub-tree; path_DIST for each dist,
 * NAME/DIST.tar.zst below the setting Stash; and PART_built_by, the job that
 * made it, which is another one when it was taken from the stash.
 */
#ifndef IRONBIRD_TS_TS_BUILD_H
#define IRONBIRD_TS_TS_BUILD_H

#include "build/build.h"
#include "ts/ts_host.h"

/* On the host of ident 0. Fails the test with the first error line. */
void ts_build(const struct build_part *part);
/* The system that builds run in, made if it must be. */
const struct cache_entry *ts_build_system(void);
/* Puts that system on a host that is not this machine. */
void ts_build_prepare(struct ts_host *host);
/* For a build_watcher: runs there what sandbox_run would run here. */
int ts_build_run_on_host(const struct sandbox *sandbox, void *host,
			 struct error *err);

/*
 * The dist that a job is to use: of the job that its runvar names, by the
 * part of the name ("xen" of <ident>_xenbuildjob or xenbuildjob, "kern" of
 * kernbuildjob, "" of buildjob). NULL: the job names none. Blocked when that job has no such dist
 * or the stash has lost or damaged it; with whole, every byte is looked at.
 */
const struct dist *ts_dist(const char *ident, const char *part, bool whole);
/*
 * libvirt's dist runs with the tools that it was built against: broken when
 * the job's are others. NULL for either: the packages.
 */
void ts_dists_fit(const struct dist *libvirt, const struct dist *tools);
/*
 * Puts it into the web space of the host's site: its URL, and in *sha256 what
 * the host is to check.
 */
const char *ts_dist_publish(struct ts_host *host, const struct dist *dist,
			    const char *name, const char **sha256);
/* Value of a line of its manifest; blocked when it has none. */
const char *ts_dist_value(const struct dist *dist, const char *key);

#endif
