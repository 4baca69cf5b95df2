/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Linux kernel for dom0 and guests. */
#include "build/build.h"

/*
 * kernel_base is the make target that sets all options, kernel_kconfig the
 * fragments that win over it. kernel_base=allnoconfig with "pvops small" is
 * built in a quarter of the time, and boots virtual hosts only.
 */
static int kernel_words(struct build *build, struct error *err)
{
	(void)err;
	build_word(build, "BASE",
		   build_runvar(build, "kernel_base", "x86_64_defconfig"));
	build_word(build, "KCONFIG",
		   build_runvar(build, "kernel_kconfig", "pvops"));
	return 0;
}

const struct build_part build_part_kernel = {
	.name = "kernel", .tree = "linux", .testcase = "ts-kernel-build",
	.job = "build-amd64-pvops", .recipe = "build-kern",
	.words = kernel_words,
};
