/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One process that is kept running in an sd-event loop: started, and when it
 * ends started again, after 0.2 s first, then later and later up to 30 s; one
 * that lived for a minute begins again at 0.2 s.
 */
#ifndef IRONBIRD_LAB_CHILD_H
#define IRONBIRD_LAB_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/error.h"
#include "base/strvec.h"

struct child {
	char *name;
	struct strvec argv;
	char *log;		/* its stderr is appended here; NULL: ours */
	/* In the child, with private mounts; see struct proc_spec. */
	int (*prepare)(void *arg);
	void *prepare_arg;
	void (*changed)(void *arg);	/* it was started, or ended */
	void *changed_arg;

	/* child.c's own */
	sd_event *event;
	sd_event_source *ends, *timer;
	int pid;
	uint64_t start;
	int64_t since, started_mono, delay_ms;
	int starts;
	struct child *next;
};

/* argv is filled by the caller afterwards. */
struct child *child_new(sd_event *event, const char *name);
/* Starts it now; one that cannot be started is tried again later. */
void child_run(struct child *child);
/* Ends it within grace_ms, or kills it, and frees it. */
void child_free(struct child *child, int64_t grace_ms);

#endif
