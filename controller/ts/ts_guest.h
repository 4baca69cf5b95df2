/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests in a test case.
 *
 * A guest NAME of a job has stable runvars NAME_domname, NAME_hostname,
 * NAME_ether, NAME_ip, NAME_cfgpath... that installing it stores and the
 * later steps read. Its MAC is a hash of controller, flight, job and name.
 */
#ifndef IRONBIRD_TS_TS_GUEST_H
#define IRONBIRD_TS_TS_GUEST_H

#include "boot/cache.h"
#include "ts/ts_host.h"

struct ts_guest {
	struct ts_host *host;
	const char *name;	/* "debian" */
	const char *domname;	/* "debian.guest.osstest" */
	const char *hostname;	/* its own, and in the web space */
	const char *ether;
	const char *address;	/* last known, or NULL */
	const char *type;	/* pv, pvh, hvm */
	const char *cfgpath;	/* on the host */
	struct ssh *ssh;
};

/* The guest named by argument i, on the host. */
struct ts_guest *ts_guest(struct ts_host *host, int i);
/*
 * A guest's own runvar NAME_x, else guests_x, else fallback.
 */
const char *ts_guest_var(const struct ts_guest *guest, const char *var,
			 const char *fallback);
/*
 * A new folder for it in the web space: "booted", by which it reports, and
 * files.tar, the overlay that makes an image into this guest (host name, its
 * ssh host key, who may log in, where to report).
 */
const struct handover *ts_guest_publish(struct ts_guest *guest);
/* An image of host-images/, in the web space: URL of one of its files. */
struct ts_image {
	const char *name, *key, *dir;
	const char *kernel;	/* its version, or NULL */
	struct cache_entry *entry;
};
struct ts_image *ts_image(const char *name);
/*
 * Downloads a file of the image to the folder dir on the host, its sha256
 * checked: the path there.
 */
const char *ts_image_fetch(struct ts_host *host, const struct ts_image *image,
			   const char *file, const char *dir);

/*
 * How a guest comes to its kernel: it is given one of dom0's, or dom0 has a
 * boot loader that reads the guest's disk, or firmware starts the boot loader
 * that is on it. guest_config.c has a row for each type of guest and way.
 */
struct ts_guest_boot {
	const char *type;	/* xl's word: pv, pvh, hvm */
	const char *way;	/* kernel, pygrub, pvgrub, seabios */
	const char *loader;	/* its disk has: NULL, "menu", "bios" */
	const char *append;	/* the kernel's command line */
	const char *kernel;	/* dom0's file that is the boot loader */
	const char *needs;	/* dom0's file without which it cannot be */
	const char *lines;	/* of xl's configuration */
	bool serial;		/* it has a serial port, kept in a file */
};

/* QEMU as Debian packages it for Xen, on the host. */
#define TS_DEVICE_MODEL "/usr/libexec/xen-qemu-system-i386"

/* The row for this guest; broken when there is none, or dom0 lacks it. */
const struct ts_guest_boot *ts_guest_boot(const struct ts_guest *guest,
					  const char *way);
/* Broken when its host has no such file; NULL is none needed. */
void ts_guest_need(const struct ts_guest *guest, const char *file,
		   const char *what);
/* For what installs one type of guest; the runvars must not say another. */
void ts_guest_set_type(struct ts_guest *guest, const char *type);
/*
 * Installs the guest's image (runvar NAME_image, default debian-guest) on a
 * disk on its host, with the boot loader of that way, and configures it.
 */
void ts_guest_install(struct ts_guest *guest, const char *way);

/* What installing it found; runvars say the rest (memory, processors). */
struct ts_guest_config {
	const struct ts_guest_boot *boot;
	const char *kernel, *ramdisk, *extra;
	const char *disk;	/* xl's disk specification, or NULL */
	int memory_mb;		/* unless runvar NAME_memory says otherwise */
	/* what the guest must say of its kernel, or NULL: not looked at */
	const char *kernel_version, *kernel_build_id;
};

/* Runvars GUEST_kernel_version and _build_id of what is not looked at. */
#define GUEST_KERNEL_UNKNOWN "unknown"

/*
 * Kernel and ramdisk of a PV or PVH guest, into the folder dir on the host:
 * the kernel of the job's kernbuildjob (or GUEST_kernbuildjob), whose modules
 * go to the file system on root, a device of the host or "". The image's own
 * when the job has no such build, or the runvar GUEST_kernkind (guests_kernkind,
 * kernkind) is "image" instead of "pvops".
 */
void ts_guest_kernel(struct ts_guest *guest, const struct ts_image *image,
		     const char *dir, const char *root,
		     struct ts_guest_config *config);
/* Broken when the running guest's kernel is not what was installed. */
void ts_guest_check_kernel(struct ts_guest *guest);

/*
 * Writes xl's configuration to cfgpath and stores the runvars that later
 * steps find the guest by.
 */
void ts_guest_configure(struct ts_guest *guest,
			const struct ts_guest_config *config);
/* Removes what an earlier installation of this guest left running. */
void ts_guest_clear(struct ts_guest *guest);

/* --- its domain, by the job's toolstack (ts/toolstack.h) ------------------ */

/* "running", "paused", "shutdown", "crashed", "dying"; NULL when absent. */
const char *ts_guest_state(struct ts_guest *guest);
/* Its number, which is another one whenever it has been made anew. */
const char *ts_guest_domid(struct ts_guest *guest);
void ts_guest_expect_running(struct ts_guest *guest);
void ts_guest_expect_absent(struct ts_guest *guest);
/* Waits until the domain is gone. */
void ts_guest_await_absent(struct ts_guest *guest, int limit_s);
/* Only that: ts_guest_create is what test cases call. */
void ts_guest_create_domain(struct ts_guest *guest);
/* Both return when it is gone. */
void ts_guest_destroy(struct ts_guest *guest);
void ts_guest_shutdown(struct ts_guest *guest, int limit_s);
/* To the file image, where it is left, and back from it. */
void ts_guest_save_and_restore(struct ts_guest *guest, const char *image);
/* Live, to the host it runs on. */
void ts_guest_migrate_local(struct ts_guest *guest);
/*
 * Live, to the host with that address: it is absent here afterwards. key is
 * the private key on this host that root there accepts, and KEY.hosts says
 * what that host's key is.
 */
void ts_guest_migrate(struct ts_guest *guest, const char *address,
		      const char *key);

/* Was the host's hypervisor told to schedule by that one (sched=)? */
bool ts_host_schedules_by(struct ts_host *host, const char *scheduler);

/* --- its system ----------------------------------------------------------- */

/* Creates it, waits for its fetch in the access log and its ssh. */
void ts_guest_create(struct ts_guest *guest);
/*
 * The running guest answers: ssh with its own key, and it is the same boot as
 * before (save, restore and migration must not restart it).
 */
void ts_guest_check_up(struct ts_guest *guest);
const char *ts_guest_boot_id(struct ts_guest *guest);
/* Runs a constant script inside the guest; output. */
const char *ts_guest_script(struct ts_guest *guest, int limit_s,
			    const char *script);
void ts_guest_drop_ssh(struct ts_guest *guest);

#endif
