/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP connections with a deadline. */
#ifndef IRONBIRD_NET_TCP_H
#define IRONBIRD_NET_TCP_H

#include <stdint.h>

#include "base/error.h"

/*
 * Connects to the numeric address within limit_ms. 1 and *fd, non-blocking
 * and the caller's; 0 and *reason ("connection refused") when nothing
 * answered; -1 when there was nothing to try (a bad address, no namespace).
 */
int must_check tcp_connect(const char *netns, const char *address, int port,
			   int64_t limit_ms, int *fd, const char **reason,
			   struct error *err);

#endif
