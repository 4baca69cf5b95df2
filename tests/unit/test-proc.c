/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other programs: what they are given, how they end, what outlives them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/proc.h"

#define LONG_MS 30000	/* what ends here never comes near it */

static char *dir;
static struct error err;
static struct proc_result result;

static int set_up(void **state)
{
	(void)state;
	dir = xstrdup("/tmp/test-proc.XXXXXX");
	err = (struct error)ERROR_INIT;
	result = (struct proc_result){ .output = STRBUF_INIT };
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	proc_result_release(&result);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(dir_remove(dir, NULL), 0);
	free_pointer(&dir);
	return 0;
}

/* Runs a shell script as spec says. */
static int run_as(struct proc_spec spec, const char *script)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };

	spec.argv = argv;
	if (!spec.limit_ms)
		spec.limit_ms = LONG_MS;
	proc_result_release(&result);
	return proc_run(&spec, &result, &err);
}

static void assert_prints(struct proc_spec spec, const char *script,
			  const char *wanted)
{
	if (run_as(spec, script) < 0)
		fail_msg("%s: %s", script, err.text);
	assert_int_equal(result.status, 0);
	assert_string_equal(result.output.buf, wanted);
}

static void assert_error(const char *wanted)
{
	assert_int_equal(err.kind, ERROR_BROKEN);
	assert_string_equal(err.text, wanted);
}

/* The pid that a script wrote to a file, once it is there. */
static pid_t pid_in(const char *path)
{
	int64_t deadline = clock_mono_ms() + LONG_MS;
	AUTO_STRBUF text = STRBUF_INIT;

	while (clock_mono_ms() < deadline && !strchr(text.buf, '\n')) {
		strbuf_clear(&text);
		if (file_read(path, 100, &text, NULL) < 0)
			continue;
	}
	return atoi(text.buf);
}

static void assert_gone(pid_t pid)
{
	int64_t deadline = clock_mono_ms() + LONG_MS;

	assert_true(pid > 0);
	/* an orphan's new parent may take a moment to reap it */
	while (kill(pid, 0) == 0 && clock_mono_ms() < deadline) {
		AUTO_FREE char *path = xasprintf("/proc/%d/stat", pid);
		AUTO_STRBUF stat = STRBUF_INIT;

		if (file_read(path, 4096, &stat, NULL) < 0 ||
		    strstr(stat.buf, ") Z "))
			return;
	}
	assert_int_equal(kill(pid, 0), -1);
}

/* ---- what goes in and comes out ----------------------------------------- */

static void test_output(void **state)
{
	struct proc_spec plain = { .argv = NULL };
	struct proc_spec merged = { .merge_errors = true };
	struct proc_spec small = { .output_max = 5 };

	(void)state;
	assert_prints(plain, "echo out", "out\n");
	assert_prints(plain, ":", "");
	assert_prints(plain, "cat; echo end", "end\n");
	assert_prints(merged, "echo a; echo b >&2; echo c", "a\nb\nc\n");
	assert_prints(small, "echo 123456789", "12345");
	/* far more than a pipe holds: read on, or the child never ends */
	assert_prints(small, "head -c 5000000 /dev/zero | tr '\\0' x",
		      "xxxxx");
	assert_int_equal(run_as(plain, "head -c 3000000 /dev/zero"), 0);
	assert_int_equal(result.output.len, 1 << 20);
	/* all of it, when the child has ended before it is read */
	assert_int_equal(run_as(plain, "head -c 65536 /dev/zero"), 0);
	assert_int_equal(result.output.len, 65536);
}

static void test_input(void **state)
{
	AUTO_FREE char *big = xcalloc(1, 1000001);
	struct proc_spec spec = { .input = "one\ntwo" };

	(void)state;
	assert_prints(spec, "cat", "one\ntwo");
	assert_prints(spec, "echo not read", "not read\n");
	memset(big, 'y', 1000000);
	spec.input = big;
	assert_int_equal(run_as(spec, "cat"), 0);
	assert_int_equal(result.output.len, 1000000);
	spec.input = "";
	assert_prints(spec, "wc -c", "0\n");
}

