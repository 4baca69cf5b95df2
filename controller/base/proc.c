/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/proc.h"

#define DEFAULT_OUTPUT_MAX (1 << 20)
#define KILL_GRACE_MS 2000
#define KILLED_MS 10000	/* a killed process may still be in the kernel */
#define CHUNK_SIZE 65536
#define POLL_MOST_MS 60000

void proc_result_release(struct proc_result *result)
{
	strbuf_release(&result->output);
}

int proc_exit_status(int wstatus)
{
	return WIFSIGNALED(wstatus) ? 128 + WTERMSIG(wstatus)
				    : WEXITSTATUS(wstatus);
}

static void default_signals(void)
{
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int enter_netns(const char *name)
{
	AUTO_FREE char *path = xasprintf("/run/netns/%s", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 || setns(fd, CLONE_NEWNET) < 0 ? -1 : 0;
}

static int make_mounts_private(void)
{
	if (unshare(CLONE_NEWNS) < 0)
		return -1;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* Puts fd at the number to, without the close-on-exec flag. */
static int place(int fd, int to)
{
	if (fd == to)
		return fcntl(fd, F_SETFD, 0);
	return dup2(fd, to);
}

static int place_descriptors(const struct proc_spec *spec)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	/* above 2 first, so that placing one never overwrites another */
	int in = fcntl(spec->in ? spec->in : null, F_DUPFD_CLOEXEC, 10);
	int out = fcntl(spec->out ? spec->out : null, F_DUPFD_CLOEXEC, 10);
	int error = spec->error ?
		fcntl(spec->error, F_DUPFD_CLOEXEC, 10) : STDERR_FILENO;

	if (in < 0 || out < 0 || error < 0 || place(in, 0) < 0 ||
	    place(out, 1) < 0 || place(error, 2) < 0)
		return -1;
	/* for what a library, or who started us, left open across exec */
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	if (spec->keep_fd && fcntl(spec->keep_fd, F_SETFD, 0) < 0)
		return -1;
	return 0;
}

/* A parent that ended before the prctl sends no signal. */
static int die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -1;
	errno = ECHILD;
	return getppid() == parent ? 0 : -1;
}

static int prepare_child(const struct proc_spec *spec, pid_t parent)
{
	if (spec->session ? setsid() < 0 : setpgid(0, 0) < 0)
		return -1;
	if (spec->die_with_parent && die_with(parent) < 0)
		return -1;
	if (place_descriptors(spec) < 0)
		return -1;
	if (spec->netns && enter_netns(spec->netns) < 0)
		return -1;
	if (spec->private_mounts && make_mounts_private() < 0)
		return -1;
	if (spec->dir && chdir(spec->dir) < 0)
		return -1;
	for (char *const *e = spec->env; e && *e; e++)
		if (putenv(*e) != 0)
			return -1;
	if (spec->before_exec) {
		errno = spec->before_exec(spec->before_exec_arg);
		if (errno)
			return -1;
	}
	return 0;
}

static void __attribute__((noreturn)) child(const struct proc_spec *spec,
					    pid_t parent, int failure)
{
	int why;

	default_signals();
	if (prepare_child(spec, parent) == 0)
		execvp(spec->argv[0], spec->argv);
	why = errno;
	if (write(failure, &why, sizeof(why)) < 0)
		_exit(126);
	_exit(127);
}

/* Whoever started us may ignore SIGCHLD: no exit status would be kept. */
static void keep_exit_statuses(void)
{
	struct sigaction action;

	if (sigaction(SIGCHLD, NULL, &action) == 0 &&
	    action.sa_handler == SIG_IGN)
		signal(SIGCHLD, SIG_DFL);
}

/* The errno of a child that could not exec; false when it could. */
static bool read_failure(int fd, int *why)
{
	ssize_t n;

	do {
		n = read(fd, why, sizeof(*why));
	} while (n < 0 && errno == EINTR);
	return n == sizeof(*why);
}

pid_t proc_spawn(const struct proc_spec *spec, struct error *err)
{
	int failure[2], why = 0;
	pid_t pid, parent = getpid();

	if (pipe2(failure, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	keep_exit_statuses();
	pid = fork();
	if (pid == 0)
		child(spec, parent, failure[1]);
	close(failure[1]);
	if (pid > 0 && read_failure(failure[0], &why)) {
		waitpid(pid, NULL, 0);
		errno = why;
		pid = -1;
	}
	close(failure[0]);
	if (pid < 0)
		return error_errno(err, "cannot run %s", spec->argv[0]);
	return pid;
}

static int keep_one(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(fd, PROC_COPY_FD) < 0)
		return -1;
	return close_range(PROC_COPY_FD + 1, ~0U, 0);
}

static void __attribute__((noreturn)) copy(const struct proc_copy *spec)
{
	default_signals();
	if (setsid() < 0 || keep_one(spec->keep_fd) < 0)
		_exit(126);
	prctl(PR_SET_NAME, spec->name);
	spec->run(spec->arg);
	_exit(0);
}

pid_t proc_copy(const struct proc_copy *spec, struct error *err)
{
	pid_t pid;

	keep_exit_statuses();
	pid = fork();
	if (pid == 0)
		copy(spec);
	if (pid < 0)
		return error_errno(err, "cannot start %s", spec->name);
	return pid;
}

static int clamp_ms(int64_t ms)
{
	return ms < 0 ? 0 : ms > POLL_MOST_MS ? POLL_MOST_MS : (int)ms;
}

/* Has the process of the pidfd ended within limit_ms? */
static bool await_fd(int fd, int64_t limit_ms)
{
	int64_t left, deadline = clock_mono_ms() + limit_ms;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	do {
		left = deadline - clock_mono_ms();
		if (poll(&pfd, 1, clamp_ms(left)) > 0)
			return true;
	} while (left > 0);
	return false;
}

/* Likewise of pid. It is not reaped by this. */
static bool await_end(pid_t pid, int64_t limit_ms)
{
	AUTO_CLOSE int fd = pidfd_open(pid, 0);

	return fd >= 0 && await_fd(fd, limit_ms);
}

/*
 * Kills what is left of the group and reaps its leader, in this order: a
 * number that was reaped may already be another process's.
 */
static int end_group(pid_t pid)
{
	int wstatus = 0;

	kill(-pid, SIGKILL);
	while (waitpid(pid, &wstatus, 0) < 0 && errno == EINTR)
		;
	return proc_exit_status(wstatus);
}

int proc_stop(pid_t pid, int64_t grace_ms)
{
	kill(-pid, SIGTERM);
	await_end(pid, grace_ms);
	return end_group(pid);
}

void proc_end(pid_t pid, uint64_t start, int64_t grace_ms)
{
	AUTO_CLOSE int fd = pidfd_open(pid, 0);

	/* what is asked for after the pidfd was made is true of it */
	if (fd < 0 || !proc_alive(pid, start))
		return;
	pidfd_send_signal(fd, SIGTERM, NULL, 0);
	if (await_fd(fd, grace_ms))
		return;
	pidfd_send_signal(fd, SIGKILL, NULL, 0);
	await_fd(fd, KILLED_MS);
}

static bool keep(const struct proc_spec *spec, struct proc_result *result,
		 int fd)
{
	size_t max = spec->output_max ? spec->output_max : DEFAULT_OUTPUT_MAX;
	char chunk[CHUNK_SIZE];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (n > 0 && spec->sink)
		spec->sink(chunk, n, spec->sink_arg);
	if (n > 0 && result->output.len < max) {
		size_t room = max - result->output.len;

		strbuf_add(&result->output, chunk,
			   (size_t)n < room ? (size_t)n : room);
	}
	return n > 0;
}

/* What is in the pipe when the child has ended; later text is not its own. */
static void keep_rest(const struct proc_spec *spec, struct proc_result *result,
		      int fd)
{
	int left = 0;

	if (ioctl(fd, FIONREAD, &left) < 0)
		return;
	for (; left > 0 && keep(spec, result, fd); left -= CHUNK_SIZE)
		;
}

/*
 * Reads what the child prints until it ends; false when the deadline passes
 * first. Not until the pipe closes: a daemon that it left behind may hold it.
 */
static bool collect(const struct proc_spec *spec, struct proc_result *result,
		    int fd, int pidfd, int64_t deadline)
{
	struct pollfd pfd[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
	};

	for (;;) {
		int64_t left = deadline - clock_mono_ms();

		if (left <= 0)
			return false;
		if (poll(pfd, 2, clamp_ms(left)) <= 0)
			continue;
		if (pfd[1].revents) {
			keep_rest(spec, result, fd);
			return true;
		}
		if (pfd[0].revents && !keep(spec, result, fd))
			pfd[0].fd = -1;
	}
}

/* stdin as a file in memory: no deadlock between feeding and reading. */
static int input_descriptor(const char *input, struct error *err)
{
	int fd = memfd_create("stdin", MFD_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot make a file in memory");
	if (write(fd, input, strlen(input)) != (ssize_t)strlen(input) ||
	    lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		return error_errno(err, "cannot write a file in memory");
	}
	return fd;
}

static int finish(const struct proc_spec *spec, pid_t pid, int out,
		  struct proc_result *result, struct error *err)
{
	int64_t deadline = clock_mono_ms() + spec->limit_ms;
	AUTO_CLOSE int pidfd = pidfd_open(pid, 0);
	char limit[DURATION_TEXT_SIZE];

	if (pidfd < 0) {
		error_errno(err, "cannot watch %s", spec->argv[0]);
		end_group(pid);
		return -1;
	}
	if (collect(spec, result, out, pidfd, deadline)) {
		result->status = end_group(pid);
		return 0;
	}
	result->timed_out = true;
	result->status = proc_stop(pid, spec->grace_ms ? spec->grace_ms :
				   KILL_GRACE_MS);
	return error_set(err, ERROR_BROKEN, "%s did not end within %s and was "
			 "killed", spec->argv[0],
			 duration_text(spec->limit_ms, limit));
}

int proc_run(const struct proc_spec *spec, struct proc_result *result,
	     struct error *err)
{
	struct proc_spec child_spec = *spec;
	AUTO_CLOSE int in = -1;
	int out[2], rc = -1;
	pid_t pid;

	*result = (struct proc_result){ .output = STRBUF_INIT };
	if (spec->input) {
		in = input_descriptor(spec->input, err);
		if (in < 0)
			return -1;
		child_spec.in = in;
	}
	if (pipe2(out, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	child_spec.out = out[1];
	if (spec->merge_errors)
		child_spec.error = out[1];
	pid = proc_spawn(&child_spec, err);
	close(out[1]);
	if (pid > 0)
		rc = finish(spec, pid, out[0], result, err);
	close(out[0]);
	return rc;
}

static const char *last_line(struct strbuf *output)
{
	const char *start;

	strbuf_rtrim(output);
	start = strrchr(output->buf, '\n');
	start = start ? start + 1 : output->buf;
	return *start ? start : "it printed nothing";
}

int proc_check(const struct proc_spec *spec, struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	struct proc_spec merged = *spec;

	merged.merge_errors = true;
	if (proc_run(&merged, &result, err) < 0)
		return -1;
	if (result.status == 0)
		return 0;
	return error_set(err, ERROR_BROKEN, "%s ended with status %d: %s",
			 spec->argv[0], result.status,
			 last_line(&result.output));
}

uint64_t proc_start_time(pid_t pid)
{
	AUTO_FREE char *path = xasprintf("/proc/%d/stat", (int)pid);
	AUTO_STRBUF stat = STRBUF_INIT;
	unsigned long long start = 0;
	const char *p;

	if (file_read(path, 4096, &stat, NULL) < 0)
		return 0;
	/* the name, field 2, may hold spaces and parentheses */
	p = strrchr(stat.buf, ')');
	/* ended, only its parent has not looked yet */
	if (p && str_starts(p, ") Z"))
		return 0;
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (!p || sscanf(p, " %llu", &start) != 1)
		return 0;
	return start;
}

bool proc_alive(pid_t pid, uint64_t start)
{
	return pid > 0 && start && proc_start_time(pid) == start;
}

/* The pid may be another's by now, but what the descriptor names is not. */
int proc_signal(pid_t pid, uint64_t start, int signal, struct error *err)
{
	AUTO_CLOSE int fd = pid > 0 ? pidfd_open(pid, 0) : -1;

	if (fd < 0 || !proc_alive(pid, start))
		return 1;
	if (pidfd_send_signal(fd, signal, NULL, 0) == 0)
		return 0;
	if (errno == ESRCH)
		return 1;
	return error_errno(err, "cannot signal process %d", (int)pid);
}
