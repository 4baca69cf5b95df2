/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "report/summary.h"
#include "report/verdict.h"

/* What one judgement is made with. */
struct bench {
	const struct evidence *evidence;
	const struct allow_list *allow;
	struct judgement *result;
	/* Steps by flight, job and testid. */
	const struct evidence_step **index;
	struct strvec judged;	/* flights, in the order they are looked at */
};

static int compare_steps(const struct evidence_step *a,
			 const struct evidence_step *b)
{
	int c = strcmp(a->flight, b->flight);

	c = c ? c : strcmp(a->job, b->job);
	return c ? c : strcmp(a->testid, b->testid);
}

static int by_name(const void *a, const void *b)
{
	return compare_steps(*(const struct evidence_step *const *)a,
			     *(const struct evidence_step *const *)b);
}

static void make_index(struct bench *bench)
{
	const struct evidence *evidence = bench->evidence;

	bench->index = xcalloc(evidence->step_count, sizeof(*bench->index));
	for (size_t i = 0; i < evidence->step_count; i++)
		bench->index[i] = &evidence->steps[i];
	if (evidence->step_count)
		qsort(bench->index, evidence->step_count,
		      sizeof(*bench->index), by_name);
}

/* What the step came to in that flight, or NULL. */
static const struct evidence_step *find(const struct bench *bench,
					const char *flight,
					const struct evidence_step *step)
{
	const struct evidence_step wanted = {
		.flight = (char *)flight, .job = step->job,
		.testid = step->testid,
	};
	const struct evidence_step *key = &wanted;
	const struct evidence_step **found = NULL;

	if (bench->evidence->step_count)
		found = bsearch(&key, bench->index,
				bench->evidence->step_count,
				sizeof(*bench->index), by_name);
	return found ? *found : NULL;
}

static bool ever_passed(const struct evidence *evidence,
			const struct evidence_step *step)
{
	AUTO_FREE char *name = xasprintf("%s %s", step->job, step->testid);

	return strvec_has(&evidence->ever_passed, name);
}

static bool job_has_cause(const struct bench *bench,
			  const struct evidence_step *step)
{
	const struct evidence *evidence = bench->evidence;

	for (size_t i = 0; i < evidence->job_count; i++) {
		const struct evidence_job *job = &evidence->jobs[i];

		if (job->has_cause && strcmp(job->job, step->job) == 0 &&
		    strcmp(job->flight, step->flight) == 0)
			return true;
	}
	for (size_t i = 0; i < evidence->step_count; i++) {
		const struct evidence_step *other = &evidence->steps[i];

		if (strcmp(other->job, step->job) == 0 &&
		    strcmp(other->flight, step->flight) == 0 &&
		    (other->status == STEP_FAIL ||
		     other->status == STEP_BROKEN))
			return true;
	}
	return false;
}

/* The newest test of the baseline that tells something decides. */
static void compare(const struct bench *bench,
		    const struct evidence_step *step, struct verdict *verdict)
{
	const struct evidence *evidence = bench->evidence;
	const char *blocked_in = NULL;

	for (size_t i = 0; i < evidence->flight_count; i++) {
		const struct evidence_flight *flight = &evidence->flights[i];
		const struct evidence_step *then;

		if (!flight->basis ||
		    strcmp(flight->flight, step->flight) == 0)
			continue;
		then = find(bench, flight->flight, step);
		if (then && (then->status == STEP_PASS ||
			     then->status == STEP_FAIL)) {
			verdict->kind = then->status == STEP_PASS ?
				VERDICT_REGRESSION : VERDICT_LIKE;
			verdict->against = flight->flight;
			return;
		}
		if (then && then->status == STEP_BLOCKED && !blocked_in)
			blocked_in = flight->flight;
	}
	verdict->kind = blocked_in ? VERDICT_BLOCKED_IN : VERDICT_UNTESTED;
	verdict->against = blocked_in;
}

/* A flight of the same revisions where it passed: one already judged is
 * preferred, for each has failures of its own that need a justification. */