static void test_surroundings(void **state)
{
	AUTO_FREE char *path = xasprintf("PATH=%s:/usr/bin:/bin", dir);
	char *env[] = { (char *)"PROC_A=1 2", (char *)"PROC_B=", path, NULL };
	struct proc_spec spec = { .env = env, .dir = "/usr" };
	char *argv[] = { (char *)"only-here", NULL };
	struct proc_spec found = {
		.argv = argv, .env = env, .limit_ms = LONG_MS,
	};

	(void)state;
	setenv("PROC_B", "ours", 1);
	setenv("PROC_C", "ours", 1);
	assert_prints(spec, "echo \"$PROC_A,$PROC_B,$PROC_C\"; pwd",
		      "1 2,,ours\n/usr\n");
	assert_string_equal(getenv("PROC_B"), "ours");
	assert_null(getenv("PROC_A"));
	assert_int_equal(file_publish("only-here", "#!/bin/sh\necho found\n",
				      21, 0755, &err), 0);
	proc_result_release(&result);
	assert_int_equal(proc_run(&found, &result, &err), 0);
	assert_string_equal(result.output.buf, "found\n");
	spec.dir = "/nowhere";
	assert_int_equal(run_as(spec, ":"), -1);
	assert_error("cannot run sh: No such file or directory");
}

