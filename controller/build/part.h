/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be built: a row for each part, and hypervisor/build-NAME, the
 * script that does it. README says how to add one.
 */
#ifndef IRONBIRD_BUILD_PART_H
#define IRONBIRD_BUILD_PART_H

#include "base/error.h"

struct build;

struct build_part {
	const char *name;	/* "xen": of its script and dists */
	const char *tree;	/* of its source: "xen", "linux" */
	const char *testcase;	/* "ts-xen-build" */
	const char *job, *recipe;	/* of 'ironbird build': "build-amd64" */
	/*
	 * What it is built against when its job says so: the runvar that names
	 * the job ("buildjob"), the part that such a job makes, and which of
	 * its dists it is ("dist"). That is unpacked in /build/need before the
	 * script runs. Without the runvar, or with NULL here: nothing is.
	 */
	const char *need_job, *need_dist;
	const struct build_part *need_part;
	/*
	 * Adds the words that the script is given (build_word) from the job's
	 * runvars (build_runvar). They are part of the key. NULL: none.
	 */
	int (*words)(struct build *build, struct error *err);
};

extern const struct build_part *const build_parts[];	/* ends with NULL */

/* Of the test case that builds it ("ts-xen-build"), or NULL. */
const struct build_part *build_part_of(const char *testcase);

extern const struct build_part build_part_xen, build_part_kernel,
	build_part_libvirt;

#endif
