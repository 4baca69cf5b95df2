/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel that a PV or PVH guest boots, and whether it is what runs. */
#include <string.h>

#include "boot/image.h"
#include "ts/state.h"
#include "ts/ts_build.h"
#include "ts/ts_guest.h"

#define SCRIPT "/root/ironbird-guest-kernel"
#define EXCHANGE_LIMIT_S 300
#define COMMAND_LIMIT_S 30

/*
 * "pvops" is OSSTest's word, and its test cases know no other one that is
 * still built: a kernel that is dom0 and guest alike.
 */
static bool wants_built(const struct ts_guest *guest)
{
	const char *kind = ts_guest_var(guest, "kernkind", NULL);

	if (!kind)
		kind = ts_runvar_or("kernkind", "pvops");
	if (strcmp(kind, "pvops") != 0 && strcmp(kind, "image") != 0)
		ts_broken("guest %s: there is no kernkind '%.60s': it is pvops, "
			  "the kernel of the job's kernbuildjob, or image, "
			  "its image's own", guest->name, kind);
	return strcmp(kind, "pvops") == 0;
}

static void use_built(struct ts_guest *guest, const struct dist *kernel,
		      const char *dir, const char *root,
		      struct ts_guest_config *config)
{
	AUTO_FREE char *script = bundle_script("guest-kernel");
	const char *sha256;
	const char *url = ts_dist_publish(guest->host, kernel, "kerneldist",
					  &sha256);

	config->kernel_version = ts_dist_value(kernel, "kernel_version");
	config->kernel_build_id = ts_dist_value(kernel, "kernel_build_id");
	ts_stage("guest %s: it gets Linux %s of %s", guest->name,
		 config->kernel_version, kernel->name);
	ts_send_file(guest->host, script, SCRIPT, 0755);
	ts_cmd(guest->host, EXCHANGE_LIMIT_S, SCRIPT,
	       ts_text("kernel=%s", url), ts_text("kernel_sha256=%s", sha256),
	       ts_text("kernel_version=%s", config->kernel_version),
	       ts_text("ramdisk=%s", config->ramdisk),
	       ts_text("dir=%s/built", dir), ts_text("root=%s", root), NULL);
	config->kernel = ts_text("%s/built/vmlinuz", dir);
	config->ramdisk = ts_text("%s/built/initrd.img", dir);
}

void ts_guest_kernel(struct ts_guest *guest, const struct ts_image *image,
		     const char *dir, const char *root,
		     struct ts_guest_config *config)
{
	const struct dist *kernel = NULL;
	struct error err;

	if (wants_built(guest))
		kernel = ts_dist(guest->name, "kern", true);
	config->ramdisk = ts_image_fetch(guest->host, image, "initrd.img",
					 dir);
	if (kernel) {
		use_built(guest, kernel, dir, root, config);
		return;
	}
	config->kernel = ts_image_fetch(guest->host, image, "vmlinuz", dir);
	ts_check(cache_need(image->entry, "kernel", &config->kernel_version,
			    &err), &err);
}

/*
 * Its release, then its build id: the only note of GNU's with 20 bytes, the
 * hash that the linker made of the kernel.
 */
static const char which_script[] =
	"uname -r\n"
	"od -An -v -tx1 /sys/kernel/notes 2>/dev/null | tr -d ' \\n' | sed -n "
	"'s/.*040000001400000003000000474e5500\\(.\\{40\\}\\).*/\\1/p'\n";

static const char *noted(const struct ts_guest *guest, const char *what)
{
	const char *value = ts_runvar_or(ts_text("%s_kernel_%s", guest->name,
						 what), GUEST_KERNEL_UNKNOWN);

	return strcmp(value, GUEST_KERNEL_UNKNOWN) != 0 ? value : NULL;
}

void ts_guest_check_kernel(struct ts_guest *guest)
{
	const char *version = noted(guest, "version");
	const char *id = noted(guest, "build_id");
	const char *out;
	size_t n;

	if (!version && !id)
		return;
	out = ts_guest_script(guest, COMMAND_LIMIT_S, which_script);
	n = strcspn(out, "\n");
	if (version && (strlen(version) != n || strncmp(out, version, n) != 0))
		ts_broken("guest %s runs Linux %.*s, but %s was installed",
			  guest->name, (int)n, out, version);
	version = ts_text("%.*s", (int)n, out);
	out += n + (out[n] != '\0');
	ts_log("guest %s runs Linux %s, build id %s", guest->name, version,
	       *out ? out : "unknown");
	if (id && strcmp(out, id) != 0)
		ts_broken("guest %s runs the kernel with build id %s, but %s "
			  "was installed", guest->name, *out ? out : "none",
			  id);
}
