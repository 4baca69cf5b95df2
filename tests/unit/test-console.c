/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A real recorder in a child process, a socket as its device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/wait.h"
#include "host/console.h"
#include "host/console_module.h"
#include "net/local.h"

#define LIMIT_MS 10000
#define FLOOD (4 << 20)
#define FLOOD_MAX (64 << 20)

struct fixture {
	char dir[64];
	char *log, *device_path, *socket_path, *times;
	pid_t recorder;
	int device;
};

static enum wait_answer is_there(void *path, struct error *err)
{
	(void)err;
	return file_exists(path) ? WAIT_DONE : WAIT_MORE;
}

static void wait_for_file(char *path)
{
	const struct wait_spec spec = {
		.what = "the recorder's socket", .limit_ms = LIMIT_MS,
		.poll_ms = 5, .check = is_there, .arg = path,
	};

	assert_int_equal(wait_for(&spec, NULL), 0);
}

static struct console_source make_source(struct fixture *f)
{
	char *words[] = { "qemu", f->device_path, NULL };
	struct console_source source;

	assert_int_equal(console_source_make(&source, "console", words, NULL),
			 0);
	return source;
}

static void start_recorder(struct fixture *f, int64_t max_bytes)
{
	struct console_source source = make_source(f);
	const struct console_record_spec spec = {
		.name = "iron1", .log = f->log, .source = &source,
		.max_bytes = max_bytes ? max_bytes : FLOOD_MAX, .keep = 2,
		.retry_max_ms = 1000,
	};

	f->recorder = fork();
	if (f->recorder == 0)
		_exit(console_record(&spec, NULL) < 0 ? 1 : 0);
	wait_for_file(f->socket_path);
	f->device = local_connect(f->device_path, LIMIT_MS, NULL);
	assert_true(f->device >= 0);
	console_source_release(&source);
}

static int stop_recorder(struct fixture *f)
{
	int status = -1;

	if (!f->recorder)
		return 0;
	kill(f->recorder, SIGTERM);
	assert_int_equal(waitpid(f->recorder, &status, 0), f->recorder);
	f->recorder = 0;
	close(f->device);
	return status;
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	memcpy(f->dir, "/tmp/test-console-XXXXXX", 25);
	assert_non_null(mkdtemp(f->dir));
	f->log = xasprintf("%s/console.log", f->dir);
	f->times = xasprintf("%s/console.log.times", f->dir);
	f->socket_path = xasprintf("%s/console.log.sock", f->dir);
	f->device_path = xasprintf("%s/console.dev", f->dir);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	stop_recorder(f);
	assert_int_equal(dir_remove(f->dir, NULL), 0);
	free(f->log);
	free(f->times);
	free(f->socket_path);
	free(f->device_path);
	free(f);
	return 0;
}

static void say(struct fixture *f, const char *text)
{
	assert_int_equal(send(f->device, text, strlen(text), MSG_NOSIGNAL),
			 strlen(text));
}

/* Reads until text has come, or the limit. */
static void expect(int fd, struct strbuf *seen, const char *text)
{
	int64_t deadline = clock_mono_ms() + LIMIT_MS;

	while (!strstr(seen->buf, text)) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		char chunk[4096];
		ssize_t n;

		if (clock_mono_ms() > deadline || poll(&pfd, 1, 1000) < 0)
			fail_msg("no '%s' in '%s'", text, seen->buf);
		n = recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT);
		if (n == 0)
			fail_msg("closed before '%s': '%s'", text, seen->buf);
		if (n > 0)
			strbuf_add(seen, chunk, n);
	}
}

static void expect_end(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char c;

	assert_int_equal(poll(&pfd, 1, LIMIT_MS), 1);
	assert_int_equal(recv(fd, &c, 1, 0), 0);
}

static int view(struct fixture *f, const char *request)
{
	int fd = local_connect(f->socket_path, LIMIT_MS, NULL);

	assert_true(fd >= 0);
	assert_int_equal(send(fd, request, strlen(request), 0),
			 strlen(request));
	return fd;
}

static void test_records_with_times(void **state)
{
	struct fixture *f = *state;
	AUTO_STRBUF seen = STRBUF_INIT, log = STRBUF_INIT, times = STRBUF_INIT;
	AUTO_CLOSE int viewer = -1;
	int64_t before = clock_now_ms(), offset, at;

	start_recorder(f, 0);
	viewer = view(f, "read 10\n");
	expect(viewer, &seen, "read\n");
	say(f, "one\r\n\033[1mtwo");
	expect(viewer, &seen, "two");
	assert_int_equal(stop_recorder(f), 0);
	assert_int_equal(file_read(f->log, 65536, &log, NULL), 0);
	assert_string_equal(log.buf, "one\r\n\033[1mtwo");
	assert_int_equal(file_read(f->times, 65536, &times, NULL), 0);
	assert_int_equal(sscanf(times.buf, "%" SCNd64 " %" SCNd64, &offset,
				&at), 2);
	assert_int_equal(offset, 0);
	assert_true(at >= before && at <= clock_now_ms());
	assert_false(file_exists(f->socket_path));
}

