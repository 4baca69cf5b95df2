/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grid of a flight: a row a job, a column a testid, in an order that is
 * every job's own where they agree. Only what did not pass is a stop of the
 * tabulator key; the rest is reached through the job.
 */
#ifndef IRONBIRD_REPORT_PAGE_GRID_H
#define IRONBIRD_REPORT_PAGE_GRID_H

#include "report/html.h"
#include "report/summary.h"

void page_grid(struct html *html, const struct report *report);
/* The testids of all jobs, each after those that came before it. Pure. */
void grid_columns(const struct report *report, struct strvec *testids);

#endif