static const char *passes_in(const struct bench *bench,
			     const struct evidence_step *step)
{
	const struct evidence *evidence = bench->evidence;
	const char *newest = NULL;

	for (size_t i = 0; i < evidence->flight_count; i++) {
		const struct evidence_flight *flight = &evidence->flights[i];
		const struct evidence_step *then;

		if (!flight->same || strcmp(flight->flight, step->flight) == 0)
			continue;
		then = find(bench, flight->flight, step);
		if (!then || then->status != STEP_PASS)
			continue;
		if (strvec_has(&bench->judged, flight->flight))
			return flight->flight;
		if (!newest)
			newest = flight->flight;
	}
	return newest;
}

static void add(struct bench *bench, struct verdict *verdict)
{
	struct judgement *result = bench->result;

	if (verdict->blocking && bench->allow &&
	    allow_matches(bench->allow, verdict->job, verdict->testid)) {
		verdict->blocking = false;
		verdict->allowed = true;
	}
	result->v = xrealloc(result->v, result->count + 1,
			     sizeof(*result->v));
	result->v[result->count++] = *verdict;
	result->blocking += verdict->blocking;
}

static void justify(struct bench *bench, const struct evidence_step *step,
		    struct verdict *verdict)
{
	const char *passed;

	verdict->blocking = verdict->kind == VERDICT_REGRESSION ||
		verdict->kind == VERDICT_UNTESTED ||
		step->status == STEP_BROKEN;
	if (verdict->blocking && step->status == STEP_BROKEN)
		verdict->kind = VERDICT_BROKEN;
	/* a build that fails now and then is broken code or a broken host */
	if (!verdict->blocking || (verdict->kind == VERDICT_REGRESSION &&
				   str_starts(step->job, "build-")))
		return;
	passed = passes_in(bench, step);
	if (!passed)
		return;
	verdict->kind = VERDICT_HEISENBUG;
	verdict->against = passed;
	verdict->blocking = false;
	if (!strvec_has(&bench->judged, passed))
		strvec_push(&bench->judged, passed);
}

static void judge_step(struct bench *bench, const struct evidence_step *step)
{
	struct verdict verdict = {
		.flight = step->flight, .job = step->job,
		.testid = step->testid, .stepno = step->stepno,
		.status = step_status_name(step->status),
		.reason = step->reason, .kind = VERDICT_FAIL,
		.blocking = true,
	};

	if (step->status == STEP_BLOCKED) {
		verdict.blocking = !job_has_cause(bench, step);
		verdict.kind = verdict.blocking ? VERDICT_BROKEN :
			VERDICT_BLOCKED;
	} else if (step->status != STEP_FAIL && step->status != STEP_BROKEN) {
		verdict.kind = VERDICT_BROKEN;
	} else if (bench->evidence->has_baseline) {
		if (!ever_passed(bench->evidence, step)) {
			verdict.kind = VERDICT_NEVER_PASS;
			verdict.blocking = false;
		} else {
			compare(bench, step, &verdict);
			justify(bench, step, &verdict);
		}
	}
	add(bench, &verdict);
}

static bool is_bad(const struct evidence_step *step)
{
	return step->status != STEP_PASS && step->status != STEP_SKIP;
}

/*
 * By a step of its own; or, in a flight that is evidence only, by the job
 * having passed in the flight in question.
 */
static bool spoken_for(const struct bench *bench,
		       const struct evidence_job *job)
{
	const struct evidence *evidence = bench->evidence;
	bool own = strcmp(job->flight, evidence->flight) == 0;

	for (size_t i = 0; i < evidence->step_count; i++) {
		const struct evidence_step *step = &evidence->steps[i];

		if (is_bad(step) && strcmp(step->job, job->job) == 0 &&
		    strcmp(step->flight, job->flight) == 0)
			return true;
	}
	for (size_t i = 0; i < evidence->job_count && !own; i++)
		if (strcmp(evidence->jobs[i].job, job->job) == 0 &&
		    strcmp(evidence->jobs[i].flight, evidence->flight) == 0)
			return false;
	return !own;
}

