/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unix stream sockets by path, on this machine: consoles, QEMU's monitor.
 *
 * A path longer than the kernel's 107 bytes (unix(7)) is refused with a
 * sentence that says so, never cut.
 */
#ifndef IRONBIRD_NET_LOCAL_H
#define IRONBIRD_NET_LOCAL_H

#include <stdint.h>

#include "base/error.h"

/* ERROR_USAGE when a socket could not have this path. */
int must_check local_path_check(const char *path, struct error *err);
/*
 * A listening socket at path, mode 0600; one left behind there is replaced.
 * Close-on-exec and non-blocking. Returns the descriptor or -1.
 */
int must_check local_listen(const char *path, struct error *err);
/*
 * A connected socket, close-on-exec, blocking; connecting, and later each
 * read and write on it, waits at most limit_ms.
 */
int must_check local_connect(const char *path, int64_t limit_ms,
			     struct error *err);

#endif
