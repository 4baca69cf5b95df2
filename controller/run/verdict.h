/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the end of a step comes to, from all that is known of it. Pure.
 *
 * A step that is killed by a signal that only others send (SIGKILL, SIGTERM,
 * SIGHUP, SIGINT, SIGQUIT), when neither run-job nor a kernel short of memory
 * sent it, is lost, not broken: nothing was found out, and it is run again.
 * So that a test case which kills itself comes to an end, too, that happens
 * LOST_MAX times; then it is broken. SIGSEGV, SIGABRT and their like are the
 * test case's own: broken at once.
 *
 * A crash of the host while a step ran belongs to its reason, however the step
 * ended; only one that passed did so before it noticed.
 *
 * An attempt that was cut off in its middle leaves a host that is not as the
 * step expects it. When the next attempt fails, that is no word on the
 * product: it is broken, and says so.
 */
#ifndef IRONBIRD_RUN_VERDICT_H
#define IRONBIRD_RUN_VERDICT_H

#include "run/outcome.h"

#define LOST_MAX 2

/* Why run-job stopped it. */
enum step_stop {
	STEP_STOP_NONE, STEP_STOP_LIMIT, STEP_STOP_ABORT, STEP_STOP_LOG,
	STEP_STOP_JOB,		/* the job's limit */
	STEP_STOP_CRASH,	/* its host crashed, or rebooted unasked */
};

/* What came before in this run. */
struct step_history {
	int lost;		/* attempts that were killed by others */
	bool cut_off;		/* one did not come to its end */
};

struct step_facts {
	const struct recipe_step *step;
	struct child_end end;
	enum step_stop why;
	struct step_history history;
	bool starved;		/* the kernel was short of memory */
	const char *start_error;	/* why it did not run; NULL: it did */
	const char *crash;	/* of its host meanwhile, or NULL */
	const char *stage, *told;	/* what it said last, or NULL */
	int64_t limit_ms, log_max, job_limit_ms;
};

enum step_status verdict_status(const struct step_facts *facts);
/* NULL when it passed; the caller frees. */
char *verdict_reason(const struct step_facts *facts);
/* A step that passed before it noticed that it was to stop did pass. */
bool verdict_was_stopped(const struct step_facts *facts);

#endif
