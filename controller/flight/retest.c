/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "db/flights.h"
#include "db/jobs.h"
#include "db/retests.h"
#include "db/runvars.h"
#include "flight/retest.h"

static bool is_build(const char *job)
{
	return str_starts(job, "build-");
}

/* A build that does not stand up leaves its tests nothing to stand on. */
static void choose(const struct evidence *evidence,
		   const struct judgement *judgement, struct strvec *jobs)
{
	for (size_t i = 0; i < judgement->count; i++) {
		const struct verdict *verdict = &judgement->v[i];

		if (!verdict->blocking ||
		    strcmp(verdict->flight, evidence->flight) != 0)
			continue;
		if (is_build(verdict->job)) {
			strvec_release(jobs);
			return;
		}
		if (!strvec_has(jobs, verdict->job))
			strvec_push(jobs, verdict->job);
	}
}

/* "build-amd64" is that of the flight judged, wherever it is named. */
static int copy_runvar(struct db *db, const struct runvar *var,
		       const struct strvec *jobs, const char *from,
		       const char *to, const char *job, struct error *err)
{
	bool local = str_ends(var->name, "job") && *var->value &&
		!strchr(var->value, '.') && !strvec_has(jobs, var->value);
	AUTO_FREE char *value = local ?
		xasprintf("%s.%s", from, var->value) : xstrdup(var->value);

	return var->synth ? 0 :
		runvar_define(db, to, job, var->name, value, err);
}

static int copy_job(struct db *db, const struct strvec *jobs,
		    const char *from, const char *to, const char *job,
		    struct error *err)
{
	struct runvars vars = { .v = NULL };
	struct job_row row;
	int rc;

	if (job_get(db, from, job, &row, err) < 0)
		return -1;
	rc = job_create(db, to, job, row.recipe, err);
	job_row_release(&row);
	if (rc < 0 || runvar_list(db, from, job, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count && rc == 0; i++)
		rc = copy_runvar(db, &vars.v[i], jobs, from, to, job, err);
	runvars_release(&vars);
	return rc;
}

static int copy_jobs(struct db *db, const struct evidence *evidence,
		     const struct strvec *jobs, const char *intended,
		     char **flight, struct error *err)
{
	AUTO_FREE char *blessing = xasprintf("%s-retest", intended);

	if (flight_create(db, NULL, blessing, evidence->branch, flight,
			  err) < 0 ||
	    retest_put(db, *flight, evidence->flight, err) < 0)
		return -1;
	for (size_t i = 0; i < jobs->count; i++)
		if (copy_job(db, jobs, evidence->flight, *flight, jobs->v[i],
			     err) < 0)
			return -1;
	return 0;
}

int retest_make(struct db *db, const struct evidence *evidence,
		const struct judgement *judgement, const char *intended,
		char **flight, struct error *err)
{
	AUTO_STRVEC jobs = STRVEC_INIT;

	*flight = NULL;
	choose(evidence, judgement, &jobs);
	if (!jobs.count)
		return 0;
	if (db_begin(db, err) < 0)
		return -1;
	if (copy_jobs(db, evidence, &jobs, intended, flight, err) == 0)
		return db_commit(db, err);
	db_rollback(db);
	free(*flight);
	*flight = NULL;
	return -1;
}
