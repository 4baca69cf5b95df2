/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The method "debian-installer": Debian's own installer with a preseed, for
 * hosts that Ironbird's image does not suit. Its kernel and ramdisk come from
 * the package debian-installer-12-netboot-amd64.
 */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "boot/install.h"
#include "boot/keys.h"
#include "boot/mirror.h"
#include "boot/overlay.h"
#include "boot/pxe.h"

#define INSTALLER_DIR "/usr/lib/debian-installer/images/12/amd64/text/" \
		      "debian-installer/amd64"

#define IMAGE_FILES "host-images/debian-host/overlay"
#define IMAGE_FILE_MAX 65536

static const char *const stages[] = { "partman", "installed", NULL };

/* What a preseed says whatever the host: no question may be asked. */
static const char fixed_answers[] =
	"d-i debian-installer/locale string en_US.UTF-8\n"
	"d-i keyboard-configuration/xkb-keymap select us\n"
	"d-i clock-setup/utc boolean true\n"
	"d-i time/zone string UTC\n"
	"d-i clock-setup/ntp boolean false\n"
	"d-i hw-detect/load_firmware boolean true\n"
	"d-i passwd/make-user boolean false\n"
	"d-i passwd/root-login boolean true\n"
	"d-i passwd/root-password-crypted password *\n"
	"d-i partman-auto/method string regular\n"
	"d-i partman-auto/choose_recipe select atomic\n"
	"d-i partman-partitioning/confirm_write_new_label boolean true\n"
	"d-i partman/choose_partition select finish\n"
	"d-i partman/confirm boolean true\n"
	"d-i partman/confirm_nooverwrite boolean true\n"
	"d-i partman-efi/non_efi_system boolean true\n"
	"tasksel tasksel/first multiselect\n"
	"d-i pkgsel/upgrade select none\n"
	"popularity-contest popularity-contest/participate boolean false\n"
	"d-i grub-installer/only_debian boolean true\n"
	"d-i finish-install/reboot_in_progress note\n";

#define PACKAGES "openssh-server curl zstd lvm2 bridge-utils"

static void add_packages(const struct config *config, struct strbuf *text)
{
	const char *firmware = config_get(config, "DebianNonfreeFirmware");

	if (firmware)
		strbuf_addstr(text, "d-i apt-setup/non-free-firmware boolean "
			      "true\n");
	strbuf_addf(text, "d-i pkgsel/include string " PACKAGES "%s%s\n",
		    firmware ? " " : "", str_or(firmware, ""));
}

static int add_mirror(const struct config *config, struct strbuf *text,
		      struct error *err)
{
	const char *proxy = config_get(config, "DebianMirrorProxy");
	struct mirror mirror;

	if (mirror_find(config, &mirror, err) < 0)
		return -1;
	strbuf_addf(text, "d-i mirror/country string manual\n"
		    "d-i mirror/protocol string %s\n", mirror.protocol);
	strbuf_addf(text, "d-i mirror/%s/hostname string %s\n",
		    mirror.protocol, mirror.host);
	strbuf_addf(text, "d-i mirror/%s/directory string %s\n",
		    mirror.protocol, mirror.path);
	strbuf_addf(text, "d-i mirror/%s/proxy string %s\n", mirror.protocol,
		    str_or(proxy, ""));
	mirror_release(&mirror);
	return 0;
}

static void add_host(const struct host *host, const struct install_plan *plan,
		     struct strbuf *text)
{
	const char *url = plan->handover.url;
	const char *ntp = host_prop(host, "ntp-server");

