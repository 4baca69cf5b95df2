/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines for people that stay within 80 columns and cannot move a cursor. */
#ifndef IRONBIRD_BASE_WRAP_H
#define IRONBIRD_BASE_WRAP_H

#include <stdio.h>

#define WRAP_WIDTH 80

/*
 * Prints text, made printable, behind label; further lines are indented to
 * where the first began. Breaks at spaces, within words only when it must.
 */
void wrap_print(FILE *out, const char *label, const char *text);
/* Prints label and text on one line, cut with "..." when it is too long. */
void wrap_cut(FILE *out, const char *label, const char *text);

#endif
