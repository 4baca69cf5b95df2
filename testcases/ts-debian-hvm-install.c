/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Debian guest with the firmware of a PC, which starts the boot loader on
 * the guest's own disk. OSSTest has Debian's installer put it there; here the
 * image is written, and GRUB with it.
 */
#include "ts/ts_guest.h"

static void run(void)
{
	struct ts_guest *guest = ts_guest(ts_host(0), 0);

	ts_guest_set_type(guest, "hvm");
	ts_guest_install(guest, ts_guest_var(guest, "bios", "seabios"));
}

const struct ts_case ts_case = {
	.summary = "Install a Debian HVM guest with a boot loader of its own",
	.args = "host GUEST",
	.hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 1800,
	.details = "Runvars GUEST_bios (seabios), GUEST_memory, GUEST_vcpus, "
		"GUEST_disksize (MiB),\nGUEST_diskfmt (none: a logical volume, raw, "
		"qcow2), GUEST_image and GUEST_extra change\nit; guests_X does so "
		"for all guests of the job.",
	.run = run,
};
