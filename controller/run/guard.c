/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/strvec.h"
#include "config/config.h"
#include "run/guard.h"

#define NAME "ironbird-guard"
#define LOOKS 4			/* without a beat, and it is a hang */

/* In memory that both have. */
struct pulse {
	atomic_uint_fast64_t beats;
	atomic_int_fast64_t deadline;	/* monotonic ms */
};

struct guard {
	sd_event *event;
	sd_event_source *child;
	struct pulse *pulse;
	int64_t limit_ms;
	pid_t pid;
	/* what it becomes: the program, its words, the last one the reason */
	char *program;
	struct strvec gone, silent, overdue;
};

/* The words of "ironbird run-lost". */
static void make_words(struct strvec *words, const struct guard_spec *spec,
		       const char *why, const char *limit)
{
	strvec_init(words);
	strvec_pushl(words, "ironbird", "run-lost", spec->flight, spec->job,
		     NULL);
	strvec_pushf(words, "%d", spec->run);
	strvec_pushf(words, "%d", (int)getpid());
	strvec_pushf(words, "%" PRIu64, proc_start_time(getpid()));
	strvec_push(words, why);
	strvec_push(words, limit);
}

/* Waits in the copy of run-job; the words of what it becomes then. */
static char *const *await_trouble(const struct guard *guard)
{
	struct pollfd pfd = { .fd = PROC_COPY_FD, .events = POLLIN };
	int interval = (int)(guard->limit_ms / LOOKS);
	uint64_t seen = atomic_load(&guard->pulse->beats);
	int missed = 0;

	while (poll(&pfd, 1, interval) <= 0) {
		uint64_t beats = atomic_load(&guard->pulse->beats);

		missed = beats == seen ? missed + 1 : 0;
		seen = beats;
		if (missed >= LOOKS)
			return guard->silent.v;
		if (clock_mono_ms() > atomic_load(&guard->pulse->deadline))
			return guard->overdue.v;
	}
	return guard->gone.v;
}

static void watch(void *arg)
{
	const struct guard *guard = arg;
	char *const *words = await_trouble(guard);

	if (words != guard->gone.v)
		pidfd_send_signal(PROC_COPY_FD, SIGKILL, NULL, 0);
	execv(guard->program, words);
}

static int start(struct guard *guard, struct error *err)
{
	AUTO_CLOSE int self = pidfd_open(getpid(), 0);
	const struct proc_copy copy = {
		.name = NAME, .keep_fd = self, .run = watch, .arg = guard,
	};

	if (self < 0)
		return error_errno(err, "cannot watch over run-job");
	guard_beat(guard);
	guard->pid = proc_copy(&copy, err);
	return guard->pid < 0 ? -1 : 0;
}

static int watch_child(struct guard *guard, struct error *err);

/* Somebody killed it. */
static int on_end(sd_event_source *source, const siginfo_t *info, void *arg)
{
	struct guard *guard = arg;
	struct error err = ERROR_INIT;

	(void)source;
	log_warn("the watchdog of this run, process %d, ended with %s %d; "
		 "another one is started", (int)guard->pid,
		 info->si_code == CLD_EXITED ? "status" : "signal",
		 info->si_status);
	guard->child = sd_event_source_disable_unref(guard->child);
	guard->pid = 0;
	if (start(guard, &err) < 0 || watch_child(guard, &err) < 0)
		log_err("this run goes on without a watchdog: %s", err.text);
	return 0;
}

static int watch_child(struct guard *guard, struct error *err)
{
	int rc = sd_event_add_child(guard->event, &guard->child, guard->pid,
				    WEXITED, on_end, guard);

	if (rc >= 0)
		return 0;
	errno = -rc;
	return error_errno(err, "cannot watch " NAME);
}

int guard_start(struct guard **out, const struct guard_spec *spec,
		struct error *err)
{
	struct guard *guard = xcalloc(1, sizeof(*guard));
	AUTO_FREE char *limit = xasprintf("%" PRId64, spec->limit_ms);

	guard->event = sd_event_ref(spec->event);
	guard->limit_ms = spec->limit_ms;
	guard->program = xasprintf("%s/ironbird", config_program_dir());
	make_words(&guard->gone, spec, "gone", limit);
	make_words(&guard->silent, spec, "silent", limit);
	make_words(&guard->overdue, spec, "overdue", limit);
	guard->pulse = mmap(NULL, sizeof(*guard->pulse),
			    PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (guard->pulse == MAP_FAILED)
		abort();	/* only out of memory */
	if (start(guard, err) == 0 && watch_child(guard, err) == 0) {
		*out = guard;
		return 0;
	}
	guard_stop(guard);
	return -1;
}

void guard_beat(struct guard *guard)
{
	if (guard)
		atomic_fetch_add(&guard->pulse->beats, 1);
}

void guard_promise(struct guard *guard, int64_t ms)
{
	int64_t until = clock_mono_ms() + ms;

	if (guard && until > atomic_load(&guard->pulse->deadline))
		atomic_store(&guard->pulse->deadline, until);
}

void guard_stop(struct guard *guard)
{
	if (!guard)
		return;
	sd_event_source_disable_unref(guard->child);
	sd_event_unref(guard->event);
	if (guard->pid > 0) {
		kill(guard->pid, SIGKILL);
		while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	munmap(guard->pulse, sizeof(*guard->pulse));
	strvec_release(&guard->gone);
	strvec_release(&guard->silent);
	strvec_release(&guard->overdue);
	free(guard->program);
	free(guard);
}
