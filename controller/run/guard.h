/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The watchdog of a run: a process beside run-job, for when run-job itself
 * hangs, is stopped or dies.
 *
 * run-job beats while its event loop turns, and promises until when something
 * of it will have ended. The watchdog, which does nothing but wait, takes four
 * looks at the beat within WatchdogLimit; time in which it did not run itself
 * (a machine that was asleep) does not count. When there was none, or a
 * promise was not kept, it kills run-job. Whether it did or run-job died in
 * another way, it becomes "ironbird run-lost" (run/lost.h), which ends what is
 * left of the run and says so in its rows.
 *
 * It ends with its run-job, in all cases. When it dies, run-job starts another
 * one. It needs no coordinator, and less than 1 MiB of memory of its own.
 */
#ifndef IRONBIRD_RUN_GUARD_H
#define IRONBIRD_RUN_GUARD_H

#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/error.h"

struct guard;

struct guard_spec {
	sd_event *event;
	const char *flight, *job;
	int run;
	int64_t limit_ms;	/* WatchdogLimit */
};

/* Strings of the spec are copied; event must outlive the guard. */
int must_check guard_start(struct guard **out, const struct guard_spec *spec,
			   struct error *err);
/*
 * The event loop turns; four times within the limit, and more. NULL, here and
 * below: nobody watches.
 */
void guard_beat(struct guard *guard);
/*
 * Something will have ended ms from now at the latest. The latest promise
 * counts.
 */
void guard_promise(struct guard *guard, int64_t ms);
/* Ends it and frees. */
void guard_stop(struct guard *guard);

#endif
