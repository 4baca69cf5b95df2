/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DHCP servers' logs: dnsmasq (with log-dhcp or without, through syslog or
 * into its own file) and ISC dhcpd. DHCPv4 (RFC 2131) only.
 */
#ifndef IRONBIRD_WATCH_DHCPLOG_H
#define IRONBIRD_WATCH_DHCPLOG_H

#include <stdbool.h>

#include "watch/address.h"

enum dhcplog_type {
	DHCPLOG_DISCOVER, DHCPLOG_OFFER, DHCPLOG_REQUEST, DHCPLOG_ACK,
	DHCPLOG_NAK,
	DHCPLOG_NONE,		/* the server has no address to give */
};

struct dhcplog_line {
	enum dhcplog_type type;
	char ether[ETHER_SIZE];
	char address[ADDRESS_SIZE];	/* "" when the line names none */
};

/* False when the line is not one of these messages with a MAC address. */
bool dhcplog_parse(const char *text, struct dhcplog_line *line);
/* "dhcp-discover", "dhcp-ack", ... */
const char *dhcplog_stage(enum dhcplog_type type);

#endif
