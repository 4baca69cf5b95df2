/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dispatch DATABASE FLIGHT: jobs of a flight that ran one after another on
 * each of its hosts; from the moment when one's run ended, and its host was
 * free, to that when the next one's began. By the rows that they wrote.
 */
#include <string.h>

#include "base/strvec.h"
#include "db/history.h"
#include "tests/bench/bench.h"

#define ROWS_MAX 100000

static int measure_host(struct db *db, const char *flight, const char *host,
			double *gaps, size_t *count, struct error *err)
{
	struct history_rows rows;

	if (history_of_host(db, host, ROWS_MAX, &rows, err) < 0)
		return -1;
	/* the newest first */
	for (size_t i = 0; i + 1 < rows.count; i++)
		if (strcmp(rows.v[i].flight, flight) == 0 &&
		    strcmp(rows.v[i + 1].flight, flight) == 0)
			gaps[(*count)++] = (double)(rows.v[i].started -
						    rows.v[i + 1].finished);
	history_rows_release(&rows);
	return 0;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	struct db *db;
	double *gaps = xcalloc(ROWS_MAX, sizeof(*gaps));
	size_t count = 0;

	if (argc < 4) {
		fputs("usage: dispatch DATABASE FLIGHT HOST...\n", stderr);
		return 2;
	}
	if (db_open(&db, argv[1], &err) < 0)
		return cannot("dispatch", &err);
	for (int i = 3; i < argc; i++)
		if (measure_host(db, argv[2], argv[i], gaps, &count,
				 &err) < 0)
			return cannot("dispatch", &err);
	db_close(db);
	if (!count) {
		fputs("dispatch: no two jobs followed each other\n", stderr);
		return 1;
	}
	tell("dispatch_p99_ms", quantile(gaps, count, 0.99), "ms");
	free(gaps);
	return 0;
}