/* A few jobs that no host was left for are done without, as in OSSTest; a
 * flight of nothing else must not move a branch. */
static bool mostly_ran(const struct evidence *evidence)
{
	size_t starved = 0;

	for (size_t i = 0; i < evidence->statuses.count; i++)
		starved += strcmp(evidence->statuses.v[i],
				  job_status_name(JOB_STARVED)) == 0;
	return 2 * starved < evidence->statuses.count;
}

/* A job as a whole. */
static void judge_job(struct bench *bench, const struct evidence_job *job)
{
	bool blocked = (job->status == JOB_STARVED &&
			mostly_ran(bench->evidence)) ||
		(job->status == JOB_BLOCKED && job->has_cause);

	if (spoken_for(bench, job))
		return;
	add(bench, &(struct verdict){
		.flight = job->flight, .job = job->job,
		.status = job_status_name(job->status),
		.reason = job->reason, .blocking = !blocked,
		.kind = blocked ? VERDICT_BLOCKED : VERDICT_BROKEN,
	});
}

/* Failures of another flight that the one in question shares are its own. */
static bool told_before(const struct bench *bench,
			const struct evidence_step *step)
{
	const struct evidence_step *own;

	if (strcmp(step->flight, bench->evidence->flight) == 0)
		return false;
	own = find(bench, bench->evidence->flight, step);
	return own && is_bad(own);
}

static void judge_flight(struct bench *bench, const char *flight)
{
	const struct evidence *evidence = bench->evidence;

	for (size_t i = 0; i < evidence->step_count; i++) {
		const struct evidence_step *step = &evidence->steps[i];

		if (strcmp(step->flight, flight) == 0 && is_bad(step) &&
		    !told_before(bench, step))
			judge_step(bench, step);
	}
	for (size_t i = 0; i < evidence->job_count; i++)
		if (strcmp(evidence->jobs[i].flight, flight) == 0)
			judge_job(bench, &evidence->jobs[i]);
}

static enum overall conclude(const struct bench *bench)
{
	const struct judgement *result = bench->result;

	if (!result->count)
		return OVERALL_PERFECT;
	if (!bench->evidence->has_baseline)
		return OVERALL_UNJUDGED;
	for (size_t i = 0; i < result->count; i++)
		if (result->v[i].blocking &&
		    result->v[i].kind != VERDICT_BROKEN)
			return OVERALL_REGRESSIONS;
	return result->blocking ? OVERALL_TROUBLE : OVERALL_TOLERABLE;
}

static int rank(const struct verdict *verdict)
{
	if (verdict->blocking)
		return str_starts(verdict->job, "build-") ? 0 :
			verdict->kind == VERDICT_BROKEN ? 2 : 1;
	if (verdict->kind == VERDICT_HEISENBUG)
		return 3;
	return verdict->allowed ? 4 : 5;
}

/* Few, and in order as they came: insertion keeps that. */
static void sort(struct judgement *result)
{
	for (size_t i = 1; i < result->count; i++) {
		struct verdict one = result->v[i];
		size_t at = i;

		for (; at && rank(&result->v[at - 1]) > rank(&one); at--)
			result->v[at] = result->v[at - 1];
		result->v[at] = one;
	}
}

void judge(const struct evidence *evidence, const struct allow_list *allow,
	   struct judgement *judgement)
{
	struct bench bench = {
		.evidence = evidence, .allow = allow, .result = judgement,
		.judged = STRVEC_INIT,
	};

	*judgement = (struct judgement){ .v = NULL };
	make_index(&bench);
	strvec_push(&bench.judged, evidence->flight);
	for (size_t i = 0; i < bench.judged.count; i++)
		judge_flight(&bench, bench.judged.v[i]);
	judgement->overall = conclude(&bench);
	judgement->outcome = verdict_outcome(&evidence->statuses);
	judgement->ages = verdict_ages(evidence);
	sort(judgement);
	strvec_release(&bench.judged);
	free(bench.index);
}

void judgement_release(struct judgement *judgement)
{
	free(judgement->v);
	free(judgement->outcome);
	*judgement = (struct judgement){ .v = NULL };
}
