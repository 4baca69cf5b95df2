/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Debian guest that boots the kernel it is given, from the image's files. */
#include "ts/ts_guest.h"

static void run(void)
{
	ts_guest_install(ts_guest(ts_host(0), 0), "kernel");
}

const struct ts_case ts_case = {
	.summary = "Install a Debian guest on the host",
	.args = "host GUEST",
	.hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 1800,
	.details = "Runvars GUEST_type (pv, pvh, hvm), GUEST_memory, GUEST_vcpus, "
		"GUEST_disksize (MiB),\nGUEST_diskfmt (none: a logical volume, raw, "
		"qcow2), GUEST_image and GUEST_extra change\nit; guests_X does so "
		"for all guests of the job. With GUEST_pvshim=true, a guest\nof "
		"type pvh is a PV one on a Xen of its own.\nIt boots the kernel of "
		"kernbuildjob unless GUEST_kernkind is image.",
	.run = run,
};
