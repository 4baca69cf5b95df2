/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that owns a lab's children: the three services and a console
 * recorder for each folder in DIR/hosts. It starts again what dies, a little
 * later each time, and says so in DIR/log/lab.log; it looks at DIR/hosts and
 * at the DHCP hosts folder with inotify. When it dies, in whatever way, the
 * kernel ends its children; QEMUs are not among them.
 *
 *	DIR/lab.pid	"PID START": written whole when it is at work
 *	DIR/lab.children	a line a child: NAME PID START SINCE-MS STARTS
 */
#ifndef IRONBIRD_LAB_SUPERVISOR_H
#define IRONBIRD_LAB_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "lab/service_set.h"

struct child_row {
	char name[112];		/* "dnsmasq", "console:iron1" */
	int pid;		/* 0: not running now */
	uint64_t start;
	int64_t since;		/* UTC ms */
	int starts;		/* how often it was started */
};

struct child_rows {
	struct child_row *v;
	size_t count;
};

void child_rows_release(struct child_rows *rows);
/* What lab.children says; none when there is no such file. */
int must_check supervisor_children(const struct service_set *set,
				   struct child_rows *rows,
				   struct error *err);

/* Pid of the supervisor that works for the set, or 0. */
pid_t supervisor_pid(const struct service_set *set);
/* Starts one in the background, inside the set's network namespace. */
int must_check supervisor_start(const struct service_set *set, pid_t *pid,
				struct error *err);
/*
 * Ends it and checks that each of its children is gone; works after it was
 * killed, too.
 */
int must_check supervisor_stop(const struct service_set *set,
			       struct error *err);
/* The process itself: runs until SIGTERM. */
int must_check supervisor_run(const struct service_set *set,
			      struct error *err);

#endif
