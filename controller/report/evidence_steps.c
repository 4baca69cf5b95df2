/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "db/past.h"
#include "db/runvars.h"
#include "report/evidence_steps.h"
#include "report/summary.h"

/* How many flights are looked at for what a step did in them. */
#define SAME_MAX 20
#define BASIS_MAX 50

static void add_step(struct evidence *evidence, const char *flight,
		     const struct bad_step *from)
{
	evidence->steps = xrealloc(evidence->steps, evidence->step_count + 1,
				   sizeof(*evidence->steps));
	evidence->steps[evidence->step_count++] = (struct evidence_step){
		.flight = xstrdup(flight), .job = xstrdup(from->job),
		.testid = xstrdup(from->testid),
		.reason = xstrdup(from->reason), .stepno = from->stepno,
		.status = from->status,
	};
}

static int add_bad_steps(struct db *db, struct evidence *evidence,
			 const char *flight, struct error *err)
{
	struct bad_steps steps;

	if (past_bad_steps(db, flight, &steps, err) < 0)
		return -1;
	for (size_t i = 0; i < steps.count; i++)
		if (!report_is_attempt(steps.v[i].testid))
			add_step(evidence, flight, &steps.v[i]);
	bad_steps_release(&steps);
	return 0;
}

static const struct job_row *job_named(const struct job_rows *jobs,
				       const char *name)
{
	for (size_t i = 0; i < jobs->count; i++)
		if (strcmp(jobs->v[i].job, name) == 0)
			return &jobs->v[i];
	return NULL;
}

/* Does a runvar of the job name another one here that did not pass? */
static bool has_cause(const struct job_row *job, const struct job_rows *jobs,
		      const struct runvars *vars)
{
	AUTO_FREE char *flight = xasprintf("%s.", job->flight);

	for (size_t i = 0; i < vars->count; i++) {
		const struct runvar *var = &vars->v[i];
		const char *name = var->value;
		const struct job_row *other;

		if (strcmp(var->job, job->job) != 0 ||
		    !str_ends(var->name, "job"))
			continue;
		if (str_starts(name, flight))
			name += strlen(flight);
		other = job_named(jobs, *name == '.' ? name + 1 : name);
		if (other && other->status != JOB_PASS)
			return true;
	}
	return false;
}

static void add_job(struct evidence *evidence, const struct job_row *job,
		    bool cause)
{
	evidence->jobs = xrealloc(evidence->jobs, evidence->job_count + 1,
				  sizeof(*evidence->jobs));
	evidence->jobs[evidence->job_count++] = (struct evidence_job){
		.flight = xstrdup(job->flight), .job = xstrdup(job->job),
		.reason = xstrdup(job->reason), .status = job->status,
		.has_cause = cause,
	};
}

/* Runvars are many, and only asked for when a job is blocked. */
static int add_jobs(struct db *db, struct evidence *evidence,
		    const char *flight, struct error *err)
{
	bool itself = strcmp(flight, evidence->flight) == 0;
	struct job_rows jobs;
	struct runvars vars = { .v = NULL };
	bool read = false;
	int rc = job_list(db, flight, &jobs, err);

	if (rc < 0)
		return -1;
	for (size_t i = 0; i < jobs.count && rc == 0; i++) {
		const struct job_row *job = &jobs.v[i];
		bool blocked = job->status == JOB_BLOCKED;

		if (itself)
			strvec_push(&evidence->statuses,
				    job_status_name(job->status));
		if (blocked && !read) {
			rc = runvar_list(db, flight, NULL, &vars, err);
			read = true;
		}
		if (job->status != JOB_PASS)
			add_job(evidence, job, blocked &&
				has_cause(job, &jobs, &vars));
	}
	runvars_release(&vars);
	job_rows_release(&jobs);
	return rc;
}

/* Did the job end before it came to the step? Then nothing is known of it. */
static bool stopped_early(struct db *db, const char *flight, const char *job)
{
	struct job_row row;
	bool yes;

	if (job_get(db, flight, job, &row, NULL) < 0)
		return false;
	yes = row.status == JOB_FAIL || row.status == JOB_BLOCKED;
	job_row_release(&row);
	return yes;
}

