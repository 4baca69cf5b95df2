/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What there is to be killed around a run: run-job, its step, its watchdog,
 * and of a lab its three services, a console recorder, the supervisor of all
 * these, and the QEMU of a host. One is chosen at random, the dangerous ones
 * more often than those that take long to come back.
 */
#ifndef IRONBIRD_TESTS_VICTIMS_H
#define IRONBIRD_TESTS_VICTIMS_H

#include <stdlib.h>
#include <string.h>

#include "db/steps.h"
#include "lab/lab.h"
#include "lab/service_set.h"
#include "lab/supervisor.h"
#include "pdu/qemu.h"

enum victim {
	RUN_JOB, STEP, WATCHDOG, DNSMASQ, TFTPD, APACHE, RECORDER,
	SUPERVISOR, MACHINE, VICTIMS,
};

static const struct {
	const char *name;
	int weight;		/* of 100 */
	const char *child;	/* its name in lab.children */
} victims[VICTIMS] = {
	[RUN_JOB] = { "run_job", 36, NULL },
	[STEP] = { "step", 22, NULL },
	[WATCHDOG] = { "watchdog", 12, NULL },
	[DNSMASQ] = { "dnsmasq", 4, "dnsmasq" },
	[TFTPD] = { "tftpd", 4, "tftpd" },
	[APACHE] = { "apache", 4, "apache2" },
	[RECORDER] = { "recorder", 4, "console:" },
	[SUPERVISOR] = { "supervisor", 3, NULL },
	[MACHINE] = { "qemu", 11, NULL },
};

/* Without a lab, there are those that every run has. */
static inline int victim_count(bool with_lab)
{
	return with_lab ? VICTIMS : WATCHDOG + 1;
}

/* Has each kind been killed? */
static inline bool all_killed(const long *of, bool with_lab)
{
	for (int i = 0; i < victim_count(with_lab); i++)
		if (!of[i])
			return false;
	return true;
}

/* of: how many of each were killed; every other choice is one of the rest. */
static inline enum victim choose_victim(const long *of, bool with_lab)
{
	int last = victim_count(with_lab), total = 0, at = rand() % last;

	if (rand() % 2 && !of[at])
		return (enum victim)at;
	for (int i = 0; i < last; i++)
		total += victims[i].weight;
	at = rand() % total;
	for (int i = 0; i < last; i++) {
		at -= victims[i].weight;
		if (at < 0)
			return (enum victim)i;
	}
	return RUN_JOB;
}

/* The first process of the pid's children that has this name, or 0. */
static inline pid_t child_called(pid_t pid, const char *name)
{
	AUTO_FREE char *path = xasprintf("/proc/%d/task/%d/children",
					 (int)pid, (int)pid);
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRVEC pids = STRVEC_INIT;

	if (file_read(path, 4096, &text, NULL) < 0)
		return 0;
	strvec_split(&pids, text.buf, " ");
	for (size_t i = 0; i < pids.count; i++) {
		AUTO_FREE char *comm = xasprintf("/proc/%s/comm", pids.v[i]);
		AUTO_STRBUF is = STRBUF_INIT;

		if (file_read(comm, 64, &is, NULL) < 0)
			continue;
		strbuf_rtrim(&is);
		if (!name || strcmp(is.buf, name) == 0)
			return atoi(pids.v[i]);
	}
	return 0;
}

/* In a process namespace the server is the child of the one that is known. */
static inline pid_t lab_child(const struct service_set *set, const char *name)
{
	struct child_rows rows = { .v = NULL };
	pid_t pid = 0, below;

	if (supervisor_children(set, &rows, NULL) < 0)
		return 0;
	for (size_t i = 0; i < rows.count; i++)
		if (strncmp(rows.v[i].name, name, strlen(name)) == 0)
			pid = rows.v[i].pid;
	child_rows_release(&rows);
	below = pid && strcmp(name, "tftpd") == 0 ? child_called(pid, NULL)
						  : 0;
	return below ? below : pid;
}

/* Are all services and recorders at work? */
static inline bool lab_is_whole(const struct service_set *set)
{
	struct child_rows rows = { .v = NULL };
	bool whole = supervisor_pid(set) != 0;

	if (!whole || supervisor_children(set, &rows, NULL) < 0)
		return false;
	for (size_t i = 0; i < rows.count; i++)
		whole &= rows.v[i].pid &&
			proc_alive(rows.v[i].pid, rows.v[i].start);
	whole &= rows.count > 0;
	child_rows_release(&rows);
	return whole;
}

#endif
