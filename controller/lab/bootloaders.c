/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in the TFTP folder before any host is: PXELINUX for BIOS, which
 * reads pxelinux.cfg/..., and GRUB for UEFI, which reads grub/grub.cfg-ETHER
 * ("grub.cfg-52:54:00:12:34:56"). A host without a file of its own boots on
 * from its disk.
 */
#include <string.h>

#include "base/files.h"
#include "base/proc.h"
#include "lab/services.h"

#define GRUB_LIMIT_MS 60000

static const struct {
	const char *from, *package;
} copies[] = {
	{ "/usr/lib/PXELINUX/lpxelinux.0", "pxelinux" },
	{ "/usr/lib/syslinux/modules/bios/ldlinux.c32", "syslinux-common" },
	{ "/usr/lib/syslinux/modules/bios/libutil.c32", "syslinux-common" },
	{ "/usr/lib/syslinux/modules/bios/libcom32.c32", "syslinux-common" },
	{ "/usr/lib/syslinux/modules/bios/chain.c32", "syslinux-common" },
	{ "/usr/lib/syslinux/modules/bios/mboot.c32", "syslinux-common" },
};

static const char pxelinux_default[] =
	"# A host that Ironbird has no orders for: on to the local disk.\n"
	"serial 0 115200\n"
	"default local\n"
	"prompt 0\n"
	"label local\n"
	"\tlocalboot -1\n";

static const char grub_early[] =
	"serial --unit=0 --speed=115200\n"
	"terminal_output serial\n"
	"configfile (tftp)/grub/grub.cfg-$net_default_mac\n"
	"configfile (tftp)/grub/local.cfg\n";

/*
 * The disk's own loader is started from here: firmware that is only told
 * "exit" tries its other network entries first. BOOTX64.EFI is what every
 * removable or single system has (UEFI specification, 3.5.1.1).
 */
static const char grub_local[] =
	"echo on to the local disk\n"
	"if search --no-floppy --file --set=root /EFI/BOOT/BOOTX64.EFI; then\n"
	"\tchainloader /EFI/BOOT/BOOTX64.EFI\n"
	"\tboot\n"
	"fi\n"
	"exit 1\n";

static const char grub_modules[] =
	"efinet tftp http net normal linux configfile echo test serial "
	"terminal boot chain part_gpt part_msdos fat ext2 search "
	"search_fs_uuid search_fs_file search_label reboot halt sleep "
	"all_video gzio minicmd";

int bootloaders_check(struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(copies); i++)
		if (!file_exists(copies[i].from))
			return error_set(err, ERROR_BROKEN, "%s is not there: "
					 "apt install %s", copies[i].from,
					 copies[i].package);
	if (!file_exists("/usr/lib/grub/x86_64-efi/moddep.lst"))
		return error_set(err, ERROR_BROKEN, "GRUB for UEFI is not "
				 "there: apt install grub-efi-amd64-bin");
	return 0;
}

static int copy_loaders(const struct service_set *set, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(copies); i++) {
		AUTO_FREE char *to = xasprintf("%s/%s", set->tftp_dir,
			strrchr(copies[i].from, '/') + 1);

		if (file_size(to) != file_size(copies[i].from) &&
		    file_copy(copies[i].from, to, 0644, err) < 0)
			return -1;
	}
	return 0;
}

static int make_grub(const struct service_set *set, struct error *err)
{
	AUTO_FREE char *image = xasprintf("%s/grub/grubnetx64.efi",
					 set->tftp_dir);
	AUTO_FREE char *beside = service_set_path(set, "grubnetx64.efi.new");
	AUTO_FREE char *early = service_set_path(set, "grub-early.cfg");
	AUTO_STRVEC argv = STRVEC_INIT;
	struct proc_spec spec = { .limit_ms = GRUB_LIMIT_MS };

	strvec_pushl(&argv, "grub-mkimage", "-O", "x86_64-efi", "-o", beside,
		     "-p", "(tftp)/", "-c", early, NULL);
	strvec_split(&argv, grub_modules, " ");
	spec.argv = argv.v;
	if (file_publish(early, grub_early, strlen(grub_early), 0644,
			 err) < 0 ||
	    proc_check(&spec, err) < 0 ||
	    file_copy(beside, image, 0644, err) < 0)
		return -1;
	return file_remove(beside, err);
}

static int write_text(const char *dir, const char *name, const char *text,
		      struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);

	return file_publish(path, text, strlen(text), 0644, err);
}

int bootloaders_write(const struct service_set *set, struct error *err)
{
	if (bootloaders_check(err) < 0 || copy_loaders(set, err) < 0 ||
	    make_grub(set, err) < 0)
		return -1;
	if (write_text(set->tftp_dir, "ironbird-ready", "ready\n", err) < 0 ||
	    write_text(set->tftp_dir, "grub/local.cfg", grub_local, err) < 0)
		return -1;
	return write_text(set->pxe_dir, "default", pxelinux_default, err);
}
