/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values that Perl and the shell would have evaluated: what is plainly a
 * constant is taken, everything else is an error that says so.
 */
#ifndef IRONBIRD_CONFIG_QUOTED_H
#define IRONBIRD_CONFIG_QUOTED_H

#include "base/error.h"
#include "base/strbuf.h"

/* 'text', "text" or a number, with or without ';' behind it. */
int must_check quoted_perl(const char *text, struct strbuf *value,
			   struct error *err);
/* One word as a POSIX shell reads it in an assignment; no expansions. */
int must_check quoted_shell(const char *text, struct strbuf *value,
			    struct error *err);

#endif
