/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "run/outcome.h"

enum step_status outcome_of_child(const struct recipe_step *step,
				  const struct child_end *end)
{
	if (!end->exited)
		return STEP_BROKEN;
	switch (end->status) {
	case STEP_EXIT_PASS: return STEP_PASS;
	case STEP_EXIT_FAIL: return step->on_fail;
	case STEP_EXIT_SKIP: return STEP_SKIP;
	case STEP_EXIT_BLOCKED: return STEP_BLOCKED;
	default: return STEP_BROKEN;
	}
}

static bool is_word(int status)
{
	return status == STEP_EXIT_FAIL || status == STEP_EXIT_SKIP ||
	       status == STEP_EXIT_BLOCKED || status == STEP_EXIT_BROKEN;
}

/* How it ended, for an end that no test case should have. */
static char *crash_sentence(const char *script, const struct child_end *end)
{
	if (end->exited)
		return xasprintf("%s ended with exit status %d, which no test "
				 "case may give", script, end->status);
	return xasprintf("%s was killed by signal %d (%s)", script,
			 end->status,
			 str_or(sigdescr_np(end->status), "unknown"));
}

char *outcome_reason(const struct recipe_step *step,
		     const struct child_end *end, const char *told)
{
	const char *script = step->argv.v[0];
	AUTO_FREE char *crash = NULL;

	if (end->exited && end->status == STEP_EXIT_PASS)
		return NULL;
	if (end->exited && is_word(end->status))
		return told ? xstrdup(told) :
			xasprintf("%s gave no reason (exit status %d)", script,
				  end->status);
	crash = crash_sentence(script, end);
	return told ? xasprintf("%s, after it said: %s", crash, told)
		    : xstrdup(crash);
}

bool outcome_is_bad(const struct recipe_step *step, enum step_status status)
{
	if (status == STEP_ABORTED)
		return true;
	return status != STEP_PASS && status != STEP_SKIP && !step->tolerate;
}

enum job_status outcome_of_job(enum step_status status)
{
	switch (status) {
	case STEP_PASS: case STEP_SKIP: return JOB_PASS;
	case STEP_FAIL: return JOB_FAIL;
	case STEP_BLOCKED: return JOB_BLOCKED;
	case STEP_ABORTED: return JOB_ABORTED;
	default: return JOB_BROKEN;
	}
}

static int badness(enum job_status status)
{
	switch (status) {
	case JOB_BROKEN: return 3;
	case JOB_BLOCKED: return 2;
	case JOB_FAIL: return 1;
	default: return 0;
	}
}

enum job_status outcome_join(enum job_status so_far, enum job_status next,
			     bool always)
{
	if (so_far == JOB_ABORTED || (always && so_far != JOB_PASS))
		return so_far;
	if (next == JOB_ABORTED)
		return so_far == JOB_PASS ? next : so_far;
	return badness(next) > badness(so_far) ? next : so_far;
}

int outcome_exit(enum job_status status)
{
	switch (status) {
	case JOB_PASS: return 0;
	case JOB_FAIL: return ERROR_FAIL;
	case JOB_BLOCKED: case JOB_STARVED: return ERROR_BLOCKED;
	case JOB_ABORTED: return ERROR_ABORTED;
	default: return ERROR_BROKEN;
	}
}
