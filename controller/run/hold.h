/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hosts of a job that went wrong, kept as they are for a person to look
 * at: nobody else gets them, and steps by hand with --job may use them.
 */
#ifndef IRONBIRD_RUN_HOLD_H
#define IRONBIRD_RUN_HOLD_H

#include "run/lanes.h"

/*
 * Says what is kept, why, and with which commands one gets there, and returns
 * at the limit or at the next wish to end (lanes_abort). At once when the job
 * has no hosts.
 */
int must_check hold_hosts(struct job_state *state, const char *why,
			  int64_t limit_ms, struct error *err);

#endif