	strbuf_addf(text, "d-i netcfg/get_hostname string %s\n", host->name);
	/* the last word counts */
	if (ntp)
		strbuf_addf(text, "d-i clock-setup/ntp boolean true\n"
			    "d-i clock-setup/ntp-server string %s\n", ntp);
	strbuf_addf(text, "d-i partman-auto/disk string %s\n"
		    "d-i grub-installer/bootdev string %s\n", plan->disk,
		    plan->disk);
	strbuf_addf(text, "d-i partman/early_command string "
		    "wget -q -O /dev/null %spartman || true\n", url);
	strbuf_addf(text, "d-i preseed/late_command string "
		    "for t in booted files; do "
		    "wget -q -O - %s$t.tar | tar -x -C /target; done; "
		    "in-target systemctl enable ironbird-booted.service; "
		    "wget -q -O /dev/null %sinstalled || true\n", url, url);
}

static int add_image_file(struct overlay *overlay, const char *path,
			  unsigned mode, struct error *err)
{
	AUTO_FREE char *from = xasprintf("%s/" IMAGE_FILES "/%s",
					 config_share_dir(), path);
	AUTO_STRBUF data = STRBUF_INIT;

	if (file_read(from, IMAGE_FILE_MAX, &data, err) < 0)
		return -1;
	overlay_add(overlay, path, mode, data.buf, data.len);
	return 0;
}

/* What our own images have built in: each boot is reported. */
static int publish_reporter(const struct install_plan *plan,
			    struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/booted.tar", plan->handover.dir);
	struct overlay *overlay = overlay_new(err);
	int rc = -1;

	if (overlay &&
	    add_image_file(overlay, "usr/local/sbin/ironbird-booted", 0755,
			   err) == 0 &&
	    add_image_file(overlay, "etc/systemd/system/"
			   "ironbird-booted.service", 0644, err) == 0)
		rc = overlay_publish(overlay, path, 0644, err);
	overlay_free(overlay);
	return rc;
}

static int publish_preseed(const struct config *config,
			   const struct host *host,
			   const struct install_plan *plan, struct error *err)
{
	const char *extra = config_get(config, "DebianPreseed");
	AUTO_STRBUF text = STRBUF_INIT;

	strbuf_addstr(&text, fixed_answers);
	if (add_mirror(config, &text, err) < 0)
		return -1;
	add_packages(config, &text);
	add_host(host, plan, &text);
	if (extra && *extra)
		strbuf_addf(&text, "%s\n", extra);
	return handover_add(&plan->handover, "preseed", text.buf, text.len,
			    err);
}

static int publish_file(const struct host *host, const char *file, char **url,
			struct error *err)
{
	AUTO_FREE char *path = xasprintf(INSTALLER_DIR "/%s", file);

	if (!file_exists(path))
		return error_set(err, ERROR_BROKEN, "%s is not there: "
				 "apt-get install "
				 "debian-installer-12-netboot-amd64", path);
	return web_publish_file(&host->site, "debian-installer", path, url,
				err);
}

static int publish(const struct config *config, const struct host *host,
		   struct install_plan *plan, struct error *err)
{
	const char *interface = host_prop(host, "interface force");
	AUTO_STRBUF console = STRBUF_INIT;

	if (publish_preseed(config, host, plan, err) < 0 ||
	    publish_reporter(plan, err) < 0 ||
	    publish_file(host, "linux", &plan->kernel_url, err) < 0 ||
	    publish_file(host, "initrd.gz", &plan->initrd_url, err) < 0)
		return -1;
	pxe_console(host, &console);
	plan->append = xasprintf(
		"auto=true priority=critical url=%spreseed "
		"netcfg/get_nameservers=%s%s%s "
		"DEBIAN_FRONTEND=%s console=%s %s",
		plan->handover.url,
		str_or(config_get(config, "NetNameservers"), ""),
		interface ? " netcfg/choose_interface=" : "",
		str_or(interface, ""),
		host_prop_or(host, "di-frontend", "text"), console.buf,
		host_prop_or(host, "install-append", ""));
	return 0;
}

const struct install_method install_method_debian = {
	.name = "debian-installer",
	.orders = "preseed",
	.stages = stages,
	.publish = publish,
};
