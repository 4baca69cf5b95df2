/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fixed addresses in dnsmasq: one small file a machine in its
 * dhcp-hostsdir, which dnsmasq reads as soon as it appears.
 */
#ifndef IRONBIRD_BOOT_DHCP_H
#define IRONBIRD_BOOT_DHCP_H

#include "base/error.h"
#include "host/host.h"

/*
 * Does nothing when the site has no DhcpHostsDir: somebody else's DHCP server
 * gives the address then, and the watch learns it.
 */
int must_check dhcp_write_machine(const struct site *site, const char *name,
				  const char *ether, const char *address,
				  struct error *err);

#endif
