/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt from source, into a dist of the stash. */
#include "ts/ts_build.h"

static void run(void)
{
	ts_build(&build_part_libvirt);
}

const struct ts_case ts_case = {
	.summary = "Build libvirt from source, or take what was built",
	.args = "host",
	.hosts = 1,
	.timeout_s = 7200,
	.details = "Runvars: tree_libvirt, revision_libvirt, "
		"libvirt_patches, buildjob (whose\ntools it is built against).",
	.run = run,
};
