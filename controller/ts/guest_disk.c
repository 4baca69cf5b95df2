/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that has a disk: the image, and what makes it into this guest, are
 * written there by host-images/guest-disk on the host.
 */
#include <string.h>

#include "base/files.h"
#include "ts/ts_guest.h"

#define DISK_LIMIT_S 600
#define DEFAULT_DISK_MB "1024"
#define DEFAULT_MEMORY_MB 256
#define GUESTS_DIR "/var/lib/ironbird/guests/"
#define WRITER "/root/ironbird-guest-disk"

/*
 * Runvar NAME_diskfmt, with OSSTest's words. A logical volume says that it is
 * a device: where libxl looks, libvirt asks for a device model.
 */
static const struct disk_format {
	const char *name;
	const char *format;		/* guest-disk's word */
	const char *before, *after;	/* around the host name: its path */
	const char *words;		/* xl's, for what it is */
	bool mounts;			/* dom0 can mount it as it is */
	const char *needs;		/* in dom0 */
} formats[] = {
	{ "none", "lv", "/dev/ironbird/", "-disk",
	  "format=raw,backendtype=phy", true, NULL },
	{ "raw", "raw", GUESTS_DIR, "/disk.raw", "format=raw", true, NULL },
	{ "qcow2", "qcow2", GUESTS_DIR, "/disk.qcow2", "format=qcow2", false,
	  TS_DEVICE_MODEL },
};

static const struct disk_format *format_of(struct ts_guest *guest)
{
	const char *name = ts_guest_var(guest, "diskfmt", "none");
	const struct disk_format *format = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			format = &formats[i];
	if (!format)
		ts_broken("guest %s: there is no disk format '%s'",
			  guest->name, name);
	ts_guest_need(guest, format->needs, name);
	return format;
}

/* What guest-disk is told of the disk, but for what is to be on it. */
static void add_disk(struct ts_guest *guest, const struct disk_format *format,
		     const char *path, struct strvec *words)
{
	strvec_pushf(words, "format=%s", format->format);
	strvec_pushf(words, "disk=%s", path);
	strvec_pushf(words, "size=%s",
		     ts_guest_var(guest, "disksize", DEFAULT_DISK_MB));
	strvec_pushf(words, "overlay=%sfiles.tar",
		     ts_guest_publish(guest)->url);
}

static void write_disk(struct ts_guest *guest, const struct strvec *words)
{
	AUTO_FREE char *writer = xasprintf("%s/host-images/guest-disk",
					   config_share_dir());

	ts_stage("guest %s: writing its disk", guest->name);
	ts_send_file(guest->host, writer, WRITER, 0755);
	ts_own_cmdv(guest->host, DISK_LIMIT_S, words);
}

void ts_guest_install(struct ts_guest *guest, const char *way)
{
	const struct ts_guest_boot *boot = ts_guest_boot(guest, way);
	const struct disk_format *format = format_of(guest);
	struct ts_image *image = ts_image(ts_guest_var(guest, "image",
						       "debian-guest"));
	const char *dir = ts_text(GUESTS_DIR "%s", guest->hostname);
	const char *path = ts_text("%s%s%s", format->before, guest->hostname,
				   format->after);
	const char *append = ts_guest_var(guest, "extra", boot->append);
	struct ts_guest_config config = {
		.boot = boot, .memory_mb = DEFAULT_MEMORY_MB,
		.disk = ts_text("%s,vdev=xvda,access=rw,target=%s",
				format->words, path),
		.kernel_version = image->kernel,
	};
	AUTO_STRVEC words = STRVEC_INIT;

	ts_guest_clear(guest);
	ts_stage("guest %s: fetching the image", guest->name);
	strvec_push(&words, WRITER);
	add_disk(guest, format, path, &words);
	strvec_pushf(&words, "image=%s", ts_image_fetch(guest->host, image,
						"root.ext4.zst", dir));
	strvec_pushf(&words, "loader=%s", str_or(boot->loader, "none"));
	strvec_pushf(&words, "kernel=%s", str_or(image->kernel, ""));
	strvec_pushf(&words, "append=%s", append);
	write_disk(guest, &words);
	if (!boot->loader) {
		config.extra = append;
		/* a file that cannot be mounted keeps the image's modules:
		 * the ramdisk has what the guest boots with */
		ts_guest_kernel(guest, image, dir, format->mounts ? path : "",
				&config);
	}
	ts_guest_configure(guest, &config);
}
