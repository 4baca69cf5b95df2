/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtual hosts of a lab: folders in DIR/hosts, rows, DHCP entries. */
#ifndef IRONBIRD_LAB_HOSTS_H
#define IRONBIRD_LAB_HOSTS_H

#include "base/strvec.h"
#include "lab/lab.h"
#include "lab/service_set.h"

/* Names of the folders in DIR/hosts, sorted. */
void lab_hosts_list(const struct service_set *set, struct strvec *names);
/* Powers one off, whether or not the database knows it. */
int must_check lab_host_off(const struct service_set *set,
			    const struct config *config, struct db *db,
			    const char *name, struct error *err);

#endif
