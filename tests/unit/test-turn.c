/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lock that is handed on in the order of asking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/turn.h"
#include "base/wait.h"

#define LOCK "locks/turn"

static char *dir;	/* every test's own working folder */
static struct error err;

static int set_up(void **state)
{
	(void)state;
	dir = xstrdup("/tmp/test-turn.XXXXXX");
	err = (struct error)ERROR_INIT;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(dir_remove(dir, NULL), 0);
	free_pointer(&dir);
	return 0;
}

static void assert_again(int rc)
{
	assert_int_equal(rc, -1);
	assert_int_equal(err.kind, ERROR_AGAIN);
	assert_string_equal(err.text, LOCK " is locked by another process");
}

/* A process that takes its turn after held, writes its name and ends. */
static pid_t take_turn(const char *name, int held)
{
	pid_t pid = fork();
	int fd, out;

	if (pid)
		return pid;
	close(held);
	fd = turn_take(LOCK, 60000, NULL);
	out = open("order", O_WRONLY | O_APPEND | O_CREAT, 0644);
	_exit(fd >= 0 && write(out, name, 1) == 1 ? 0 : 1);
}

/* As the kernel tells it: a line for each lock, also those that wait. */
static int locks_of(const char *path)
{
	AUTO_STRBUF locks = STRBUF_INIT;
	AUTO_FREE char *inode = NULL;
	struct stat st;
	int count = 0;

	assert_int_equal(stat(path, &st), 0);
	inode = xasprintf(":%llu ", (unsigned long long)st.st_ino);
	assert_int_equal(file_read("/proc/locks", 1 << 20, &locks, &err), 0);
	for (const char *p = locks.buf; (p = strstr(p, inode)); p++)
		count++;
	return count;
}

static enum wait_answer stands(void *arg, struct error *e)
{
	(void)e;
	return locks_of(LOCK) >= *(int *)arg ? WAIT_DONE : WAIT_MORE;
}

/* The holder has one lock; who waits has one, and one that he waits for. */
static void await_line(int waiting)
{
	int locks = 1 + 2 * waiting;
	const struct wait_spec spec = {
		.what = "no line", .limit_ms = 60000, .poll_ms = 5,
		.check = stands, .arg = &locks,
	};

	if (wait_for(&spec, &err) < 0)
		fail_msg("%s", err.text);
}

static void test_one_at_a_time(void **state)
{
	int64_t start = clock_mono_ms();
	int fd = turn_take(LOCK, 0, &err), other;

	(void)state;
	assert_true(fd >= 0);
	assert_again(turn_take(LOCK, 0, &err));
	assert_again(turn_take(LOCK, 60, &err));
	assert_true(clock_mono_ms() - start >= 60);
	other = turn_take("locks/other", 0, &err);
	assert_true(other >= 0);
	close(other);
	close(fd);
	fd = turn_take(LOCK, 0, &err);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(turn_take("/proc/none", 0, &err), -1);
	assert_int_equal(err.kind, ERROR_BROKEN);
	assert_non_null(strstr(err.text, "cannot open the lock /proc/none"));
}

static void test_in_order(void **state)
{
	static const char names[] = "abcdef";
	AUTO_STRBUF order = STRBUF_INIT;
	pid_t pids[6];
	int wstatus, fd = turn_take(LOCK, 0, &err);

	(void)state;
	assert_true(fd >= 0);
	for (int i = 0; i < 6; i++) {
		pids[i] = take_turn(names + i, fd);
		await_line(i + 1);
	}
	/* who dies in the middle of the line is not waited for */
	kill(pids[2], SIGKILL);
	assert_int_equal(waitpid(pids[2], &wstatus, 0), pids[2]);
	assert_true(WIFSIGNALED(wstatus));
	assert_int_equal(file_size("order"), -1);
	close(fd);
	for (int i = 0; i < 6; i++) {
		if (i == 2)
			continue;
		assert_int_equal(waitpid(pids[i], &wstatus, 0), pids[i]);
		assert_int_equal(wstatus, 0);
	}
	assert_int_equal(file_read("order", 100, &order, &err), 0);
	assert_string_equal(order.buf, "abdef");
	fd = turn_take(LOCK, 0, &err);
	assert_true(fd >= 0);
	close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_at_a_time),
		TEST(test_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
