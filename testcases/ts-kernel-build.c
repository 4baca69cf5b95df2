/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Linux kernel from source, into a dist of the stash. */
#include "ts/ts_build.h"

static void run(void)
{
	ts_build(&build_part_kernel);
}

const struct ts_case ts_case = {
	.summary = "Build a Linux kernel from source, or take what was built",
	.args = "host",
	.hosts = 1,
	.timeout_s = 14400,
	.details = "Runvars: tree_linux, revision_linux, kernel_base "
		"(x86_64_defconfig),\nkernel_kconfig (pvops), "
		"kernel_patches; kconfig_override_y, "
		"kconfig_override_m and\nkconfig_override_n: lists of single "
		"options.",
	.run = run,
};
