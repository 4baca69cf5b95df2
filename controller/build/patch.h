/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands above the first change of a patch: who, when, why.
 *
 * Two dialects are read: mail headers as git writes them (From, Date,
 * Subject), and Debian's DEP-3 (Author, Last-Update, Description). Pure.
 */
#ifndef IRONBIRD_BUILD_PATCH_H
#define IRONBIRD_BUILD_PATCH_H

#include <stdint.h>

#include "base/alloc.h"

struct patch_header {
	char *name, *email;	/* of the author; NULL: not told */
	int64_t when;		/* seconds since 1970; 0: not told */
	char zone[6];		/* "+0200", as the author had it */
	char *subject;		/* one line; NULL: not told */
	char *body;		/* without white space at its ends; "" */
};

void patch_header_release(struct patch_header *header);
/* Reads what it finds; what is odd counts as not told. */
void patch_header_parse(struct patch_header *header, const char *text);

#endif
