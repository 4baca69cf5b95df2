/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flags of a host, combined: "hvm & !(quick | suspect)". OSSTest's words for
 * mg-hosts setflagexpr: ! or ~ binds closest, then &, then |; blanks do not
 * count.
 */
#ifndef IRONBIRD_CMD_FLAG_EXPR_H
#define IRONBIRD_CMD_FLAG_EXPR_H

#include "host/host.h"

/* What it comes to for the host; ERROR_USAGE when it cannot be read. */
int must_check flag_expr(const struct host *host, const char *expr,
			 bool *value, struct error *err);

#endif
