/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a word of `ironbird host set` does, for mg-hosts too. */
#ifndef IRONBIRD_CMD_HOST_WORDS_H
#define IRONBIRD_CMD_HOST_WORDS_H

#include "cmd/command.h"

/*
 * "NAME=VALUE" sets a property of the host, "NAME=" removes it; "+FLAG" sets
 * a flag, "!FLAG" and "-FLAG" clear it; "state=dirty" is no property.
 */
int must_check host_word_apply(struct context *ctx, const char *host,
			       const char *word, struct error *err);
/* Rows have OSSTest's hyphens (db/hosts.h): PowerMethod is power-method; the
 * caller frees. */
char *host_word_prop(const char *prop);
/* ERROR_USAGE when there is a host of that name, or it is none. */
int must_check host_word_new(struct db *db, const char *host,
			     struct error *err);

#endif
