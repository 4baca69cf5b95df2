/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot files of one host: what its loader is told to boot.
 *
 * BIOS hosts read pxelinux.cfg/FILE (lpxelinux.0, which fetches over HTTP);
 * FILE comes from the host property or setting TftpPxeTemplates. UEFI hosts
 * (property firmware "uefi") run GRUB's network image, which reads
 * grub.cfg-ETHER beside it. Files are replaced atomically, one host each.
 */
#ifndef IRONBIRD_BOOT_PXE_H
#define IRONBIRD_BOOT_PXE_H

#include "base/error.h"
#include "boot/template.h"
#include "host/host.h"

struct pxe_boot {
	const char *kernel_url, *initrd_url;
	const char *append;	/* kernel command line */
	template_lookup lookup;	/* runvars for templates, or NULL */
	void *lookup_arg;
};

/* Next network boot: this kernel. */
int must_check pxe_write_boot(const struct host *host,
			      const struct pxe_boot *boot, struct error *err);
/* Next network boot: on to the local disk. */
int must_check pxe_write_local(const struct host *host, struct error *err);
/* "ttyS0,115200" from the properties LinuxSerialConsole and Baud. */
void pxe_console(const struct host *host, struct strbuf *console);

#endif
