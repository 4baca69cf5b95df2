/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor, its tools, and the PV shim that comes with them. */
#include <string.h>

#include "build/build.h"

static bool is_yes(const char *value)
{
	return strcmp(value, "y") == 0 || strcmp(value, "true") == 0 ||
	       strcmp(value, "yes") == 0 || strcmp(value, "1") == 0;
}

/*
 * Runvars as OSSTest has them: xen_build_debug (y unless told), enable_xsm.
 * Ours: xen_kconfig, more fragments; xen_build_targets=hypervisor leaves out
 * the tools, which take most of the time; "hypervisor livepatches" has the
 * patches that Xen is tested with.
 */
static int xen_words(struct build *build, struct error *err)
{
	AUTO_STRBUF kconfig = STRBUF_INIT;

	(void)err;
	strbuf_addstr(&kconfig, "base");
	if (is_yes(build_runvar(build, "xen_build_debug", "y")))
		strbuf_addstr(&kconfig, " debug");
	if (is_yes(build_runvar(build, "enable_xsm", "false")))
		strbuf_addstr(&kconfig, " xsm");
	strbuf_addf(&kconfig, " %s",
		    build_runvar(build, "xen_kconfig", "schedulers"));
	strbuf_rtrim(&kconfig);
	build_word(build, "KCONFIG", kconfig.buf);
	build_word(build, "TARGETS",
		   build_runvar(build, "xen_build_targets",
				"hypervisor tools"));
	return 0;
}

const struct build_part build_part_xen = {
	.name = "xen", .tree = "xen", .testcase = "ts-xen-build",
	.job = "build-amd64", .recipe = "build", .words = xen_words,
};