/* 1: it is known what the step came to in that flight, and added. */
static int add_outcome(struct db *db, struct evidence *evidence,
		       const char *flight, const struct bad_step *step,
		       enum step_status *status, struct error *err)
{
	struct bad_step then = *step;
	int rc = past_step(db, flight, step->job, step->testid, status,
			      err);

	if (rc < 0)
		return -1;
	if (rc == 0 && !stopped_early(db, flight, step->job))
		return 0;
	if (rc == 0)
		*status = STEP_BLOCKED;
	then.status = *status;
	then.reason = NULL;
	add_step(evidence, flight, &then);
	return 1;
}

static bool wants(const struct evidence_flight *flight, bool basis_done,
		  int same, int basis)
{
	return (flight->same && same < SAME_MAX) ||
		(flight->basis && !basis_done && basis < BASIS_MAX);
}

/* Bad outcomes in flights of the same revisions are there already. */
static bool is_there(const struct evidence *evidence, size_t bad_count,
		     const char *flight, const struct bad_step *step)
{
	for (size_t i = 0; i < bad_count; i++) {
		const struct evidence_step *one = &evidence->steps[i];

		if (strcmp(one->flight, flight) == 0 &&
		    strcmp(one->job, step->job) == 0 &&
		    strcmp(one->testid, step->testid) == 0)
			return true;
	}
	return false;
}

static int add_history(struct db *db, struct evidence *evidence,
		       size_t bad_count, const struct bad_step *step,
		       struct error *err)
{
	bool basis_done = false;
	int same = 0, basis = 0;

	for (size_t i = 0; i < evidence->flight_count; i++) {
		const struct evidence_flight flight = evidence->flights[i];
		enum step_status status = STEP_LOST;

		if (!wants(&flight, basis_done, same, basis))
			continue;
		same += flight.same;
		basis += flight.basis;
		if (!is_there(evidence, bad_count, flight.flight, step) &&
		    add_outcome(db, evidence, flight.flight, step, &status,
				err) < 0)
			return -1;
		if (flight.basis &&
		    (status == STEP_PASS || status == STEP_FAIL))
			basis_done = true;
	}
	return 0;
}

static int add_ever_passed(struct db *db, struct evidence *evidence,
			   const char *blessings, const struct bad_step *step,
			   struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < evidence->branches.count && rc == 0; i++)
		rc = past_passed_ever(db, evidence->branches.v[i], blessings,
				      evidence->horizon, step->job,
				      step->testid, err);
	if (rc > 0)
		strvec_pushf(&evidence->ever_passed, "%s %s", step->job,
			     step->testid);
	return rc < 0 ? -1 : 0;
}

static bool asked_before(const struct evidence *evidence, size_t until)
{
	const struct evidence_step *step = &evidence->steps[until];

	for (size_t i = 0; i < until; i++)
		if (strcmp(evidence->steps[i].job, step->job) == 0 &&
		    strcmp(evidence->steps[i].testid, step->testid) == 0)
			return true;
	return false;
}

static int add_histories(struct db *db, const char *blessings,
			 struct evidence *evidence, struct error *err)
{
	size_t bad_count = evidence->step_count;

	for (size_t i = 0; i < bad_count; i++) {
		/* what it points to stays where it is, the array may move */
		const struct bad_step step = {
			.job = evidence->steps[i].job,
			.testid = evidence->steps[i].testid,
			.stepno = evidence->steps[i].stepno,
		};

		if (!asked_before(evidence, i) &&
		    (add_ever_passed(db, evidence, blessings, &step,
				     err) < 0 ||
		     add_history(db, evidence, bad_count, &step, err) < 0))
			return -1;
	}
	return 0;
}

int evidence_read_steps(struct db *db, const char *blessings,
			struct evidence *evidence, struct error *err)
{
	int same = 0;

	for (size_t i = 0; i < evidence->flight_count; i++) {
		const char *flight = evidence->flights[i].flight;

		/* what was built from the same may become evidence, and is
		   judged then */
		if (!evidence->flights[i].same ||
		    (strcmp(flight, evidence->flight) != 0 &&
		     same++ >= SAME_MAX))
			continue;
		if (add_bad_steps(db, evidence, flight, err) < 0 ||
		    add_jobs(db, evidence, flight, err) < 0)
			return -1;
	}
	return evidence->has_baseline ?
		add_histories(db, blessings, evidence, err) : 0;
}
