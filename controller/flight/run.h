/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running a flight: one "ironbird run-job" for each of its jobs, on all the
 * hosts there are, as early as needs and hosts allow (plan/plan.h decides).
 *
 * The hosts of a job are allocated all at once before its run-job is started,
 * which then keeps them. Nothing is asked for at intervals: the end of a
 * run-job is seen on its pidfd, what other programs do to the database on its
 * write-ahead log (inotify).
 *
 * A need that did not pass blocks what needs it, with the reason. A job that
 * is broken is run once more, on another host, as a run of its own; where
 * there is no other, it stays broken. A job no host is left for is starved.
 *
 * run-flight may be killed at any time: its run-jobs go on, and the next
 * run-flight of the flight takes them up. A run-job that was killed is carried
 * on with run-job --resume.
 */
#ifndef IRONBIRD_FLIGHT_RUN_H
#define IRONBIRD_FLIGHT_RUN_H

#include "base/strvec.h"
#include "config/config.h"
#include "db/jobs.h"
#include "db/runvars.h"

/*
 * The jobs in an order that respects what they depend on, otherwise as they
 * come. ERROR_USAGE when they depend on each other in a circle. Pure.
 */
int must_check flight_order(const struct job_rows *jobs,
			    const struct runvars *vars, struct strvec *order,
			    struct error *err);

struct flight_run_options {
	bool resume;	/* only what has no verdict yet; otherwise all that
			   has not passed is run again */
	bool quiet;	/* nothing on the terminal */
	const char *priority;	/* flight/priority.h; NULL: the usual one */
};

/*
 * *worst is the worst job's status. ERROR_AGAIN when another process runs the
 * flight, or there is no room for the next job: run it on later. After SIGINT
 * or SIGTERM nothing more is begun, and the run-jobs are handed the signal.
 */
int must_check flight_run(const struct config *config, struct db *db,
			  const char *flight,
			  const struct flight_run_options *options,
			  enum job_status *worst, struct error *err);

#endif
