/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job that a person runs by hand, when it is its turn.
 *
 * While a host it needs is somebody else's, or kept for a flight that goes
 * first (flight/priority.h), it waits as a job of a flight does, and flights
 * that are run know of it. Then it takes all its hosts at once. Nothing is
 * asked for at intervals: what others do is seen on the database's
 * write-ahead log, the death of whoever has a host on its pidfd.
 *
 * A job that no host will do for does not wait: its ts-hosts-allocate says
 * what is lacking. Nor does one that is being run already, as job_run says.
 */
#ifndef IRONBIRD_FLIGHT_IN_TURN_H
#define IRONBIRD_FLIGHT_IN_TURN_H

#include "run/job.h"

/*
 * As job_run. While it waits it says for whom, since when, and until when
 * that is expected. ERROR_AGAIN after HostWaitLimit, ERROR_ABORTED after
 * SIGINT, SIGTERM or SIGHUP: nothing was run, and nothing is recorded.
 */
int must_check job_run_in_turn(const struct config *config, struct db *db,
			       const char *flight, const char *job,
			       const struct job_run_options *options,
			       enum job_status *status, struct error *err);

#endif
