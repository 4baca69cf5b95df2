/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other programs: the only place that forks.
 *
 * Every child leads its own process group, starts with closed descriptors,
 * default signals and an empty signal mask, and has a limit; killing means
 * the whole group. proc_run is for a program that is run to its end here,
 * proc_spawn for one that an event loop watches.
 */
#ifndef IRONBIRD_BASE_PROC_H
#define IRONBIRD_BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"

struct proc_spec {
	char *const *argv;	/* argv[0] is searched in PATH */
	char *const *env;	/* NULL-ended "NAME=value" added to ours */
	const char *dir;	/* working folder, or NULL */
	const char *input;	/* proc_run: fed to stdin, or NULL for none */
	int in, out, error;	/* proc_spawn: descriptors; 0: /dev/null for
				   in and out, ours for error */
	int keep_fd;		/* one more that the child keeps; 0: none */
	const char *netns;	/* name of a network namespace, or NULL */
	bool private_mounts;	/* own mount namespace */
	bool die_with_parent;	/* SIGKILL when the spawning thread ends */
	bool session;		/* a session of its own, for background work */
	bool merge_errors;	/* proc_run: stderr into the captured output */
	/* Runs in the child before exec; returns 0, or an errno. */
	int (*before_exec)(void *arg);
	void *before_exec_arg;
	int64_t limit_ms;	/* proc_run; required */
	int64_t grace_ms;	/* proc_run: from SIGTERM at the limit to
				   SIGKILL; 0: 2 s */
	size_t output_max;	/* proc_run: bytes kept; 0: 1 MiB */
	/* proc_run: called with each piece as it comes (a log); may be NULL */
	void (*sink)(const char *data, size_t len, void *arg);
	void *sink_arg;
};

struct proc_result {
	int status;		/* exit status, or 128 + signal */
	bool timed_out;
	struct strbuf output;	/* captured stdout */
};

#define AUTO_PROC_RESULT \
	__attribute__((cleanup(proc_result_release))) struct proc_result

void proc_result_release(struct proc_result *result);

/*
 * Runs to the end or the limit, then kills the group. 0 when the program
 * could be started and ended by itself, whatever its status; -1 with
 * ERROR_BROKEN when not (not found, over its limit: says which, and so does
 * result->timed_out).
 * Captured output beyond output_max is read and dropped. What it leaves
 * running in its group is killed; a daemon with a session of its own lives on
 * and is not waited for.
 */
int must_check proc_run(const struct proc_spec *spec,
			struct proc_result *result, struct error *err);
/*
 * As proc_run, and a status other than 0 is an error too, naming the program,
 * the status and the last line of output (stderr is merged).
 */
int must_check proc_check(const struct proc_spec *spec, struct error *err);

/* Starts and returns the child's pid; a failed exec is an error here. */
pid_t must_check proc_spawn(const struct proc_spec *spec, struct error *err);
/*
 * A copy of this process, in a session and group of its own: it runs run(arg)
 * and ends. Of descriptors it has standard error and keep_fd, which is number
 * PROC_COPY_FD there; signals are as in every child. It shares what memory was
 * mapped MAP_SHARED, and must not use what it inherited otherwise (databases,
 * event loops): it may compute, wait and exec.
 */
#define PROC_COPY_FD 3
struct proc_copy {
	const char *name;	/* as ps shows it, at most 15 characters */
	int keep_fd;
	void (*run)(void *arg);
	void *arg;
};
pid_t must_check proc_copy(const struct proc_copy *spec, struct error *err);
/* SIGTERM to the group, SIGKILL after grace_ms, reaped; exit status. */
int proc_stop(pid_t pid, int64_t grace_ms);
/*
 * SIGTERM to a process that is none of our children, if it still is that one,
 * and SIGKILL after grace_ms. Returns when it has ended.
 */
void proc_end(pid_t pid, uint64_t start, int64_t grace_ms);

/*
 * Who a process is beyond its pid, which is used again: the start time in
 * clock ticks since boot (proc(5), stat field 22). 0 when there is none.
 */
uint64_t proc_start_time(pid_t pid);
/* Does the process (pid, start) still live on this machine? */
bool proc_alive(pid_t pid, uint64_t start);
/*
 * The signal to the process (pid, start) of this machine and to no other: 0,
 * or 1 when there is no such process any more.
 */
int must_check proc_signal(pid_t pid, uint64_t start, int signal,
			   struct error *err);
/* Exit status of waitpid's word: exit code, or 128 + signal. */
int proc_exit_status(int wstatus);

#endif