/* Descriptors: 0, 1, 2 and the one that is to be kept; signals: default. */
static void test_nothing_is_inherited(void **state)
{
	struct proc_spec spec = { .argv = NULL };
	int kept = open("kept", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int leaked = open("leaked", O_RDWR | O_CREAT, 0600);
	AUTO_FREE char *script = xasprintf("echo text >&%d", kept);
	sigset_t all, before;

	(void)state;
	/* "ls" itself has the folder open as the last one */
	assert_prints(spec, "exec ls /proc/self/fd", "0\n1\n2\n3\n");
	spec.keep_fd = kept;
	assert_prints(spec, script, "");
	assert_int_equal(file_size("kept"), 5);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	signal(SIGPIPE, SIG_IGN);
	/* signals 32 and 33 are the C library's own: not ours to reset */
	assert_prints(spec, "for s in SigBlk SigIgn; do "
		      "m=$(sed -n \"s/$s:.//p\" /proc/self/status); "
		      "echo $s $((0x$m & 0x7fffffff)); done",
		      "SigBlk 0\nSigIgn 0\n");
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(kept);
	close(leaked);
}

/* ---- how it ends -------------------------------------------------------- */

static void test_statuses(void **state)
{
	struct proc_spec spec = { .argv = NULL };

	(void)state;
	assert_int_equal(run_as(spec, "echo x; exit 3"), 0);
	assert_int_equal(result.status, 3);
	assert_string_equal(result.output.buf, "x\n");
	assert_int_equal(run_as(spec, "exit 255"), 0);
	assert_int_equal(result.status, 255);
	assert_int_equal(run_as(spec, "kill -9 $$"), 0);
	assert_int_equal(result.status, 128 + SIGKILL);
	assert_int_equal(run_as(spec, "kill -TERM $$"), 0);
	assert_int_equal(result.status, 128 + SIGTERM);
	assert_false(result.timed_out);
	/* as a service manager may start us: no child would leave a status */
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(run_as(spec, "exit 7"), 0);
	assert_int_equal(result.status, 7);
}

static void test_not_found(void **state)
{
	char *argv[] = { (char *)"no-such-program", NULL };
	struct proc_spec spec = { .argv = argv, .limit_ms = LONG_MS };

	(void)state;
	assert_int_equal(proc_run(&spec, &result, &err), -1);
	assert_error("cannot run no-such-program: No such file or directory");
	assert_int_equal(proc_spawn(&spec, &err), -1);
	assert_int_equal(file_publish("data", "x", 1, 0644, &err), 0);
	argv[0] = (char *)"./data";
	assert_int_equal(proc_check(&spec, &err), -1);
	assert_error("cannot run ./data: Permission denied");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void test_check(void **state)
{
	char *argv[] = {
		(char *)"sh", (char *)"-c",
		(char *)"echo first; echo 'the\033[2J reason' >&2; exit 5",
		NULL
	};
	struct proc_spec spec = { .argv = argv, .limit_ms = LONG_MS };

	(void)state;
	assert_int_equal(proc_check(&spec, &err), -1);
	assert_error("sh ended with status 5: the?[2J reason");
	argv[2] = (char *)"echo fine";
	assert_int_equal(proc_check(&spec, &err), 0);
	argv[2] = (char *)"exit 1";
	assert_int_equal(proc_check(&spec, &err), -1);
	assert_error("sh ended with status 1: it printed nothing");
}

/*
 * It is ended at its limit; before that it has printed as much as this. For
 * which a busy machine may need longer: then it gets that.
 */
static void assert_over_limit(struct proc_spec *spec, const char *script,
			      size_t len)
{
	for (;; spec->limit_ms *= 4) {
		char limit[DURATION_TEXT_SIZE];
		int64_t start = clock_mono_ms();
		AUTO_FREE char *wanted =
			xasprintf("sh did not end within %s and was killed",
				  duration_text(spec->limit_ms, limit));

		assert_int_equal(run_as(*spec, script), -1);
		assert_true(clock_mono_ms() - start >= spec->limit_ms);
		assert_error(wanted);
		assert_true(result.timed_out);
		if (result.output.len >= len || spec->limit_ms > LONG_MS)
			break;
	}
	assert_true(result.output.len >= len);
}

static void test_limit(void **state)
{
	struct proc_spec spec = { .limit_ms = 500 };

	(void)state;
	assert_over_limit(&spec, "echo begun; exec sleep 300", strlen("begun\n"));
	assert_string_equal(result.output.buf, "begun\n");
	assert_int_equal(result.status, 128 + SIGTERM);
	assert_over_limit(&spec, "exec >&- 2>&-; exec sleep 300", 0);
	assert_over_limit(&spec, "exec yes", 1 << 20);
	assert_int_equal(result.output.len, 1 << 20);
}

/* What must save things first has the time for it that the caller gives. */
static void test_limit_with_grace(void **state)
{
	struct proc_spec spec = { .limit_ms = 500, .grace_ms = LONG_MS };

	(void)state;
	assert_over_limit(&spec, "trap 'sleep 2.2; exit 5' TERM; echo begun\n"
			  "while :; do sleep 0.01; done", strlen("begun\n"));
	assert_int_equal(result.status, 5);
}

/* The limit ends the whole group, also those that ignore SIGTERM. */
static void test_limit_kills_group(void **state)
{
	struct proc_spec spec = { .limit_ms = 1000 };

	(void)state;
	assert_over_limit(&spec,
		"(trap '' TERM; sh -c 'echo $$ >deep; exec sleep 300') &\n"
		"sh -c 'echo $$ >near; exec sleep 300' &\n"
		"until [ -s deep ] && [ -s near ]; do :; done\n"
		"echo; wait", 1);
	assert_gone(pid_in("deep"));
	assert_gone(pid_in("near"));
	assert_over_limit(&spec, "trap '' TERM; echo $$ >stubborn; echo\n"
			  "while :; do sleep 300; done", 1);
	assert_int_equal(result.status, 128 + SIGKILL);
	assert_gone(pid_in("stubborn"));
}

/* ---- what it leaves behind ---------------------------------------------- */

/* A daemon keeps our pipe open: the program's end counts, not the pipe's. */
static void test_daemon_is_not_waited_for(void **state)
{
	struct proc_spec spec = { .merge_errors = true };
	int64_t start = clock_mono_ms();
	pid_t daemon;

	(void)state;
	assert_prints(spec, "setsid sh -c 'echo $$ >pid; exec sleep 300' &\n"
		      "until [ -s pid ]; do :; done; echo started",
		      "started\n");
	assert_true(clock_mono_ms() - start < LONG_MS / 2);
	daemon = pid_in("pid");
	assert_int_equal(kill(daemon, 0), 0);
	assert_int_equal(kill(daemon, SIGKILL), 0);
	assert_gone(daemon);
	/* one that floods what it inherited neither */
	assert_int_equal(run_as(spec, "setsid sh -c 'echo $$ >flood; "
				"exec yes' & until [ -s flood ]; do :; done"),
			 0);
	assert_true(clock_mono_ms() - start < LONG_MS / 2);
	daemon = pid_in("flood");
	kill(daemon, SIGKILL);
	assert_gone(daemon);
}

static void test_background_is_killed(void **state)
{
	struct proc_spec spec = { .argv = NULL };
	int64_t start = clock_mono_ms();

	(void)state;
	assert_prints(spec, "sh -c 'echo $$ >pid; exec sleep 300' &\n"
		      "until [ -s pid ]; do :; done; echo started",
		      "started\n");
	assert_true(clock_mono_ms() - start < LONG_MS / 2);
	assert_gone(pid_in("pid"));
}

static pid_t spawn(struct proc_spec spec, const char *script)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	pid_t pid;

	spec.argv = argv;
	pid = proc_spawn(&spec, &err);
	if (pid < 0)
		fail_msg("%s", err.text);
	return pid;
}

static void test_stop(void **state)
{
	struct proc_spec spec = { .argv = NULL };
	int64_t start = clock_mono_ms();
	pid_t pid = spawn(spec, "exec sleep 300");

	(void)state;
	assert_int_equal(getpgid(pid), pid);
	assert_int_equal(proc_stop(pid, LONG_MS), 128 + SIGTERM);
	pid = spawn(spec, "trap 'exit 4' TERM; echo $$ >ready\n"
		    "while :; do sleep 0.01; done");
	assert_int_equal(pid_in("ready"), pid);
	assert_int_equal(proc_stop(pid, LONG_MS), 4);
	assert_true(clock_mono_ms() - start < LONG_MS / 2);
	pid = spawn(spec, "trap '' TERM; sh -c 'echo $$ >deep; exec sleep 300'"
		    "& echo $$ >r; while :; do sleep 300; done");
	assert_int_equal(pid_in("r"), pid);
	assert_true(pid_in("deep") > 0);
	assert_int_equal(proc_stop(pid, 50), 128 + SIGKILL);
	assert_gone(pid_in("deep"));
	assert_gone(pid);
}

/* Of a process that is none of ours: only if it is the one that is meant. */
static void test_end(void **state)
{
	struct proc_spec spec = { .argv = NULL };
	pid_t pid = spawn(spec, "trap '' TERM; echo $$ >ends\n"
			  "while :; do sleep 0.01; done");
	uint64_t start = proc_start_time(pid);

	(void)state;
	assert_int_equal(pid_in("ends"), pid);
	proc_end(pid, start + 1, LONG_MS);
	assert_true(proc_alive(pid, start));
	proc_end(pid, start, 50);
	assert_false(proc_alive(pid, start));
	assert_int_equal(proc_stop(pid, 0), 128 + SIGKILL);
	pid = spawn(spec, "exec sleep 300");
	proc_end(pid, proc_start_time(pid), LONG_MS);
	assert_int_equal(proc_stop(pid, 0), 128 + SIGTERM);
}

static void test_session(void **state)
{
	struct proc_spec spec = { .session = true };
	pid_t pid = spawn(spec, "exec sleep 300");

	(void)state;
	assert_int_equal(getsid(pid), pid);
	assert_int_equal(proc_stop(pid, LONG_MS), 128 + SIGTERM);
}

static int refuse(void *arg)
{
	return *(int *)arg;
}

static void test_before_exec(void **state)
{
	int answer = ENOSPC;
	struct proc_spec spec = {
		.before_exec = refuse, .before_exec_arg = &answer,
	};

	(void)state;
	assert_int_equal(run_as(spec, "echo x"), -1);
	assert_error("cannot run sh: No space left on device");
	answer = 0;
	assert_prints(spec, "echo x", "x\n");
	spec = (struct proc_spec){ .netns = "no-such-namespace" };
	assert_int_equal(run_as(spec, "echo x"), -1);
	assert_error("cannot run sh: No such file or directory");
}

/* A parent that is killed takes the child along. */
static void test_die_with_parent(void **state)
{
	struct proc_spec spec = { .die_with_parent = true };
	pid_t parent = fork(), child;
	int wstatus;

	(void)state;
	if (parent == 0) {
		spawn(spec, "echo $$ >child; exec sleep 300");
		for (;;)
			pause();
	}
	child = pid_in("child");
	assert_int_equal(kill(child, 0), 0);
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, &wstatus, 0), parent);
	assert_gone(child);
}

