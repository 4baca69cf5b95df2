/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns for people: as wide as what is in them, the last one free. On a
 * terminal that is narrower the widest columns are folded, so that none is cut
 * and no line runs over; through a pipe a row is a line.
 *
 * Cells are made printable: text from hosts cannot move a terminal's cursor.
 */
#ifndef IRONBIRD_BASE_TABLE_H
#define IRONBIRD_BASE_TABLE_H

#include <stdio.h>

#include "base/strvec.h"

struct table {
	size_t columns;
	struct strvec cells;
};

#define AUTO_TABLE __attribute__((cleanup(table_release))) struct table

/* Headings end with a NULL. */
void table_init(struct table *t, ...) __attribute__((sentinel));
void table_release(struct table *t);
/* One cell for each column; NULL prints as "-". */
void table_add(struct table *t, const char *const *cells);
#define table_row(t, ...) \
	table_add(t, (const char *const []){ __VA_ARGS__ })
/* Prints headings and rows; without rows prints nothing. */
void table_print(const struct table *t, FILE *out);
/* As on a terminal of so many columns; 0: each row is one line. */
void table_print_within(const struct table *t, FILE *out, size_t room);

#endif
