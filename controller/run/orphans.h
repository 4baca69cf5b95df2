/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes of a run whose run-job was killed.
 *
 * A step dies with its run-job; what the step had started, in process groups
 * of their own (base/proc.h), does not, nor does it when a step is killed. They
 * are known by their environment: the run's IRONBIRD_LOGS, and run-job's own
 * session in IRONBIRD_SESSION. What took a session of its own was meant to
 * outlive the step (a virtual host) and is left alone.
 */
#ifndef IRONBIRD_RUN_ORPHANS_H
#define IRONBIRD_RUN_ORPHANS_H

#include "base/error.h"
#include "db/db.h"

struct orphans {
	const char *logs;	/* of the run */
	int pid;		/* of the run-job that started them; 0: any */
	int stepno;		/* whose they are; 0: any step's */
};

/* Kills them and waits until they are gone; ERROR_AGAIN when one is not to be
 * killed. */
int must_check orphans_kill(const struct orphans *orphans, struct error *err);
/*
 * Waits until the steps of a run that were running are no processes any more:
 * one that is dying has no environment to be known by. ERROR_AGAIN when one
 * lives on.
 */
int must_check orphans_await_steps(struct db *db, const char *flight,
				   const char *job, int run,
				   struct error *err);

#endif
