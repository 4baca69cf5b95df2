/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Debian guest whose kernel is on its own disk, found there by a boot
 * loader of dom0's: pygrub reads the disk from outside, pvgrub is a GRUB that
 * starts as the guest. OSSTest has Debian's installer write that disk; here
 * the image is written, with GRUB's menu.
 */
#include "ts/ts_guest.h"

static void run(void)
{
	struct ts_guest *guest = ts_guest(ts_host(0), 0);

	ts_guest_install(guest, ts_guest_var(guest, "bootloader", "pygrub"));
}

const struct ts_case ts_case = {
	.summary = "Install a Debian guest that boots from its own disk",
	.args = "host GUEST",
	.hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 1800,
	.details = "Runvars GUEST_type (pv, pvh), GUEST_bootloader (pygrub, "
		"for pvh also pvgrub),\nGUEST_memory, GUEST_vcpus, "
		"GUEST_disksize (MiB), GUEST_diskfmt (none: a logical\nvolume, "
		"raw, qcow2), GUEST_image and GUEST_extra change it; guests_X "
		"does so for\nall guests of the job.",
	.run = run,
};
