/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor and its tools from source, into dists of the stash. */
#include "ts/ts_build.h"

static void run(void)
{
	ts_build(&build_part_xen);
}

const struct ts_case ts_case = {
	.summary = "Build Xen from source, or take what was built",
	.args = "host",
	.hosts = 1,
	.timeout_s = 9000,
	.details = "Runvars: tree_xen, revision_xen, xen_build_debug (y), "
		"enable_xsm,\nxen_kconfig (schedulers), xen_patches, "
		"xen_build_targets (hypervisor\ntools; also livepatches).",
	.run = run,
};