static void test_last_lines(void **state)
{
	struct fixture *f = *state;
	AUTO_STRBUF seen = STRBUF_INIT;
	AUTO_CLOSE int first = -1, second = -1;

	start_recorder(f, 0);
	first = view(f, "read 0\n");
	expect(first, &seen, "read\n");
	say(f, "one\ntwo\nthree\nfour\n");
	expect(first, &seen, "four\n");
	strbuf_clear(&seen);
	second = view(f, "read 2\n");
	expect(second, &seen, "four\n");
	assert_string_equal(seen.buf, "read\nthree\nfour\n");
	/* a viewer that has no more to say gets the end */
	shutdown(second, SHUT_WR);
	expect_end(second);
}

/* The first line of the recorder's answer, "write" or "busy PID". */
static bool answers_write(int fd)
{
	AUTO_STRBUF seen = STRBUF_INIT;

	expect(fd, &seen, "\n");
	return str_starts(seen.buf, "write\n");
}

static void test_one_writer(void **state)
{
	struct fixture *f = *state;
	AUTO_STRBUF a = STRBUF_INIT, b = STRBUF_INIT, typed = STRBUF_INIT;
	AUTO_FREE char *busy = xasprintf("busy %d\n", (int)getpid());
	AUTO_CLOSE int first = -1, second = -1;
	bool got_it = false;

	start_recorder(f, 0);
	first = view(f, "write 0\nroot\n");
	expect(first, &a, "write\n");
	expect(f->device, &typed, "root\n");
	second = view(f, "write 0\nnot me\n");
	expect(second, &b, busy);
	assert_true(send(second, "nor this\n", 9, 0) == 9);
	assert_true(send(first, "ls\n", 3, 0) == 3);
	expect(f->device, &typed, "ls\n");
	assert_string_equal(typed.buf, "root\nls\n");
	close(first);
	first = -1;
	/* the place is free when the recorder has seen it go */
	for (int i = 0; i < 1000 && !got_it; i++) {
		AUTO_CLOSE int third = view(f, "write 0\n");

		got_it = answers_write(third);
	}
	assert_true(got_it);
}

static void test_bad_request(void **state)
{
	struct fixture *f = *state;
	static const char *const requests[] = {
		"read\n", "read x\n", "read -1\n", "hello 3\n",
		"read 99999999999\n",
	};

	start_recorder(f, 0);
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		AUTO_CLOSE int fd = view(f, requests[i]);

		expect_end(fd);
	}
}

struct growth {
	const char *path;
	int64_t size;
};

static enum wait_answer has_size(void *arg, struct error *err)
{
	const struct growth *growth = arg;

	(void)err;
	return file_size(growth->path) == growth->size ? WAIT_DONE :
							 WAIT_MORE;
}

static void wait_for_size(const char *path, int64_t size)
{
	struct growth growth = { .path = path, .size = size };
	const struct wait_spec spec = {
		.what = "the log did not grow", .limit_ms = LIMIT_MS,
		.poll_ms = 5, .check = has_size, .arg = &growth,
	};

	assert_int_equal(wait_for(&spec, NULL), 0);
}

/* Nobody reads at one viewer; the log and the other one get it all. */
static void test_slow_viewer(void **state)
{
	struct fixture *f = *state;
	AUTO_CLOSE int slow = -1;
	AUTO_FREE char *line = xmalloc(1025);
	AUTO_STRBUF seen = STRBUF_INIT;
	int64_t sent = 0;

	start_recorder(f, FLOOD_MAX);
	slow = view(f, "read 0\n");
	expect(slow, &seen, "read\n");
	memset(line, 'x', 1023);
	line[1023] = '\n';
	line[1024] = '\0';
	for (; sent < FLOOD; sent += 1024)
		say(f, line);
	say(f, "END\n");
	wait_for_size(f->log, sent + 4);
	expect(slow, &seen, "END\n");
	assert_int_equal(seen.len, 5 + sent + 4);
}

static void test_rotation(void **state)
{
	struct fixture *f = *state;
	AUTO_FREE char *old = xasprintf("%s.1", f->log);
	AUTO_FREE char *old_times = xasprintf("%s.1.times", f->log);
	AUTO_STRBUF seen = STRBUF_INIT, log = STRBUF_INIT;
	AUTO_CLOSE int viewer = -1;

	start_recorder(f, 10);
	viewer = view(f, "read 0\n");
	expect(viewer, &seen, "read\n");
	say(f, "12345678");
	expect(viewer, &seen, "12345678");
	say(f, "abcdefgh");
	expect(viewer, &seen, "abcdefgh");
	assert_int_equal(file_read(f->log, 100, &log, NULL), 0);
	assert_string_equal(log.buf, "abcdefgh");
	assert_true(file_exists(old) && file_exists(old_times));
	assert_true(file_size(f->times) > 0);
}

