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
	 * The job whose dists its build needs, by runvar ("xenbuildjob"), and
	 * which of them ("xendist"); NULL: none. They are unpacked in
	 * /build/need before the script runs.
	 */
	const char *need_job, *need_dist;
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
