/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network interfaces of this machine that hosts could be served on. */
#ifndef IRONBIRD_NET_INTERFACES_H
#define IRONBIRD_NET_INTERFACES_H

#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>

#include "base/error.h"

struct interface {
	char name[IF_NAMESIZE];
	struct in_addr address, netmask;
};

struct interfaces {
	struct interface *v;
	size_t count;
};

/* Those that are up and have an IPv4 address, without loopback. */
int must_check interfaces_list(struct interfaces *list, struct error *err);
void interfaces_release(struct interfaces *list);
/* The one of that name (its first address), or NULL. */
const struct interface *interfaces_find(const struct interfaces *list,
					const char *name);

/*
 * What is wrong with an interface of the network namespace netns (NULL: here):
 * "is not there", "is down", "has no link"; NULL when nothing is, or when
 * that cannot be told.
 */
const char *interface_trouble(const char *netns, const char *name);

#endif