/* Switched off and on: the device comes again, the log goes on. */
static void test_device_comes_again(void **state)
{
	struct fixture *f = *state;
	AUTO_STRBUF seen = STRBUF_INIT;
	AUTO_CLOSE int viewer = -1;

	start_recorder(f, 0);
	viewer = view(f, "read 0\n");
	expect(viewer, &seen, "read\n");
	say(f, "before\n");
	expect(viewer, &seen, "before\n");
	close(f->device);
	f->device = local_connect(f->device_path, LIMIT_MS, NULL);
	assert_true(f->device >= 0);
	say(f, "after\n");
	expect(viewer, &seen, "after\n");
}

/* The device went and came: both are marked where it was. */
static void test_gap(void **state)
{
	struct fixture *f = *state;
	AUTO_STRBUF seen = STRBUF_INIT, times = STRBUF_INIT;
	AUTO_CLOSE int viewer = -1;
	struct console_state found;

	start_recorder(f, 0);
	viewer = view(f, "read 0\n");
	expect(viewer, &seen, "read\n");
	say(f, "before\n");
	expect(viewer, &seen, "before\n");
	close(f->device);
	f->device = local_connect(f->device_path, LIMIT_MS, NULL);
	assert_true(f->device >= 0);
	say(f, "after\n");
	expect(viewer, &seen, "after\n");
	console_state_read(f->log, &found);
	assert_true(found.recorded);
	assert_null(found.away);
	assert_int_equal(found.bytes, 13);
	console_state_release(&found);
	assert_int_equal(stop_recorder(f), 0);
	console_state_read(f->log, &found);
	assert_false(found.recorded);
	assert_string_equal(found.away, "its recorder ends");
	console_state_release(&found);
	assert_int_equal(file_read(f->times, 65536, &times, NULL), 0);
	assert_non_null(strstr(times.buf, " away it closed the connection\n"
			       "7 "));
	assert_true(str_starts(times.buf, "0 "));
	assert_non_null(strstr(times.buf, " back\n0 "));
}

/* What came since the start is whole, though the log was rotated. */
static void test_slice_over_rotation(void **state)
{
	struct fixture *f = *state;
	AUTO_FREE char *out = xasprintf("%s/slice", f->dir);
	AUTO_STRBUF seen = STRBUF_INIT, text = STRBUF_INIT;
	AUTO_CLOSE int viewer = -1;
	int64_t before = clock_now_ms();

	start_recorder(f, 10);
	viewer = view(f, "read 0\n");
	expect(viewer, &seen, "read\n");
	say(f, "one: 567\n");
	expect(viewer, &seen, "567\n");
	say(f, "two: 567\n");
	expect(viewer, &seen, "two: 567\n");
	say(f, "three\n");
	expect(viewer, &seen, "three\n");
	assert_int_equal(console_slice(f->log, before, out, NULL), 0);
	assert_int_equal(file_read(out, 100, &text, NULL), 0);
	assert_string_equal(text.buf, "one: 567\ntwo: 567\nthree\n");
	assert_int_equal(console_slice(f->log, clock_now_ms() + 60000, out,
				       NULL), 0);
	assert_int_equal(file_size(out), 0);
}

/* Serial ports send zeros when the power comes. */
static void test_tail_with_zeros(void **state)
{
	static const char text[] = "\0\0GRUB\0\nironbird-iron1-17\r\n";
	struct fixture *f = *state;

	assert_false(console_tail_has(f->log, "GRUB"));
	assert_int_equal(file_publish(f->log, text, sizeof(text) - 1, 0644,
				      NULL), 0);
	assert_true(console_tail_has(f->log, "ironbird-iron1-17"));
	assert_false(console_tail_has(f->log, "ironbird-iron1-18"));
}

static void test_second_recorder(void **state)
{
	struct fixture *f = *state;
	struct console_source source = make_source(f);
	const struct console_record_spec spec = {
		.name = "iron1", .log = f->log, .source = &source,
		.max_bytes = FLOOD_MAX, .keep = 1,
	};
	struct error err = ERROR_INIT;

	start_recorder(f, 0);
	assert_int_equal(console_record(&spec, &err), -1);
	assert_int_equal(err.kind, ERROR_AGAIN);
	console_source_release(&source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_records_with_times,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_last_lines, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_one_writer, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_bad_request, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_slow_viewer, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_rotation, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_device_comes_again,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_second_recorder, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_tail_with_zeros, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_gap, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_slice_over_rotation,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
