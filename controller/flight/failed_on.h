/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a failure is looked for again: on the host where the job failed last,
 * so that a host that is at fault shows itself. Not for ever: a job that has
 * done nothing but fail there for a week (OSSTest's time), or FAILED_ON_RUNS
 * times, has told what that host can tell, and goes elsewhere.
 */
#ifndef IRONBIRD_FLIGHT_FAILED_ON_H
#define IRONBIRD_FLIGHT_FAILED_ON_H

#include "db/history.h"

#define FAILED_ON_RUNS 25

/*
 * The host, of the rows, or NULL; rows are one job's, the newest first, now is
 * UTC ms. Of a run on two hosts, the first row counts; runs that were neither
 * pass nor fail do not.
 */
const char *failed_on(const struct history_rows *rows, int64_t now);

#endif
