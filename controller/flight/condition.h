/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conditions of flight files, and names in braces. Pure.
 *
 * Facts are "name=value". A condition is words that must all hold, each
 * NAME OP VALUE without spaces:
 *
 *	arch=amd64	the value matches the pattern (fnmatch(3)); != does not
 *	xen>=4.5	the value is that version or a later one; > <= <
 *
 * "A|B" as a value of = and != means any of them. A version that is no number
 * ("unstable") is later than all that are.
 */
#ifndef IRONBIRD_FLIGHT_CONDITION_H
#define IRONBIRD_FLIGHT_CONDITION_H

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strvec.h"

/* 1 or 0; ERROR_USAGE when a word is no condition or names no fact. */
int must_check condition_holds(const char *text, const struct strvec *facts,
			       struct error *err);
/* The value of a fact, or NULL. */
const char *fact_find(const struct strvec *facts, const char *name);
/* Appends text with each {NAME} replaced by its fact; ERROR_USAGE if unknown. */
int must_check fact_fill(struct strbuf *out, const char *text,
			 const struct strvec *facts, struct error *err);

#endif
