/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run that was cut off has left, taken up by the one that goes on. */
#ifndef IRONBIRD_RUN_RESUME_H
#define IRONBIRD_RUN_RESUME_H

#include "run/lanes.h"

/*
 * The hosts become ours, lost steps make room, and what has an outcome counts
 * as done. ERROR_AGAIN when a step still runs or a host is somebody else's:
 * nothing of the run is changed then, and it can be resumed later.
 */
int must_check resume_run(struct job_state *state, struct error *err);
/* Only the hosts that the job's last run chose; ERROR_AGAIN as above. */
int must_check resume_hosts(const struct job_state *state,
			    struct error *err);

#endif
