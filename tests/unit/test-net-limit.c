/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remote commands over their limit: nothing of them is left behind. */
#include <glob.h>
#include <sys/eventfd.h>

#include "base/clock.h"
#include "tests/unit/sshd.h"

#define BIG (10 * 1024 * 1024)

/* Does any process of this machine run "sleep MARK"? */
static enum wait_answer sleep_gone(void *arg, struct error *reason)
{
	AUTO_FREE char *line = xasprintf("sleep%c%s", 0, (char *)arg);
	enum wait_answer answer = WAIT_DONE;
	glob_t found;

	(void)reason;
	assert_int_equal(glob("/proc/[0-9]*/cmdline", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		AUTO_STRBUF text = STRBUF_INIT;

		/* It may have ended since. */
		if (file_read(found.gl_pathv[i], 1 << 20, &text, NULL) == 0 &&
		    text.len == 6 + strlen(arg) + 1 &&
		    memcmp(text.buf, line, text.len) == 0)
			answer = WAIT_MORE;
	}
	globfree(&found);
	return answer;
}

static void assert_gone(const char *mark)
{
	struct wait_spec wait = {
		.what = "the remote command did not end", .limit_ms = LIMIT,
		.poll_ms = 10, .check = sleep_gone, .arg = (char *)mark,
	};

	assert_ok(wait_for(&wait, &err));
}

/* The time that no other sleep of this machine has. */
static const char *own_mark(int n)
{
	static char mark[2][32];

	snprintf(mark[n], sizeof(mark[n]), "73%02d.%d", n, (int)getpid());
	return mark[n];
}

/*
 * The format's %1$s is such a time. It has said "begun" before its limit: on a
 * busy machine that takes longer, and then the limit is longer.
 */
static void run_over_limit(struct ssh *ssh, const char *format)
{
	const char *mark = own_mark(0);
	AUTO_FREE char *text = xasprintf(format, mark);
	struct ssh_command command = { .command = text, .limit_ms = 300 };
	struct ssh_result result;
	char limit[DURATION_TEXT_SIZE];
	bool begun;

	do {
		int64_t start_ms = clock_mono_ms();

		assert_int_equal(ssh_run(ssh, &command, &result, &err), -1);
		assert_true(clock_mono_ms() - start_ms >= command.limit_ms - 1);
		assert_true(result.timed_out);
		assert_int_equal(err.kind, ERROR_BROKEN);
		assert_non_null(strstr(err.text, "host iron1: '"));
		assert_non_null(strstr(err.text, "was not done within"));
		assert_non_null(strstr(err.text, duration_text(command.limit_ms,
							       limit)));
		assert_null(strstr(err.text, "could not be"));
		begun = strcmp(result.out.buf, "begun\n") == 0;
		ssh_result_release(&result);
		assert_gone(mark);
		command.limit_ms *= 4;
	} while (!begun && command.limit_ms < LIMIT);
	assert_true(begun);
}

/* What runs too long is ended with all it started, wherever that hides. */
static void test_limit(void **state)
{
	struct ssh *ssh = connect_well();
	struct ssh_command command = {
		.command = "echo alive", .limit_ms = LIMIT,
	};
	struct ssh_result result;

	(void)state;
	run_over_limit(ssh, "echo begun; sleep %1$s");
	run_over_limit(ssh, "echo begun; sleep %1$s & sleep %1$s | cat; wait");
	run_over_limit(ssh, "echo begun; setsid sh -c 'sleep %1$s; echo x' & "
		       "trap '' TERM HUP INT; while :; do :; done");
	run_over_limit(ssh, "echo begun; env -i sleep %1$s");
	assert_ok(ssh_run(ssh, &command, &result, &err));
	assert_string_equal(result.out.buf, "alive\n");
	ssh_result_release(&result);
	ssh_close(ssh);
}

/* The same where there are busybox's tools only. */
static void test_limit_busybox(void **state)
{
	struct ssh *ssh = connect_as(lab.key, lab.host_key,
				     lab.busybox_sshd.port, LIMIT);
	struct ssh_command command = {
		.command = "exec env --version", .limit_ms = LIMIT,
	};
	struct ssh_result result;

	(void)state;
	assert_non_null(ssh);
	assert_ok(ssh_run(ssh, &command, &result, &err));
	assert_true(str_starts(result.error.buf, "env: unrecognized option"));
	assert_non_null(strstr(result.error.buf, "BusyBox"));
	ssh_result_release(&result);
	run_over_limit(ssh, "echo begun; sleep %1$s & setsid sleep %1$s & "
		       "trap '' TERM; while :; do :; done");
	ssh_close(ssh);
}

static void stop_now(const char *data, size_t len, bool is_error, void *arg)
{
	const uint64_t one = 1;

	(void)data;
	(void)len;
	(void)is_error;
	assert_int_equal(write(*(int *)arg, &one, sizeof(one)), sizeof(one));
}

static void test_limit_while_sending(void **state)
{
	struct ssh *ssh = connect_well();
	char *input = xcalloc(1, BIG);
	AUTO_FREE char *text = xasprintf("sleep %s", own_mark(0));
	struct ssh_command command = {
		.command = text, .limit_ms = 300,
		.input = input, .input_len = BIG,
	};
	struct ssh_result result;

	(void)state;
	assert_int_equal(ssh_run(ssh, &command, &result, &err), -1);
	assert_true(result.timed_out);
	ssh_result_release(&result);
	assert_gone(own_mark(0));
	command = (struct ssh_command){
		.command = "echo alive", .limit_ms = LIMIT,
	};
	assert_ok(ssh_run(ssh, &command, &result, &err));
	assert_string_equal(result.out.buf, "alive\n");
	ssh_result_release(&result);
	ssh_close(ssh);
	free(input);
}

/* Told to stop from outside while a command runs. */
static void test_stopped(void **state)
{
	struct ssh *ssh = connect_well();
	AUTO_CLOSE int stop = eventfd(0, EFD_CLOEXEC);
	AUTO_FREE char *text = xasprintf("echo begun; setsid sleep %1$s & "
					 "sleep %1$s", own_mark(0));
	struct ssh_command command = {
		.command = text,
		.limit_ms = LIMIT, .stop_fd = stop,
	};
	struct ssh_result result;

	(void)state;
	command.sink = stop_now;
	command.sink_arg = &stop;
	assert_int_equal(ssh_run(ssh, &command, &result, &err), -1);
	assert_int_equal(err.kind, ERROR_ABORTED);
	assert_non_null(strstr(err.text, "was stopped"));
	assert_null(strstr(err.text, "could not be"));
	assert_false(result.timed_out);
	ssh_result_release(&result);
	assert_gone(own_mark(0));
	/* the session is as good as before */
	command = (struct ssh_command){
		.command = "echo alive", .limit_ms = LIMIT,
	};
	assert_ok(ssh_run(ssh, &command, &result, &err));
	ssh_result_release(&result);
	ssh_close(ssh);
}

/* What a session left that is gone is found by its tag, and nothing else. */
static void test_tagged(void **state)
{
	struct ssh *first = connect_well(), *second = connect_well();
	AUTO_FREE char *text = xasprintf("sleep %s >/dev/null 2>&1 &",
					 own_mark(0));
	AUTO_FREE char *text_of_other =
		xasprintf("sleep %s >/dev/null 2>&1 &", own_mark(1));
	struct ssh_command command = {
		.command = text, .limit_ms = LIMIT,
		.tag = "f.j.1.guest-start_debian",
	};
	struct ssh_command other = {
		.command = text_of_other, .limit_ms = LIMIT,
		.tag = "fxj.1.guest-start_debian",
	};
	struct ssh_result result;

	(void)state;
	assert_ok(ssh_run(first, &command, &result, &err));
	ssh_result_release(&result);
	assert_ok(ssh_run(first, &other, &result, &err));
	ssh_result_release(&result);
	ssh_close(first);
	assert_int_equal(sleep_gone((char *)own_mark(0), &err), WAIT_MORE);
	assert_ok(ssh_kill_tagged(second, "f.j.1.guest-start_debian", &err));
	assert_gone(own_mark(0));
	assert_int_equal(sleep_gone((char *)own_mark(1), &err), WAIT_MORE);
	assert_ok(ssh_kill_tagged(second, "fxj.1.guest-start_debian", &err));
	assert_gone(own_mark(1));
	ssh_close(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_limit_busybox),
		cmocka_unit_test(test_limit_while_sending),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_tagged),
	};

	return cmocka_run_group_tests(tests, set_up_sshd, tear_down_sshd);
}
