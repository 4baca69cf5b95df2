/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's configuration in xl's words (xl.cfg(5)). This is the one place
 * that knows what each type of guest takes.
 */
#include <string.h>

#include "base/files.h"
#include "config/settings.h"
#include "ts/toolstack.h"
#include "ts/ts_guest.h"

#define GRUB_DIR "/usr/lib/grub-xen/"
/* beside what xenconsoled writes: what GRUB and the kernel say */
#define SERIAL_LOG "/var/log/xen/console/serial-%s.log"

/* The root file system is the whole disk, or its one partition. */
#define WHOLE_DISK "root=/dev/xvda ro console=hvc0"
#define PARTITION "root=/dev/xvda1 ro console=hvc0"

/*
 * No screen: nobody would look. SeaBIOS reads AHCI disks by DMA, but IDE disks
 * word by word, which takes minutes where the host is emulated itself.
 */
#define HVM_LINES "vnc = 0\nsdl = 0\nusb = 0\nhdtype = \"ahci\"\n"

static const struct ts_guest_boot boots[] = {
	{ "pv", "kernel", .append = WHOLE_DISK },
	{ "pvh", "kernel", .append = WHOLE_DISK },
	{ "hvm", "kernel", .append = WHOLE_DISK, .needs = TS_DEVICE_MODEL,
	  .lines = HVM_LINES },
	{ "pv", "pygrub", .loader = "menu", .append = PARTITION,
	  .lines = "bootloader = \"pygrub\"\n" },
	{ "pvh", "pygrub", .loader = "menu", .append = PARTITION,
	  .lines = "bootloader = \"pygrub\"\n" },
	/* not pv: as such, Debian's GRUB cannot unpack Debian's kernels */
	{ "pvh", "pvgrub", .loader = "menu", .append = PARTITION,
	  .kernel = GRUB_DIR "grub-i386-xen_pvh.bin",
	  .needs = GRUB_DIR "grub-i386-xen_pvh.bin" },
	{ "hvm", "seabios", .loader = "bios", .append = PARTITION,
	  .needs = TS_DEVICE_MODEL, .serial = true,
	  .lines = HVM_LINES "bios = \"seabios\"\n" },
};

void ts_guest_need(const struct ts_guest *guest, const char *file,
		   const char *what)
{
	if (file && ts_try_script(guest->host, 0, NULL, "test -e \"$1\"",
				  file, NULL) != 0)
		ts_broken("guest %s: %s needs %s, which host %s does not "
			  "have; the bundle xen-hvm brings it (runvar "
			  "hypervisor_bundle)", guest->name, what, file,
			  guest->host->name);
}

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
	ts_guest_need(guest, boot->needs, way);
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

/*
 * On AMD's K8, which is what QEMU emulates, Xen sets a register against one of
 * its errata (HWCR.FFDIS); as a guest it may not, and panics. So its processor
 * is to be of the family that came after.
 */
static const char is_k8_script[] =
	"grep -q '^vendor_id.*AuthenticAMD' /proc/cpuinfo\n"
	"grep -q '^cpu family.* 15$' /proc/cpuinfo\n";

/*
 * Runvar NAME_pvshim: the kernel is a PV one, and has a small Xen to itself
 * that runs as a PVH guest.
 */
static void add_shim(struct ts_guest *guest, struct strbuf *text)
{
	const char *value = ts_guest_var(guest, "pvshim", "false");
	bool shim;

	if (setting_parse_bool(value, &shim) < 0)
		ts_broken("guest %s: runvar pvshim is '%.40s', not true or "
			  "false", guest->name, value);
	if (!shim)
		return;
	if (strcmp(guest->type, "pvh") != 0)
		ts_broken("guest %s: the shim makes a PV guest of one of type "
			  "pvh, not %s", guest->name, guest->type);
	if (!ts_toolstack()->shim)
		ts_broken("guest %s: toolstack %s starts no guest on the shim",
			  guest->name, ts_toolstack()->name);
	strbuf_addstr(text, "pvshim = 1\n");
	if (ts_try_script(guest->host, 0, NULL, is_k8_script, NULL) == 0)
		strbuf_addstr(text, "cpuid = \"host,family=16\"\n");
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
	add_shim(guest, text);
	if (boot->serial)
		add_line(text, "serial", ts_text("file:" SERIAL_LOG,
						 guest->domname));
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

void ts_guest_set_type(struct ts_guest *guest, const char *type)
{
	const char *wanted = ts_guest_var(guest, "type", NULL);

	if (wanted && strcmp(wanted, type) != 0)
		ts_broken("guest %s: its runvar type says '%s', but this "
			  "installs %s guests", guest->name, wanted, type);
	if (!wanted)
		ts_runvar_store(ts_text("%s_type", guest->name), type);
	guest->type = type;
}

void ts_guest_configure(struct ts_guest *guest,
			const struct ts_guest_config *config)
{
	AUTO_STRBUF text = STRBUF_INIT;

	write_config(guest, config, &text);
	ts_log("%s:\n%s", guest->cfgpath, text.buf);
	ts_script(guest->host, 0, "printf '%s' \"$2\" >\"$1\"",
		  guest->cfgpath, text.buf, NULL);
	ts_runvar_store(ts_text("%s_domname", guest->name), guest->domname);
	ts_runvar_store(ts_text("%s_hostname", guest->name), guest->hostname);
	ts_runvar_store(ts_text("%s_ether", guest->name), guest->ether);
	ts_runvar_store(ts_text("%s_cfgpath", guest->name), guest->cfgpath);
	if (config->disk)
		ts_runvar_store(ts_text("%s_disk", guest->name), config->disk);
	note_kernel(guest, config);
}
