/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the consoles that come over TCP share: how they are connected. */
#ifndef IRONBIRD_HOST_CONSOLE_TCP_H
#define IRONBIRD_HOST_CONSOLE_TCP_H

#include "host/console_module.h"

/* The argument host= is NAME:PORT or [IPV6]:PORT. */
int must_check console_tcp_check(const struct console_source *source,
				 struct error *err);
/* link->fd, connected within 3 s; a peer that dies silently is noticed. */
int must_check console_tcp_open(struct console_link *link, struct error *err);

#endif
