/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets inside a lab's network namespace without living there: the calling
 * thread enters, opens its socket, and comes back. A socket stays in the
 * namespace it was made in.
 */
#ifndef IRONBIRD_NET_NETNS_H
#define IRONBIRD_NET_NETNS_H

#include "base/error.h"

/* A stream or datagram socket made inside name (NULL: here), close-on-exec. */
int must_check netns_socket(const char *name, int domain, int type,
			    struct error *err);
/* Moves the whole process (must be single-threaded) into name. */
int must_check netns_enter(const char *name, struct error *err);

#endif
