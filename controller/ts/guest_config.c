/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's configuration in xl's words (xl.cfg(5)). This is the one place
 * that knows what each type of guest takes.
 */
#include <string.h>

#include "base/files.h"
#include "ts/ts_guest.h"

#define GRUB_DIR "/usr/lib/grub-xen/"
#define DEVICE_MODEL "/usr/libexec/xen-qemu-system-i386"

/* No screen that nobody looks at; what the firmware and GRUB say is kept. */
#define HVM_LINES "vnc = 0\nsdl = 0\nusb = 0\n"

static const struct ts_guest_boot boots[] = {
	{ .type = "pv", .way = "kernel" },
	{ .type = "pvh", .way = "kernel" },
	{ .type = "hvm", .way = "kernel", .needs = DEVICE_MODEL,
	  .lines = HVM_LINES },
	{ .type = "pv", .way = "pygrub", .loader = "menu",
	  .lines = "bootloader = \"pygrub\"\n" },
	{ .type = "pvh", .way = "pygrub", .loader = "menu",
	  .lines = "bootloader = \"pygrub\"\n" },
	{ .type = "pv", .way = "pvgrub", .loader = "menu",
	  .kernel = GRUB_DIR "grub-x86_64-xen.bin",
	  .needs = GRUB_DIR "grub-x86_64-xen.bin" },
	{ .type = "pvh", .way = "pvgrub", .loader = "menu",
	  .kernel = GRUB_DIR "grub-i386-xen_pvh.bin",
	  .needs = GRUB_DIR "grub-i386-xen_pvh.bin" },
	{ .type = "hvm", .way = "seabios", .loader = "bios",
	  .needs = DEVICE_MODEL, .lines = HVM_LINES "bios = \"seabios\"\n" },
	{ .type = "hvm", .way = "ovmf", .loader = "uefi",
	  .needs = "/usr/share/ovmf/OVMF.fd",
	  .lines = HVM_LINES "bios = \"ovmf\"\n" },
};

const struct ts_guest_boot *ts_guest_boot(const struct ts_guest *guest,
					  const char *way)
{
	const struct ts_guest_boot *boot = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(boots); i++)
		if (strcmp(boots[i].type, guest->type) == 0 &&
		    strcmp(boots[i].way, way) == 0)
			boot = &boots[i];
	if (!boot)
		ts_broken("guest %s: there is no guest of type '%s' that "
			  "boots by '%s'", guest->name, guest->type, way);
	if (boot->needs &&
	    ts_try_script(guest->host, 20, NULL, "test -e \"$1\"",
			  boot->needs, NULL) != 0)
		ts_broken("guest %s: host %s has no %s, which a %s guest needs "
			  "that boots by %s; the hypervisor bundle xen-hvm "
			  "brings it (runvar hypervisor_bundle)", guest->name,
			  guest->host->name, boot->needs, boot->type,
			  boot->way);
	return boot;
}

static void add_line(struct strbuf *text, const char *key, const char *value)
{
	if (value && strpbrk(value, "\"\n"))
		ts_broken("'%.80s' cannot be xl's %s", value, key);
	if (value)
		strbuf_addf(text, "%s = \"%s\"\n", key, value);
}

/* What is the same for every type. */
static void add_common(struct ts_guest *guest,
		       const struct ts_guest_config *config,
		       struct strbuf *text)
{
	strbuf_addf(text, "memory = %s\n",
		    ts_guest_var(guest, "memory",
				 ts_text("%d", config->memory_mb)));
	strbuf_addf(text, "vcpus = %s\n", ts_guest_var(guest, "vcpus", "1"));
	strbuf_addf(text, "vif = [ \"mac=%s,bridge=%s\" ]\n", guest->ether,
		    host_prop_or(guest->host->host, "bridge", "xenbr0"));
	if (config->disk)
		strbuf_addf(text, "disk = [ \"%s\" ]\n", config->disk);
	strbuf_addstr(text, "on_poweroff = \"destroy\"\n"
		      "on_reboot = \"restart\"\non_crash = \"preserve\"\n");
}

static void write_config(struct ts_guest *guest,
			 const struct ts_guest_config *config,
			 struct strbuf *text)
{
	const struct ts_guest_boot *boot = config->boot;

	add_line(text, "name", guest->domname);
	add_line(text, "type", guest->type);
	add_line(text, "kernel", boot->kernel ? boot->kernel : config->kernel);
	add_line(text, "ramdisk", config->ramdisk);
	add_line(text, "extra", config->extra);
	if (boot->lines)
		strbuf_addstr(text, boot->lines);
	add_common(guest, config, text);
}

/* Of this installation, not of an earlier one. */
static void note_kernel(struct ts_guest *guest,
			const struct ts_guest_config *config)
{
	ts_runvar_store(ts_text("%s_kernel_version", guest->name),
			str_or(config->kernel_version, GUEST_KERNEL_UNKNOWN));
	ts_runvar_store(ts_text("%s_kernel_build_id", guest->name),
			str_or(config->kernel_build_id, GUEST_KERNEL_UNKNOWN));
}

void ts_guest_configure(struct ts_guest *guest,
			const struct ts_guest_config *config)
{
	AUTO_STRBUF text = STRBUF_INIT;

	write_config(guest, config, &text);
	ts_log("%s:\n%s", guest->cfgpath, text.buf);
	ts_script(guest->host, 30, "printf '%s' \"$2\" >\"$1\"",
		  guest->cfgpath, text.buf, NULL);
	ts_runvar_store(ts_text("%s_domname", guest->name), guest->domname);
	ts_runvar_store(ts_text("%s_hostname", guest->name), guest->hostname);
	ts_runvar_store(ts_text("%s_ether", guest->name), guest->ether);
	ts_runvar_store(ts_text("%s_cfgpath", guest->name), guest->cfgpath);
	if (config->disk)
		ts_runvar_store(ts_text("%s_disk", guest->name), config->disk);
	note_kernel(guest, config);
}
