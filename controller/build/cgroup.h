/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A limit on the memory of a program and all that it starts: a control group
 * of the kernel's (cgroups(7)), which a process enters before it becomes the
 * program. When the group is over its limit the kernel ends one of its
 * processes, and counts it.
 *
 * Both of the kernel's hierarchies will do: version 2, where Debian has all
 * controllers, below its root; version 1 below the group that we are in.
 * Whoever is not allowed to make one, or has no memory controller, is told so.
 */
#ifndef IRONBIRD_BUILD_CGROUP_H
#define IRONBIRD_BUILD_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct cgroup_version;

struct cgroup {
	char *dir;		/* NULL: there is none */
	const struct cgroup_version *version;
};

#define CGROUP_INIT { .dir = NULL }

/*
 * Makes a group of at most that many bytes, swap space included. -1 with
 * ERROR_BROKEN when there can be none here; then the other calls do nothing.
 */
int must_check cgroup_make(struct cgroup *group, int64_t bytes,
			   struct error *err);
/* Puts the calling process into it, between fork and exec: 0 or an errno. */
int cgroup_enter(const struct cgroup *group);
/* Was any process of it ended because the group was over its limit? */
bool cgroup_was_over(const struct cgroup *group);
/* Removes it; all its processes have ended. */
void cgroup_release(struct cgroup *group);

#endif
