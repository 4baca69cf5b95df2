/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fill DATABASE FLIGHTS [JOBS STEPS]: flights "1" to FLIGHTS of JOBS (100)
 * jobs of STEPS (30) steps each, run one after another on one host, which was
 * switched on and seen to boot for each; five of a hundred failed, now these,
 * now those. Each tenth flight is of a new revision. A file that has them is
 * left alone; one that was cut off is made anew.
 */
#include <string.h>

#include "base/files.h"
#include "db/events.h"
#include "db/flights.h"
#include "db/jobs.h"
#include "db/runvars.h"
#include "db/steps.h"
#include "tests/bench/bench.h"

#define EVENTS 8		/* of a boot */
#define LOCK_LIMIT_MS 600000

static int64_t event_count;
static int job_count = 100, step_count = 30;

static int add_step(struct db *db, const char *flight, const char *job,
		    int number, enum step_status status, struct error *err)
{
	AUTO_FREE char *testid = xasprintf("guest-test/%d", number);
	AUTO_FREE char *command = xasprintf("ts-guest-test host %d", number);
	AUTO_FREE char *log = xasprintf("/logs/%s/%s/1/%d.ts-guest-test.log",
					flight, job, number);
	int64_t now = clock_now_ms();
	struct step_row row = {
		.flight = (char *)flight, .job = (char *)job, .run = 1,
		.command = command, .testid = testid, .log = log,
		.stage = (char *)"the guest answers", .status = status,
		.reason = (char *)(status == STEP_PASS ? NULL : "no answer"),
		.started = now - 1000, .finished = now,
	};

	return step_add_finished(db, &row, err);
}

static int add_boot(struct db *db, struct error *err)
{
	int64_t now = clock_now_ms();
	struct power_action_row action = {
		.host = (char *)"iron1", .method = (char *)"null",
		.action = (char *)"on", .state_before = (char *)"off",
		.state_after = (char *)"on", .result = (char *)"verified",
		.attempts = 1, .started = now, .finished = now,
	};
	struct boot_event_row event = {
		.host = (char *)"iron1", .at = now, .source = (char *)"weblog",
		.stage = (char *)"fetch", .file = (char *)"/access.log#1",
		.detail = (char *)"GET /iron1/kernel 200",
	};

	for (int i = 0; i < EVENTS; i++) {
		event.offset = event_count++;
		if (boot_event_add(db, &event, err) < 0)
			return -1;
	}
	return power_action_add(db, &action, err);
}

/* The first job is the build of all. */
static int add_runvars(struct db *db, const char *flight, const char *job,
		       int number, struct error *err)
{
	AUTO_FREE char *revision = xasprintf("%040d", atoi(flight) / 10);

	if (runvar_store(db, flight, job, "host", "iron1", err) < 0)
		return -1;
	return number ? 0 : runvar_store(db, flight, job,
					 "built_revision_xen", revision, err);
}

static int add_job(struct db *db, const char *flight, int number,
		   struct error *err)
{
	AUTO_FREE char *job = xasprintf("test-amd64-amd64-xl-%d", number);
	bool good = (number + atoi(flight)) % 20 != 7;
	int run;

	if (job_create(db, flight, job, "test-debian", err) < 0 ||
	    runvar_define(db, flight, job, "arch", "amd64", err) < 0 ||
	    job_begin_run(db, flight, job, false, &run, err) < 0 ||
	    add_runvars(db, flight, job, number, err) < 0 ||
	    add_boot(db, err) < 0)
		return -1;
	for (int i = 1; i <= step_count; i++)
		if (add_step(db, flight, job, i, good || i < step_count ?
			     STEP_PASS : STEP_FAIL, err) < 0)
			return -1;
	return job_end_run(db, flight, job, good ? JOB_PASS : JOB_FAIL,
			   good ? NULL : "guest-test: no answer", err);
}

static int add_flight(struct db *db, int number, struct error *err)
{
	AUTO_FREE char *flight = xasprintf("%d", number);
	char *const olds[] = { (char *)"constructing", NULL };
	int64_t now = clock_now_ms();

	if (db_begin(db, err) < 0 ||
	    flight_create(db, flight, "real", "bench", NULL, err) < 0)
		return -1;
	for (int i = 0; i < job_count; i++)
		if (add_job(db, flight, i, err) < 0)
			return -1;
	if (flight_set_times(db, flight, now - 1000, now, err) < 0 ||
	    flight_bless(db, flight, "real", olds, err) < 0)
		return -1;
	return db_commit(db, err);
}

static int fill(const char *path, int flights, struct error *err)
{
	struct db *db = NULL;
	int rc;

	if (db_open(&db, path, err) < 0)
		return -1;
	rc = db_set_bulk(db, err);
	for (int i = 1; i <= flights && rc == 0; i++)
		rc = add_flight(db, i, err);
	db_close(db);
	return rc;
}

/* Under another name until it is whole; closing takes its log back in. */
static int make(const char *path, int flights, struct error *err)
{
	AUTO_FREE char *part = xasprintf("%s.part", path);
	AUTO_FREE char *wal = xasprintf("%s-wal", part);
	AUTO_FREE char *shm = xasprintf("%s-shm", part);
	AUTO_FREE char *lock_path = xasprintf("%s.lock", path);
	AUTO_CLOSE int lock = file_lock(lock_path, LOCK_LIMIT_MS, err);

	if (lock < 0)
		return -1;
	if (file_exists(path))
		return 0;	/* another one made it meanwhile */
	if (file_remove(part, err) < 0 || file_remove(wal, err) < 0 ||
	    file_remove(shm, err) < 0 || fill(part, flights, err) < 0)
		return -1;
	if (rename(part, path) < 0)
		return error_errno(err, "cannot rename %s", part);
	return 0;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	double start = now_ms();
	int flights;

	if (argc == 5) {
		job_count = atoi(argv[3]);
		step_count = atoi(argv[4]);
	}
	if ((argc != 3 && argc != 5) || (flights = atoi(argv[2])) < 1 ||
	    job_count < 1 || step_count < 1) {
		fputs("usage: fill DATABASE FLIGHTS [JOBS STEPS]\n", stderr);
		return 2;
	}
	if (file_exists(argv[1]))
		return 0;
	fprintf(stderr, "filling a database with %d flights, once ...\n",
		flights);
	if (make(argv[1], flights, &err) < 0)
		return cannot("report_ms", &err);
	fprintf(stderr, "... %.0f s\n", (now_ms() - start) / 1000);
	return 0;
}
