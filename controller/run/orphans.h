/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes of a run whose run-job was killed.
 *
 * A step dies with its run-job; what the step had started does not. They are
 * known by their environment: the run's IRONBIRD_LOGS, and run-job's own
 * session in IRONBIRD_SESSION. What took a session of its own was meant to
 * outlive the step (a virtual host) and is left alone.
 */
#ifndef IRONBIRD_RUN_ORPHANS_H
#define IRONBIRD_RUN_ORPHANS_H

#include "base/error.h"

/*
 * Kills those of the run with that folder of logs that the run-job of this pid
 * started (0: any), and waits until they are gone; ERROR_AGAIN when one is not
 * to be killed.
 */
int must_check orphans_kill(const char *logs, int pid, struct error *err);

#endif
