/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading from the database what a report is made of. */
#ifndef IRONBIRD_REPORT_ROWS_H
#define IRONBIRD_REPORT_ROWS_H

#include "report/summary.h"

/* job NULL: the whole flight. ERROR_USAGE with a hint for unknown names. */
int must_check report_gather(struct db *db, const char *flight,
			     const char *job, struct report_rows *rows,
			     struct error *err);
void report_rows_release(struct report_rows *rows);

#endif
