/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One DHCPDISCOVER of a machine that does not exist, and the offers of all
 * servers that hear it (RFC 2131). Nothing is accepted: a server takes its
 * offer back by itself.
 */
#ifndef IRONBIRD_DOCTOR_DHCP_PROBE_H
#define IRONBIRD_DOCTOR_DHCP_PROBE_H

#include <netinet/in.h>
#include <stdint.h>

#include "base/error.h"

#define DHCP_OFFERS_MAX 8

struct dhcp_offer {
	char server[INET_ADDRSTRLEN];	/* its identifier, option 54 */
	char address[INET_ADDRSTRLEN];	/* what it offers */
	char ether[18];			/* who sent the answer */
};

struct dhcp_offers {
	struct dhcp_offer v[DHCP_OFFERS_MAX];	/* one a server */
	size_t count;
};

/* "02:xx:...", locally administered and random; the caller frees. */
char *dhcp_probe_ether(void);
/*
 * Asks on the interface (in the network namespace netns unless NULL) as
 * ether, and collects answers for the whole of limit_ms.
 */
int must_check dhcp_probe(const char *netns, const char *interface,
			  const char *ether, int64_t limit_ms,
			  struct dhcp_offers *offers, struct error *err);

#endif
