/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting, with a deadline and a reason. Nothing else in Ironbird waits.
 *
 * The condition is looked at once at the start, after every event that the
 * sd-event loop delivers (log lines, children, sockets), and, only where the
 * world offers no event (has the ssh port opened?), every poll_ms.
 */
#ifndef IRONBIRD_BASE_WAIT_H
#define IRONBIRD_BASE_WAIT_H

#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/error.h"

enum wait_answer { WAIT_FAILED = -1, WAIT_MORE = 0, WAIT_DONE = 1 };

struct wait_spec {
	const char *what;	/* completes "... within 400 s": "no ssh answer
				   from host iron1" */
	int64_t limit_ms;
	int64_t poll_ms;	/* 0: events only */
	sd_event *event;	/* NULL: a loop of its own */
	/* WAIT_FAILED must fill err and ends the wait at once. */
	enum wait_answer (*check)(void *arg, struct error *err);
	void *arg;
	/* Adds "(last seen: ...)" to the sentence; may be NULL. */
	const char *(*last_seen)(void *arg);
	/* How long until check must look again, events or not; may be NULL. */
	int64_t (*next_ms)(void *arg);
};

/* 0 when done; -1 with the check's error, or ERROR_BROKEN at the limit. */
int must_check wait_for(const struct wait_spec *spec, struct error *err);

#endif
