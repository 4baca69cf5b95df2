/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The method "image": Ironbird's own installer fetches these orders and
 * streams an image to the disk. host-images/README describes both sides.
 */
#include "base/strbuf.h"
#include "boot/image.h"
#include "boot/install.h"
#include "boot/pxe.h"
#include "host/command_line.h"

#define ROOT_MB "4096"

static const char *const stages[] = {
	"disk", "image", "files", "bootloader", "installed", NULL
};

static int publish_orders(const struct host *host,
			  const struct cache_entry *image,
			  const char *image_url,
			  const struct install_plan *plan,
			  struct error *err)
{
	const struct handover *handover = &plan->handover;
	const char *bytes, *sha256, *packed_bytes, *packed_sha256;
	AUTO_FREE char *append = host_linux_append(host, NULL);
	AUTO_STRBUF console = STRBUF_INIT;
	AUTO_STRBUF text = STRBUF_INIT;

	if (cache_need(image, "image_bytes", &bytes, err) < 0 ||
	    cache_need(image, "image_sha256", &sha256, err) < 0 ||
	    cache_need(image, "image_zst_bytes", &packed_bytes, err) < 0 ||
	    cache_need(image, "image_zst_sha256", &packed_sha256,
		       err) < 0)
		return -1;
	pxe_console(host, &console);
	strbuf_addf(&text, "version=1\nhost=%s\ndisk=%s\nimage=%s\n",
		    host->name, plan->disk, image_url);
	strbuf_addf(&text, "image_bytes=%s\nimage_sha256=%s\n"
		    "image_zst_bytes=%s\nimage_zst_sha256=%s\n", bytes,
		    sha256, packed_bytes, packed_sha256);
	strbuf_addf(&text, "root_mb=%s\nswap_mb=%s\npristine_mb=%s\n",
		    host_prop_or(host, "disk-root", ROOT_MB),
		    host_prop_or(host, "disk-swap", "512"),
		    install_has_pristine(host) ?
		    host_prop_or(host, "disk-root", ROOT_MB) : "0");
	strbuf_addf(&text, "files=%sfiles.tar\nstages=%s\nconsole=%s\n",
		    handover->url, handover->url, console.buf);
	strbuf_addf(&text, "kernel_append=%s\ndone=reboot\n", append);
	return handover_add(handover, "orders", text.buf, text.len, err);
}

static int publish_installer(const struct config *config,
			     const struct host *host,
			     struct install_plan *plan, struct error *err)
{
	AUTO_FREE char *kernel = NULL, *initrd = NULL;
	AUTO_STRBUF console = STRBUF_INIT;
	struct cache_entry installer;
	int rc = -1;

	if (image_ensure(config, "installer", false, &installer, err) < 0)
		return -1;
	kernel = xasprintf("%s/vmlinuz", installer.dir);
	initrd = xasprintf("%s/initrd.img", installer.dir);
	pxe_console(host, &console);
	plan->append = xasprintf(
		"ironbird.orders=%sorders console=tty0 console=%s "
		"panic=30 quiet loglevel=4%s%s", plan->handover.url,
		console.buf, host_prop(host, "install-append") ? " " : "",
		host_prop_or(host, "install-append", ""));
	if (web_publish_file(&host->site, installer.key, kernel,
			     &plan->kernel_url, err) == 0 &&
	    web_publish_file(&host->site, installer.key, initrd,
			     &plan->initrd_url, err) == 0)
		rc = 0;
	cache_entry_release(&installer);
	return rc;
}

static int publish_image(const struct config *config, const struct host *host,
			 const struct install_plan *plan, struct error *err)
{
	const char *name = host_prop_or(host, "host-image",
					config_get(config, "HostImage"));
	AUTO_FREE char *path = NULL, *url = NULL;
	struct cache_entry image;
	int rc = -1;

	if (image_ensure(config, name, false, &image, err) < 0)
		return -1;
	path = xasprintf("%s/root.ext4.zst", image.dir);
	if (web_publish_file(&host->site, image.key, path, &url, err) == 0)
		rc = publish_orders(host, &image, url, plan, err);
	cache_entry_release(&image);
	return rc;
}

static int publish(const struct config *config, const struct host *host,
		   struct install_plan *plan, struct error *err)
{
	if (publish_image(config, host, plan, err) < 0)
		return -1;
	return publish_installer(config, host, plan, err);
}

int orders_publish_restore(const struct config *config,
			   const struct host *host, const char *state,
			   struct install_plan *plan, struct error *err)
{
	AUTO_STRBUF console = STRBUF_INIT;
	AUTO_STRBUF text = STRBUF_INIT;

	pxe_console(host, &console);
	strbuf_addf(&text, "version=1\nhost=%s\ndisk=%s\nrestore=%s\n"
		    "stages=%s\nconsole=%s\ndone=reboot\n", host->name,
		    plan->disk, state, plan->handover.url, console.buf);
	if (handover_add(&plan->handover, "orders", text.buf, text.len,
			 err) < 0)
		return -1;
	return publish_installer(config, host, plan, err);
}

const struct install_method install_method_image = {
	.name = "image",
	.orders = "orders",
	.stages = stages,
	.publish = publish,
};
