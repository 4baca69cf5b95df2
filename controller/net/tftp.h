/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The controller's own question to a TFTP server (RFC 1350). */
#ifndef IRONBIRD_NET_TFTP_H
#define IRONBIRD_NET_TFTP_H

#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

/*
 * Adds the first block (up to 512 bytes) of the file name on the server at
 * the dotted address to data, within limit_ms, through the network namespace
 * netns unless NULL. ERROR_BROKEN: no answer, or the server's own refusal.
 */
int must_check tftp_read_block(const char *netns, const char *address,
			       const char *name, int64_t limit_ms,
			       struct strbuf *data, struct error *err);

#endif
