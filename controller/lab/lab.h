/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The embedded lab: a network namespace with a bridge, Debian's dnsmasq,
 * tftpd-hpa and Apache in it, and virtual hosts in QEMU that are switched by
 * the power module "qemu" and boot from the network like iron ones.
 *
 * A lab is a folder (StateDir/lab/NAME), usable side by side with others:
 *	lab.config	settings a host of this lab is served with
 *	tftp/ web/ dhcp-hosts/ leases
 *	log/		access.log error.log dnsmasq.log tftpd.log lab.log
 *	hosts/NAME/	disk.qcow2 qemu.args qmp.sock console.log ...
 * The supervisor process (its pid and start time in lab.pid) owns services
 * and console recorders and starts again what dies.
 */
#ifndef IRONBIRD_LAB_LAB_H
#define IRONBIRD_LAB_LAB_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"
#include "db/db.h"

#define LAB_DEFAULT_NAME "lab"	/* where a command names none */

/* Brings up what is not up; hosts are those added before. */
int must_check lab_up(const struct config *config, const char *name,
		      struct error *err);
/* Powers its hosts off, stops everything, removes the namespace. */
int must_check lab_down(const struct config *config, struct db *db,
			const char *name, struct error *err);
bool lab_is_up(const struct config *config, const char *name);

struct service_set;	/* lab/service_set.h */

/* The lab's services and paths, up or not; ERROR_USAGE for a bad name. */
int must_check lab_service_set(const struct config *config, const char *name,
			       struct service_set *set, struct error *err);
/* Writes lab.config: settings for site_load, also of a lab that is down. */
int must_check lab_write_config(const struct service_set *set,
				struct error *err);

/*
 * The same three services on a real interface, in StateDir/services. ERROR_
 * BROKEN when another server has the ports, ERROR_USAGE when there is no such
 * interface.
 */
int must_check services_up(const struct config *config, const char *interface,
			   struct error *err);
/* The interface they were started on, the caller's to free, or NULL. */
char *services_interface(const struct config *config);
int must_check services_down(const struct config *config, struct error *err);

struct lab_host_spec {
	const char *name;
	int memory_mb;		/* 0: 2048 */
	int cpus;		/* 0: 1 */
	int disk_gb;		/* 0: 12 */
	bool uefi;
};

/*
 * Makes the host's folder and its rows (ether, ip-addr, power-method,
 * console-log, disk-device, lab, flags); the lab need not be up.
 */
int must_check lab_add_host(const struct config *config, struct db *db,
			    const char *lab, const struct lab_host_spec *spec,
			    struct error *err);
/* Powers it off and removes folder, disk, rows and DHCP entry. */
int must_check lab_remove_host(const struct config *config, struct db *db,
			       const char *lab, const char *name,
			       struct error *err);

#endif
