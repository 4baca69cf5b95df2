/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running one job: its recipe's steps as processes, every outcome a row.
 *
 * The environment of a step: OSSTEST_FLIGHT, OSSTEST_JOB, OSSTEST_TESTID,
 * OSSTEST_CONFIG; IRONBIRD_RUN, IRONBIRD_STEP (numbers of the rows),
 * IRONBIRD_LOGS (folder of this run's logs), IRONBIRD_OWNER_PID (run-job,
 * whom allocated hosts belong to), IRONBIRD_SESSION (its session), and
 * IRONBIRD_PROGRESS_FD: a pipe on which it tells, one line each, "stage TEXT",
 * "reason TEXT" and "limit SECONDS" (a shell script writes to
 * /dev/fd/$IRONBIRD_PROGRESS_FD). PATH begins with Ironbird's own programs.
 *
 * Exit status: 0 pass, 1 fail (or the recipe's on-fail), 77 skip, 98 blocked,
 * 99 broken; anything else, a signal or the limit is broken. After the first
 * bad step only always-steps run; steps that were not run have no row.
 * A step that somebody else kills is lost and run again (run/verdict.h).
 *
 * SIGINT, SIGTERM, SIGHUP, or a file "abort" in the working folder: the job
 * is aborted, always-steps still run; a second signal kills everything.
 *
 * JOB_STOP_SIGNAL aborts it likewise, for the reason that its row has by then
 * (flight/stop.h); a second one is none. It also ends a hold.
 *
 * The whole job has a limit, too, and a watchdog outside of run-job
 * (run/guard.h) for when run-job itself hangs or dies.
 *
 * --resume carries on a run whose run-job died. Steps that have an outcome
 * are not run again. A step that was running then is lost: its row stays,
 * renamed to TESTID.lostN (N is its number), and the step is run again under
 * its own testid, so that histories find the outcome where they look for it.
 * A step with "retry" is treated likewise: an attempt that was bad stays as
 * TESTID.tryN.
 *
 * A run that does not begin at the recipe's start goes on with the hosts and
 * runvars of the run before it. What is left out counts as done for those
 * that need it.
 */
#ifndef IRONBIRD_RUN_JOB_H
#define IRONBIRD_RUN_JOB_H

#include <signal.h>
#include <stdbool.h>

#include "config/config.h"
#include "db/jobs.h"
#include "run/select.h"

#define JOB_STOP_SIGNAL SIGUSR1

struct job_run_options {
	bool resume;		/* carry on the run that was cut off */
	bool quiet;		/* no progress on the terminal */
	bool show_logs;		/* the steps' logs on standard output */
	bool keep_runvars;	/* what the last run found out */
	struct step_selection steps;
	bool no_wait;		/* for hosts (flight/in_turn.h) */
	int begins_run;		/* the number that the run must get; 0: any */
	int64_t hold_ms;	/* keep the hosts of a failed job; 0: no */
	const struct strvec *env;	/* more for the steps, or NULL */
};

/* The folder of a run's logs; the caller frees. */
char *job_logs(const struct config *config, const char *flight,
	       const char *job, int run);
/* The final status in *status; -1 only when it could not be run at all. */
int must_check job_run(const struct config *config, struct db *db,
		       const char *flight, const char *job,
		       const struct job_run_options *options,
		       enum job_status *status, struct error *err);
/* As job_run, with a recipe that is in no file. */
int must_check job_run_recipe(const struct config *config, struct db *db,
			      const char *flight, const char *job,
			      const struct recipe *recipe,
			      const struct job_run_options *options,
			      enum job_status *status, struct error *err);

#endif
