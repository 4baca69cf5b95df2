/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP requests of the controller itself (libcurl). */
#ifndef IRONBIRD_NET_HTTP_H
#define IRONBIRD_NET_HTTP_H

#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

/*
 * GETs url within limit_ms (through the network namespace netns unless NULL;
 * a server's name is resolved outside it). 0 with *status set for any HTTP
 * answer, redirections too, which are not followed; its body is added to body
 * unless that is NULL. -1 with ERROR_BROKEN when there was no whole answer,
 * or one over 1 MiB. Proxies of the environment are not used.
 */
int must_check http_get(const char *netns, const char *url, int64_t limit_ms,
			int *status, struct strbuf *body, struct error *err);

#endif
