/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who has a port, read from /proc: nothing is bound to find out, so that a
 * server that is starting at this moment is not disturbed.
 */
#ifndef IRONBIRD_LAB_PORTS_H
#define IRONBIRD_LAB_PORTS_H

#include <netinet/in.h>
#include <stdbool.h>

#include "base/error.h"

/*
 * Is the port bound, to the address only (network order; 0: to whichever) or
 * to all of them, in the network that the process pid lives in? protocol is
 * "udp" or "tcp", of which only listening sockets count.
 */
bool port_bound(int pid, const char *protocol, int port, in_addr_t only);
/*
 * "dnsmasq (process 123)": the process that has it, as far as we may see it;
 * the caller frees. NULL when nobody has it, or it cannot be told who.
 */
char *port_holder(int pid, const char *protocol, int port, in_addr_t only);

#endif
