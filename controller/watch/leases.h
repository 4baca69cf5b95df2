/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lease files: which address a MAC address has now. dnsmasq's (one line a
 * lease) and ISC dhcpd's (blocks, the last one of a lease counts;
 * dhcpd.leases(5)) are told apart by their text.
 */
#ifndef IRONBIRD_WATCH_LEASES_H
#define IRONBIRD_WATCH_LEASES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "watch/address.h"

struct lease {
	char address[ADDRESS_SIZE];
	int64_t ends;		/* UTC seconds; INT64_MAX: never */
};

/*
 * The IPv4 lease of ether that runs at now (UTC seconds) and ends last; false
 * when there is none.
 */
bool leases_find(const char *text, const char *ether, int64_t now,
		 struct lease *lease);
/* As leases_find, in the file at path now: 1 found, 0 not, -1 unreadable. */
int must_check leases_lookup(const char *path, const char *ether,
			     struct lease *lease, struct error *err);

#endif
