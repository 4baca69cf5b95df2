/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "key=value" words, as properties have them behind a module's name.
 *
 * A value that begins with '@' names a file whose first line is the value:
 * so secrets are in no setting, and in no argv.
 */
#ifndef IRONBIRD_BASE_ARGUMENTS_H
#define IRONBIRD_BASE_ARGUMENTS_H

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strvec.h"

/*
 * Appends the words at *p, blanks between them, quotes ('...' or "...") taken
 * off, up to a character of stops outside quotes, which *p is left at, or the
 * end. ERROR_USAGE: a quote is not closed.
 */
int must_check arguments_split(const char **p, const char *stops,
			       struct strvec *words, struct error *err);
/*
 * Checks "key=value" words against keys, "host! speed user": others are
 * unknown, '!' must be there. ERROR_USAGE with the nearest key.
 */
int must_check arguments_check(const struct strvec *words, const char *keys,
			       struct error *err);
/* The value of "key=value", the words' own, or NULL; or fallback. */
const char *argument_get(const struct strvec *words, const char *key);
const char *argument_or(const struct strvec *words, const char *key,
			const char *fallback);
/* Appends the value; of "key=@FILE" FILE's first line. Absent: nothing. */
int must_check argument_secret(const struct strvec *words, const char *key,
			       struct strbuf *value, struct error *err);
/* A number from min to max; absent: fallback. ERROR_USAGE. */
int must_check argument_number(const struct strvec *words, const char *key,
			       long min, long max, long fallback, long *value,
			       struct error *err);

#endif
