/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an ended process, and a list of ended steps, come to. Pure.
 *
 * Exit statuses of a test case are words: 0 pass, 1 fail (or the recipe's
 * on-fail), 77 skip, 98 blocked, 99 broken. Whatever else happens to it is
 * ours, not the product's: broken.
 */
#ifndef IRONBIRD_RUN_OUTCOME_H
#define IRONBIRD_RUN_OUTCOME_H

#include "db/jobs.h"
#include "run/recipe.h"

enum step_exit {
	STEP_EXIT_PASS = 0, STEP_EXIT_FAIL = 1, STEP_EXIT_SKIP = 77,
	STEP_EXIT_BLOCKED = 98, STEP_EXIT_BROKEN = 99,
};

/* How a child ended: siginfo_t's si_code is CLD_EXITED or not, si_status. */
struct child_end {
	bool exited;
	int status;		/* exit status, or the signal */
};

enum step_status outcome_of_child(const struct recipe_step *step,
				  const struct child_end *end);
/*
 * Why, from what it told (or NULL) and how it ended; NULL when it passed.
 * The caller frees.
 */
char *outcome_reason(const struct recipe_step *step,
		     const struct child_end *end, const char *told);

/* Does this status of a step end the job's passing? */
bool outcome_is_bad(const struct recipe_step *step, enum step_status status);
/* The job's status for the status of its bad step. */
enum job_status outcome_of_job(enum step_status status);
/*
 * The worse of two: broken, blocked, fail, pass. What was aborted stays so,
 * for what comes after may come of it; what was bad before stays bad. An
 * always-step (logs-capture) speaks only when all was well before it.
 */
enum job_status outcome_join(enum job_status so_far, enum job_status next,
			     bool always);
/* The program's exit status (DESIGN 7). */
int outcome_exit(enum job_status status);

#endif
