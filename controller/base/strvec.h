/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list of strings that grows, each owned by the list.
 *
 * v always ends with a NULL that count does not count, so it is an argv.
 */
#ifndef IRONBIRD_BASE_STRVEC_H
#define IRONBIRD_BASE_STRVEC_H

#include <stdbool.h>

#include "base/alloc.h"

struct strvec {
	char **v;
	size_t count;
};

extern char *strvec_empty[1];
#define STRVEC_INIT { .v = strvec_empty }
#define AUTO_STRVEC __attribute__((cleanup(strvec_release))) struct strvec

void strvec_init(struct strvec *sv);
void strvec_release(struct strvec *sv);
void strvec_push(struct strvec *sv, const char *s);
void strvec_pushf(struct strvec *sv, const char *fmt, ...) printf_like(2, 3);
/* Pushes each argument up to a NULL. */
void strvec_pushl(struct strvec *sv, ...) __attribute__((sentinel));
void strvec_pushv(struct strvec *sv, char *const *v);
bool strvec_has(const struct strvec *sv, const char *s);
/* Pushes the parts of s between any of the characters in seps; no empties. */
void strvec_split(struct strvec *sv, const char *s, const char *seps);
/* The items with sep between them; the caller frees. */
char *strvec_join(const struct strvec *sv, const char *sep);
void strvec_sort(struct strvec *sv);

#endif
