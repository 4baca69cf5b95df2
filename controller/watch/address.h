/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses as logs write them, made comparable by strcmp. */
#ifndef IRONBIRD_WATCH_ADDRESS_H
#define IRONBIRD_WATCH_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#define ADDRESS_SIZE 46		/* INET6_ADDRSTRLEN */
#define ETHER_SIZE 18		/* "52:54:00:12:34:56" */

/*
 * The len bytes at text as IPv4 ("10.0.0.5") or IPv6 in its shortest form;
 * an IPv4 address mapped into IPv6 (::ffff:10.0.0.5) becomes IPv4, a zone
 * (%eth0) and brackets go. False, and out empty, when it is neither.
 */
bool address_parse(const char *text, size_t len, char out[ADDRESS_SIZE]);
/*
 * A MAC address in lower case with colons; hyphens are taken too, and
 * dnsmasq's hardware type before it ("06-52-54-...").
 */
bool ether_parse(const char *text, size_t len, char out[ETHER_SIZE]);

#endif