/* ---- who a process is --------------------------------------------------- */

static void test_alive(void **state)
{
	struct proc_spec spec = { .argv = NULL };
	char *argv[] = { (char *)"./a) R 1 (b", (char *)"300", NULL };
	uint64_t own = proc_start_time(getpid()), start;
	pid_t pid;

	(void)state;
	assert_true(own > 0);
	assert_true(proc_alive(getpid(), own));
	assert_false(proc_alive(getpid(), own + 1));
	assert_false(proc_alive(getpid(), 0));
	assert_false(proc_alive(0, own));
	assert_false(proc_alive(-1, own));
	/* a name made to be mistaken for the fields behind it */
	assert_int_equal(symlink("/bin/sleep", argv[0]), 0);
	spec.argv = argv;
	pid = proc_spawn(&spec, &err);
	start = proc_start_time(pid);
	assert_true(start >= own && start < own + 100 * 3600);
	assert_true(proc_alive(pid, start));
	assert_int_equal(proc_stop(pid, LONG_MS), 128 + SIGTERM);
	assert_false(proc_alive(pid, start));
	assert_int_equal(proc_start_time(pid), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_output),
		TEST(test_input),
		TEST(test_surroundings),
		TEST(test_nothing_is_inherited),
		TEST(test_statuses),
		TEST(test_not_found),
		TEST(test_check),
		TEST(test_limit),
		TEST(test_limit_with_grace),
		TEST(test_limit_kills_group),
		TEST(test_daemon_is_not_waited_for),
		TEST(test_background_is_killed),
		TEST(test_stop),
		TEST(test_end),
		TEST(test_session),
		TEST(test_before_exec),
		TEST(test_die_with_parent),
		TEST(test_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
