/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which names may be used, and which one was probably meant.
 *
 * Flights, jobs, hosts, guests, recipes and test cases become parts of paths,
 * URLs and commands: a name is 1 to 100 of [A-Za-z0-9._+-], begins with a
 * letter or a digit, and so is never "..", an option or two words.
 */
#ifndef IRONBIRD_BASE_NAMES_H
#define IRONBIRD_BASE_NAMES_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strvec.h"

bool name_ok(const char *name);
/* what is the object: "job", "host"; ERROR_USAGE with the reason if not. */
int must_check name_check(const char *what, const char *name,
			  struct error *err);
/* Runvar names follow the same rule today; callers say which they mean. */
bool runvar_name_ok(const char *name);

/*
 * The candidate nearest to word by edit distance, or NULL when none is near
 * enough to be worth a hint.
 */
const char *name_nearest(const char *word, const struct strvec *candidates);
/* " (did you mean 'X'?)" or "", into a string the caller frees. */
char *name_hint(const char *word, const struct strvec *candidates);
/*
 * "TREE_" and "xen-next": TREE_XEN_NEXT, as variables of the environment are
 * called. The caller frees.
 */
char *name_variable(const char *prefix, const char *name);

#endif
