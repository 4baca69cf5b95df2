/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "flight/failed_on.h"

#define WEEK_MS (7 * 24 * 60 * 60 * 1000LL)

static bool is_same_run(const struct history_row *a,
			const struct history_row *b)
{
	return a->run == b->run && strcmp(a->flight, b->flight) == 0;
}

static bool says_nothing(const struct history_row *row)
{
	return !row->host ||
		(row->status != JOB_PASS && row->status != JOB_FAIL);
}

/* Of the failures on its host that it is the last of: how many, since when. */
static int failing_since(const struct history_rows *rows, int64_t *since)
{
	const struct history_row *last = &rows->v[0];
	int runs = 1;

	*since = last->finished;
	for (size_t i = 1; i < rows->count; i++) {
		const struct history_row *row = &rows->v[i];

		if (is_same_run(row, row - 1) || says_nothing(row))
			continue;
		if (row->status != JOB_FAIL ||
		    strcmp(row->host, last->host) != 0)
			break;
		*since = row->finished;
		runs++;
	}
	return runs;
}

const char *failed_on(const struct history_rows *rows, int64_t now)
{
	const struct history_row *last = rows->v;
	int64_t since;

	if (!rows->count || !last->host || last->status != JOB_FAIL ||
	    failing_since(rows, &since) >= FAILED_ON_RUNS ||
	    now - since > WEEK_MS)
		return NULL;
	return last->host;
}
