/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * create FOLDER: 1,000 jobs of 30 runvars each are created in a new database
 * as a flight is made: one transaction, as durable as ever.
 */
#include "base/files.h"
#include "db/flights.h"
#include "db/jobs.h"
#include "db/runvars.h"
#include "tests/bench/bench.h"

#define RUNS 5
#define JOBS 1000
#define RUNVARS 30

static int create_job(struct db *db, int number, struct error *err)
{
	AUTO_FREE char *job = xasprintf("test-amd64-amd64-xl-%d", number);

	if (job_create(db, "bench", job, "test-debian", err) < 0)
		return -1;
	for (int i = 0; i < RUNVARS; i++) {
		AUTO_FREE char *name = xasprintf("runvar_%d", i);
		AUTO_FREE char *value = xasprintf("value %d of job %d", i,
						  number);

		if (runvar_define(db, "bench", job, name, value, err) < 0)
			return -1;
	}
	return 0;
}

static int create_all(struct db *db, struct error *err)
{
	if (db_begin(db, err) < 0 ||
	    flight_create(db, "bench", "play", "bench", NULL, err) < 0)
		return -1;
	for (int i = 0; i < JOBS; i++)
		if (create_job(db, i, err) < 0)
			return -1;
	return db_commit(db, err);
}

static int run_once(const char *folder, int number, double *ms,
		    struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/create.%d.db", folder, number);
	struct db *db = NULL;
	double start;
	int rc;

	if (db_open(&db, path, err) < 0)
		return -1;
	start = now_ms();
	rc = create_all(db, err);
	*ms = now_ms() - start;
	db_close(db);
	return rc < 0 ? -1 : file_remove(path, err);
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	double ms[RUNS];

	if (argc != 2) {
		fputs("usage: create FOLDER\n", stderr);
		return 2;
	}
	for (int i = 0; i < RUNS; i++)
		if (run_once(argv[1], i, &ms[i], &err) < 0)
			return cannot("create_1000_jobs_ms", &err);
	tell("create_1000_jobs_ms", quantile(ms, RUNS, 0.5), "ms");
	return 0;
}
