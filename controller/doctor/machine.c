/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The controller itself: programs, rights, StateDir, database. */
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "config/check.h"
#include "config/state.h"
#include "doctor/check.h"
#include "lab/services.h"
#include "net/libcurl.h"

/* What is run, and whose package it is; the servers are rows of services[]. */
static const struct {
	const char *program, *package;
} programs[] = {
	{ "ip", "iproute2" },
	{ "ping", "iputils-ping" },
	{ "unshare", "util-linux" },
	{ "ssh", "openssh-client" },
	{ "ssh-keygen", "openssh-client" },
	{ "grub-mkimage", "grub-common" },
	{ "mmdebstrap", "mmdebstrap" },
	{ "mke2fs", "e2fsprogs" },
	{ "zstd", "zstd" },
	{ "cpio", "cpio" },
	{ "busybox", "busybox-static" },
	{ "qemu-system-x86_64", "qemu-system-x86" },
};

/* What virtual hosts boot by; found as files. */
static const struct {
	const char *path, *package;
} boot_files[] = {
	{ "/usr/share/OVMF/OVMF_CODE_4M.fd", "ovmf" },
	{ "/usr/share/seabios/bios-256k.bin", "seabios" },
	{ "/usr/lib/ipxe/qemu/efi-virtio.rom", "ipxe-qemu" },
};

static void add_missing(const char *program, const char *package,
			struct strvec *missing, struct strvec *packages)
{
	if (program[0] == '/' ? file_exists(program) :
				program_installed(program))
		return;
	strvec_push(missing, program);
	if (!strvec_has(packages, package))
		strvec_push(packages, package);
}

/* What is copied or loaded, and says itself what is missing. */
static void check_loaders(struct doctor *d)
{
	struct error err = ERROR_INIT;

	if (bootloaders_check(&err) < 0)
		check_fail(d, "apt install pxelinux syslinux-common "
			   "grub-efi-amd64-bin", "%s", err.text);
	if (!libcurl_load(&err))
		check_fail(d, "apt install libcurl4", "%s", err.text);
}

void check_programs(struct doctor *d)
{
	AUTO_STRVEC missing = STRVEC_INIT, packages = STRVEC_INIT;
	AUTO_FREE char *names = NULL, *list = NULL, *mend = NULL;

	for (size_t i = 0; i < SERVICE_COUNT; i++)
		add_missing(services[i].program, services[i].package,
			    &missing, &packages);
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		add_missing(programs[i].program, programs[i].package,
			    &missing, &packages);
	for (size_t i = 0; i < ARRAY_SIZE(boot_files); i++)
		add_missing(boot_files[i].path, boot_files[i].package, &missing,
			    &packages);
	check_loaders(d);
	if (!missing.count) {
		check_ok(d, "all %zu are installed", SERVICE_COUNT +
			 ARRAY_SIZE(programs) + ARRAY_SIZE(boot_files));
		return;
	}
	names = strvec_join(&missing, ", ");
	list = strvec_join(&packages, " ");
	mend = xasprintf("apt install %s", list);
	check_fail(d, mend, "not installed: %s", names);
}

void check_rights(struct doctor *d)
{
	d->root = geteuid() == 0;
	if (d->root)
		check_ok(d, "this is root");
	else
		check_fail(d, "sudo ironbird doctor", "user %d can neither "
			   "serve low ports nor enter a lab's network",
			   (int)geteuid());
}

static void check_settings(struct doctor *d)
{
	AUTO_STRVEC files = STRVEC_INIT;
	AUTO_STRVEC errors = STRVEC_INIT, warnings = STRVEC_INIT;

	config_files(&files);
	if (config_check(&files, &errors, &warnings) < 0)
		check_fail(d, "ironbird config --check", "%s", errors.v[0]);
	else if (warnings.count)
		check_warn(d, "ironbird config --check", "%s",
			   warnings.v[0]);
}

void check_state(struct doctor *d)
{
	const char *dir = config_get(d->config, "StateDir");
	struct error err = ERROR_INIT;
	AUTO_FREE char *mend = NULL;

	check_settings(d);
	if (state_check_writable(d->config, &err) == 0) {
		check_ok(d, "%s takes what is written", dir);
		return;
	}
	mend = xasprintf("mount -o remount,rw \"$(findmnt -nro TARGET -T %s)\""
			 ", or another StateDir in standalone.config", dir);
	check_fail(d, mend, "%s", err.text);
}

void check_room(struct doctor *d)
{
	const char *dir = config_get(d->config, "StateDir");
	struct error err = ERROR_INIT;
	AUTO_FREE char *mend = NULL;
	int64_t has = 0;

	if (state_check_room(d->config, &has, &err) == 0) {
		check_ok(d, "%.1f GiB are free in %s",
			 (double)has / (1 << 30), dir);
		return;
	}
	mend = xasprintf("du -xh %s | sort -h | tail, and remove what is not "
			 "needed", dir);
	check_fail(d, mend, "%s", err.text);
}

void check_database(struct doctor *d)
{
	const char *path = config_get(d->config, "JobDB");
	struct error err = ERROR_INIT;
	AUTO_FREE char *mend = NULL;

	if (db_open(&d->db, path, &err) == 0) {
		check_ok(d, "%s opens", path);
		return;
	}
	d->db = NULL;
	mend = xasprintf("sqlite3 %s 'PRAGMA integrity_check'", path);
	check_fail(d, mend, "%s", err.text);
}
