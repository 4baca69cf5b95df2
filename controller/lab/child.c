/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/proc.h"
#include "lab/child.h"

#define FIRST_DELAY_MS 200
#define LAST_DELAY_MS 30000
#define GOOD_LIFE_MS 60000

struct child *child_new(sd_event *event, const char *name)
{
	struct child *child = xcalloc(1, sizeof(*child));

	child->event = event;
	child->name = xstrdup(name);
	strvec_init(&child->argv);
	return child;
}

static int on_time(sd_event_source *source, uint64_t usec, void *arg)
{
	(void)source;
	(void)usec;
	child_run(arg);
	return 0;
}

static void run_later(struct child *child)
{
	bool good = child->pid &&
		clock_mono_ms() - child->started_mono > GOOD_LIFE_MS;

	if (good || !child->delay_ms)
		child->delay_ms = FIRST_DELAY_MS;
	else if (child->delay_ms < LAST_DELAY_MS / 2)
		child->delay_ms *= 2;
	else
		child->delay_ms = LAST_DELAY_MS;
	child->pid = 0;
	child->ends = sd_event_source_disable_unref(child->ends);
	child->timer = sd_event_source_disable_unref(child->timer);
	if (sd_event_add_time_relative(child->event, &child->timer,
				       CLOCK_MONOTONIC,
				       (uint64_t)child->delay_ms * 1000, 0,
				       on_time, child) < 0)
		log_err("%s will not be started again: no timer",
			child->name);
	if (child->changed)
		child->changed(child->changed_arg);
}

static int on_end(sd_event_source *source, const siginfo_t *info, void *arg)
{
	struct child *child = arg;
	const char *how = info->si_code == CLD_EXITED ? "status" : "signal";

	(void)source;
	log_warn("%s, process %d, ended with %s %d; it is started again",
		 child->name, child->pid, how, info->si_status);
	run_later(child);
	return 0;
}

static pid_t start(struct child *child, struct error *err)
{
	AUTO_CLOSE int log = child->log ?
		open(child->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		     0644) : -1;
	const struct proc_spec spec = {
		.argv = child->argv.v,
		.error = log >= 0 ? log : 0,
		.private_mounts = child->prepare != NULL,
		.before_exec = child->prepare,
		.before_exec_arg = child->prepare_arg,
		.die_with_parent = true,
	};

	return proc_spawn(&spec, err);
}

void child_run(struct child *child)
{
	struct error err = ERROR_INIT;
	pid_t pid = start(child, &err);

	child->starts++;
	if (pid < 0) {
		log_err("%s: %s", child->name, err.text);
		run_later(child);
		return;
	}
	child->pid = pid;
	child->start = proc_start_time(pid);
	child->since = clock_now_ms();
	child->started_mono = clock_mono_ms();
	if (sd_event_add_child(child->event, &child->ends, pid, WEXITED,
			       on_end, child) < 0)
		log_err("%s, process %d, cannot be watched", child->name,
			child->pid);
	log_info("%s started, process %d", child->name, child->pid);
	if (child->changed)
		child->changed(child->changed_arg);
}

void child_free(struct child *child, int64_t grace_ms)
{
	sd_event_source_disable_unref(child->timer);
	sd_event_source_disable_unref(child->ends);
	if (child->pid)
		log_info("%s, process %d, ended with status %d", child->name,
			 child->pid, proc_stop(child->pid, grace_ms));
	free(child->name);
	free(child->log);
	strvec_release(&child->argv);
	free(child);
}
