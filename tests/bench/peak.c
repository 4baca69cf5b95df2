/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peak NAME COMMAND...: the most memory that the command's own process had,
 * without its children's.
 *
 * wait4(2) gives the largest of a process and all that it waited for, and
 * what it was before exec; VmHWM of proc(5) is that of one address space. It
 * is read where the process stops at its exit (PTRACE_O_TRACEEXIT).
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "base/files.h"
#include "base/proc.h"
#include "tests/bench/bench.h"

/* The process stops after its exec, until we let it go on. */
static int be_traced(void *arg)
{
	(void)arg;
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? errno : 0;
}

static long peak_kb(pid_t pid)
{
	AUTO_FREE char *path = xasprintf("/proc/%d/status", (int)pid);
	AUTO_STRBUF status = STRBUF_INIT;
	const char *line;

	if (file_read(path, 1 << 16, &status, NULL) < 0)
		return -1;
	line = strstr(status.buf, "\nVmHWM:");
	return line ? strtol(line + 7, NULL, 10) : -1;
}

/* Follows the process from its exec to its end; kB, -1: no answer. */
static long follow(pid_t pid)
{
	long kb = -1;
	int status;

	if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACEEXIT |
		   PTRACE_O_EXITKILL) < 0)
		return -1;
	ptrace(PTRACE_CONT, pid, NULL, NULL);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		bool exits = status >> 8 ==
			(SIGTRAP | (PTRACE_EVENT_EXIT << 8));

		if (exits)
			kb = peak_kb(pid);
		ptrace(PTRACE_CONT, pid, NULL,
		       exits ? 0L : (long)WSTOPSIG(status));
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? kb : -1;
}

int main(int argc, char **argv)
{
	struct proc_spec spec = {
		.argv = argv + 2, .before_exec = be_traced,
	};
	struct error err = ERROR_INIT;
	pid_t pid;
	long kb;

	if (argc < 3) {
		fputs("usage: peak NAME COMMAND...\n", stderr);
		return 2;
	}
	pid = proc_spawn(&spec, &err);
	if (pid < 0)
		return cannot(argv[1], &err);
	kb = follow(pid);
	if (kb < 0) {
		fprintf(stderr, "%s: %s could not be followed to a good "
			"end\n", argv[1], argv[2]);
		return 1;
	}
	tell(argv[1], (double)kb / 1024, "MiB");
	return 0;
}
