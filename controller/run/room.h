/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk that is full while a job runs. What is to be written is known, and
 * the wait for room loses nothing of it: who makes room in time lets the job
 * go on. After RoomLimit the run is cut off as if it was killed, and carried
 * on by run-job --resume.
 */
#ifndef IRONBIRD_RUN_ROOM_H
#define IRONBIRD_RUN_ROOM_H

#include "run/step.h"

/*
 * Calls write(arg), a transaction of its own; while there is no room for it,
 * says so once and tries again. ERROR_AGAIN when there is none within the
 * limit; else write's own result.
 */
int must_check room_write(const struct step_context *ctx,
			  int (*write)(void *arg, struct error *err),
			  void *arg, struct error *err);

#endif
