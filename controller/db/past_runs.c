/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs of a job, and runs on a host, newest first. */
#include <stdlib.h>

#include "db/past.h"
#include "db/statement.h"

#define LOOK_MAX 20	/* flights looked at for each run that is shown */

void past_runs_release(struct past_runs *runs)
{
	for (size_t i = 0; i < runs->count; i++) {
		struct past_run *run = &runs->v[i];

		free(run->flight);
		free(run->job);
		free(run->branch);
		free(run->blessing);
		free(run->reason);
		free(run->ident);
	}
	free(runs->v);
	*runs = (struct past_runs){ .v = NULL };
}

static struct past_run *add_run(const struct statement *st,
				struct past_runs *runs)
{
	struct past_run *run;

	runs->v = rows_grow(runs->v, runs->count, sizeof(*runs->v));
	run = &runs->v[runs->count++];
	*run = (struct past_run){
		.flight = statement_dup(st, 0),
		.job = statement_dup(st, 1),
		.branch = statement_dup(st, 2),
		.blessing = statement_dup(st, 3),
		.run = (int)statement_int64(st, 4),
		.started = statement_int64(st, 6),
		.finished = statement_int64(st, 7),
		.reason = statement_dup(st, 8),
	};
	/* the table's CHECK has the same words */
	if (job_status_parse(statement_text(st, 5), &run->status) < 0)
		run->status = JOB_BROKEN;
	return run;
}

static int read_runs(struct statement *st, struct past_runs *runs,
		     bool idents, struct error *err)
{
	struct past_runs got = { .v = NULL };
	int rc;

	while ((rc = statement_step(st, err)) > 0) {
		struct past_run *run = add_run(st, &got);

		if (idents)
			run->ident = statement_dup(st, 9);
	}
	if (rc < 0)
		past_runs_release(&got);
	else
		*runs = got;
	return rc;
}

int past_job(struct db *db, const char *job, const char *branch,
		const char *blessings, size_t limit, struct past_runs *runs,
		struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int64_t look = (int64_t)limit * LOOK_MAX;
	int rc;

	if (branch)
		rc = statement_open(&st, db, err, STMT_PAST_JOB_ON_BRANCH,
				    "sssll", job, branch, blessings, look,
				    (int64_t)limit);
	else
		rc = statement_open(&st, db, err, STMT_PAST_JOB_ANYWHERE,
				    "ssll", job, blessings, look,
				    (int64_t)limit);
	return rc < 0 ? -1 : read_runs(&st, runs, false, err);
}

int past_host(struct db *db, const char *host, size_t limit,
		 struct past_runs *runs, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_PAST_HOST, "sl", host,
			   (int64_t)limit) < 0)
		return -1;
	return read_runs(&st, runs, true, err);
}

int past_hosts_of(struct db *db, const char *flight, const char *job,
		     int run, struct strvec *hosts, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_PAST_HOSTS_OF, "ssi", flight,
			   job, run) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0)
		strvec_pushl(hosts, statement_text(&st, 1),
			     statement_text(&st, 0), NULL);
	return rc;
}
