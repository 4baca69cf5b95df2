/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A flight that somebody else's run-flight runs, or one job of it, stopped.
 *
 * The rows say who runs what. Whoever asks writes into them why, and then
 * sends JOB_STOP_SIGNAL to the processes they name, when these are the very
 * ones (machine, pid, start time): run-job aborts its job for that reason,
 * always-steps and all; run-flight begins nothing more. A job that has not
 * begun gets a run of its own that was aborted: run-flight sees it in the
 * rows, and a run-job that was about to begin does not (flight/told.h).
 *
 * The flight stays "running" and can be run on, as after a Ctrl-C. One job
 * that is stopped counts as one that did not pass, and the others go on.
 */
#ifndef IRONBIRD_FLIGHT_STOP_H
#define IRONBIRD_FLIGHT_STOP_H

#include "base/error.h"
#include "base/strvec.h"
#include "config/config.h"
#include "db/db.h"

struct flight_stop {
	const char *flight;
	const char *job;	/* NULL: all of it */
	const char *why;	/* in words of whoever asks; NULL: no word */
};

/*
 * A sentence for what was done, or was found to be so already, is pushed to
 * told: asking twice changes nothing. A process that died has its jobs ended
 * here. ERROR_AGAIN when what is to be stopped runs on another machine.
 */
int must_check flight_stop(const struct config *config, struct db *db,
			   const struct flight_stop *wish,
			   struct strvec *told, struct error *err);

#endif
