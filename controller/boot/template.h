/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OSSTest's templates for names of boot files: "01-%etherhyph%". Known are
 * %name%, %ether%, %etherhyph%, %ipaddr%, %ipaddrhex%, and runvars.
 */
#ifndef IRONBIRD_BOOT_TEMPLATE_H
#define IRONBIRD_BOOT_TEMPLATE_H

#include "base/error.h"
#include "base/strbuf.h"
#include "host/host.h"

/* The value of a runvar, or NULL; arg as given. May be NULL itself. */
typedef const char *(*template_lookup)(const char *name, void *arg);

/*
 * Expands text into sb. 0; 1 when a variable has no value (sb untouched); -1
 * with ERROR_USAGE when a '%' has no partner, or a value cannot be part of a
 * file name (a '/', a line break, a '.' first).
 */
int must_check template_expand(const char *text, const struct host *host,
			       template_lookup lookup, void *arg,
			       struct strbuf *sb, struct error *err);
/*
 * The first of the space separated templates whose variables all have
 * values; ERROR_USAGE when none has.
 */
int must_check template_choose(const char *templates, const struct host *host,
			       template_lookup lookup, void *arg,
			       struct strbuf *sb, struct error *err);

#endif
