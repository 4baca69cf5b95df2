/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Debian guest from the image debian-guest: a logical volume on the host,
 * the image streamed into it, and the files that make it this guest.
 */

#include "ts/ts_guest.h"

#define INSTALL_LIMIT_S 600
#define VOLUME_GROUP "ironbird"
#define DEFAULT_DISK_MB "1024"
#define DEFAULT_MEMORY_MB 256

/* $1 volume, $2 MiB, $3 packed image, $4 overlay's URL */
static const char install_script[] =
	"dev=/dev/" VOLUME_GROUP "/$1\n"
	"[ ! -e \"$dev\" ] || lvremove -f \"$dev\"\n"
	"lvcreate -y -Wn -L \"$2m\" -n \"$1\" " VOLUME_GROUP "\n"
	"zstd -dcq \"$3\" | dd of=\"$dev\" bs=1M conv=fsync status=none\n"
	"rm -f \"$3\"\n"
	"resize2fs \"$dev\"\n"
	"d=$(mktemp -d)\n"
	"mount \"$dev\" \"$d\"\n"
	"curl -fsS \"$4\" | tar -C \"$d\" --no-same-owner -xf - || s=$?\n"
	"umount \"$d\"\n"
	"rmdir \"$d\"\n"
	"exit ${s:-0}\n";

static void run(void)
{
	struct ts_host *host = ts_host(0);
	struct ts_guest *guest = ts_guest(host, 0);
	struct ts_image *image = ts_image(ts_guest_var(guest, "image",
						       "debian-guest"));
	const char *volume = ts_text("%s-disk", guest->hostname);
	const char *dir = ts_text("/var/lib/ironbird/guests/%s",
				  guest->hostname);
	struct ts_guest_config config = {
		.boot = ts_guest_boot(guest, "kernel"),
		.extra = ts_guest_var(guest, "extra",
				      "root=/dev/xvda ro console=hvc0"),
		.disk = ts_text("phy:/dev/" VOLUME_GROUP "/%s,xvda,w", volume),
		.memory_mb = DEFAULT_MEMORY_MB,
	};
	const char *packed;

	ts_guest_clear(guest);
	ts_stage("guest %s: fetching the image", guest->name);
	packed = ts_image_fetch(host, image, "root.ext4.zst", dir);
	ts_stage("guest %s: writing its disk", guest->name);
	ts_script(host, INSTALL_LIMIT_S, install_script, volume,
		  ts_guest_var(guest, "disksize", DEFAULT_DISK_MB), packed,
		  ts_text("%sfiles.tar", ts_guest_publish(guest)->url), NULL);
	ts_guest_kernel(guest, image, dir, ts_text("/dev/" VOLUME_GROUP "/%s",
						   volume), &config);
	ts_guest_configure(guest, &config);
}

const struct ts_case ts_case = {
	.summary = "Install a Debian guest on a logical volume of the host",
	.args = "host GUEST",
	.hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 1800,
	.details = "Runvars GUEST_type (pv, pvh, hvm), GUEST_memory, GUEST_vcpus, "
		"GUEST_disksize (MiB),\nGUEST_image and GUEST_extra change "
		"it; guests_X does so for all guests of the job.\nIt boots "
		"the kernel of kernbuildjob unless GUEST_kernkind is image.",
	.run = run,
};
