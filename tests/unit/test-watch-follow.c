/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that grow, move, shrink and appear while they are followed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/strvec.h"
#include "base/wait.h"
#include "watch/follow.h"

struct fixture {
	char dir[64];
	char *log, *old;
	sd_event *event;
	struct follow *follow;
	size_t count;
	struct strvec lines;		/* the first 10 of them: "TEXT", or
					   "~TEXT" if incomplete */
	bool numbered;			/* each must be its own number */
	int64_t offset;			/* of the last one */
	uint32_t generation;
	size_t wanted;
};

static void on_line(const struct follow_line *line, void *arg)
{
	struct fixture *f = arg;

	assert_int_equal(strlen(line->text), line->len);
	if (f->numbered)
		assert_int_equal(atoi(line->text), f->count);
	else if (f->count < 10)
		strvec_pushf(&f->lines, "%s%s", line->incomplete ? "~" : "",
			     line->text);
	f->count++;
	f->offset = line->offset;
	f->generation = line->generation;
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/test-follow.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->log = xasprintf("%s/log", f->dir);
	f->old = xasprintf("%s/log.1", f->dir);
	assert_true(sd_event_new(&f->event) >= 0);
	strvec_init(&f->lines);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	follow_close(f->follow);
	sd_event_unref(f->event);
	strvec_release(&f->lines);
	assert_int_equal(dir_remove(f->dir, NULL), 0);
	free(f->log);
	free(f->old);
	free(f);
	return 0;
}

static void put(const char *path, int flags, const void *data, size_t len)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags,
				 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
}

static void append(const char *path, const char *text)
{
	put(path, O_APPEND, text, strlen(text));
}

static void begin(struct fixture *f, bool from_start, int64_t partial_ms)
{
	struct follow_spec spec = {
		.path = f->log,
		.from_start = from_start,
		.partial_ms = partial_ms,
		.callback = on_line,
		.arg = f,
	};
	struct error err = ERROR_INIT;

	if (follow_open(&f->follow, f->event, &spec, &err) < 0)
		fail_msg("%s", err.text);
}

static enum wait_answer check(void *arg, struct error *err)
{
	struct fixture *f = arg;

	(void)err;
	return f->count >= f->wanted ? WAIT_DONE : WAIT_MORE;
}

/* Runs the loop until there are count lines since the start. */
static void want(struct fixture *f, size_t count)
{
	struct wait_spec wait = {
		.what = "lines",
		.limit_ms = 20000,
		.event = f->event,
		.check = check,
		.arg = f,
	};
	struct error err = ERROR_INIT;

	f->wanted = count;
	if (wait_for(&wait, &err) < 0)
		fail_msg("%zu of %zu lines: %s", f->count, count,
			 err.text);
	assert_int_equal(f->count, count);
}

/* Lets the loop see all that is pending. */
static void settle(struct fixture *f)
{
	while (sd_event_run(f->event, 20000) > 0)
		;
}

static const char *last(const struct fixture *f)
{
	return f->lines.v[f->lines.count - 1];
}

static void test_append(void **state)
{
	static const char binary[] = "\0\0a\0b\xff\x01\n";
	struct fixture *f = *state;

	append(f->log, "before\n");
	begin(f, false, 0);
	append(f->log, "one\ntwo\r\n\nthr");
	want(f, 3);
	assert_string_equal(f->lines.v[0], "one");
	assert_string_equal(f->lines.v[1], "two");
	assert_string_equal(f->lines.v[2], "");
	append(f->log, "ee\n");
	want(f, 4);
	assert_string_equal(last(f), "three");
	assert_int_equal(f->offset, 17);
	put(f->log, O_APPEND, binary, sizeof(binary) - 1);
	want(f, 5);
	assert_string_equal(last(f), "a?b\xff\x01");
	assert_int_equal(f->offset, 25);
}

static void test_open_in_line(void **state)
{
	struct fixture *f = *state;

	append(f->log, "before\nhal");
	begin(f, false, 0);
	append(f->log, "f\n");
	want(f, 1);
	assert_string_equal(last(f), "half");
	assert_int_equal(f->offset, 7);
}

static void test_not_there_yet(void **state)
{
	struct fixture *f = *state;

	begin(f, false, 0);
	append(f->old, "another file\n");
	settle(f);
	append(f->log, "first\n");
	want(f, 1);
	assert_string_equal(last(f), "first");
	assert_int_equal(unlink(f->log), 0);
	append(f->log, "again\n");
	want(f, 2);
	assert_string_equal(last(f), "again");
}

static void test_no_folder(void **state)
{
	struct fixture *f = *state;
	struct follow_spec spec = {
		.path = "/nowhere/at/all/log", .callback = on_line,
	};
	struct error err = ERROR_INIT;

	assert_int_equal(follow_open(&f->follow, f->event, &spec, &err), -1);
	assert_int_equal(err.kind, ERROR_BROKEN);
	assert_non_null(strstr(err.text, "/nowhere/at/all"));
}

static void test_long_line(void **state)
{
	struct fixture *f = *state;
	static char big[200000];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\n';
	begin(f, true, 0);
	append(f->log, "short\n");
	put(f->log, O_APPEND, big, sizeof(big));
	append(f->log, "after\n");
	want(f, 3);
	assert_int_equal(strlen(f->lines.v[1]), FOLLOW_LINE_MAX);
	assert_string_equal(last(f), "after");
	assert_int_equal(f->offset, 6 + sizeof(big));
}

static void test_rename(void **state)
{
	struct fixture *f = *state;
	uint32_t generation;
	int writer;

	append(f->log, "zero\n");
	begin(f, false, 0);
	append(f->log, "one\n");
	want(f, 1);
	generation = f->generation;
	/* The writer goes on with the old file until it is told. */
	writer = open(f->log, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(rename(f->log, f->old), 0);
	assert_int_equal(write(writer, "two\n", 4), 4);
	append(f->log, "three\n");
	want(f, 3);
	assert_string_equal(f->lines.v[1], "two");
	assert_string_equal(f->lines.v[2], "three");
	assert_int_not_equal(f->generation, generation);
	assert_int_equal(f->offset, 0);
	assert_int_equal(write(writer, "late\n", 5), 5);
	want(f, 4);
	assert_string_equal(last(f), "late");
	assert_int_equal(f->generation, generation);
	assert_int_equal(write(writer, "end", 3), 3);
	close(writer);
	/* Gone for good: its last words are a line. */
	assert_int_equal(unlink(f->old), 0);
	want(f, 5);
	assert_string_equal(last(f), "end");
}

static void test_truncate(void **state)
{
	struct fixture *f = *state;
	char long_line[500] = { [498] = '\n' };
	uint32_t generation;

	append(f->log, "zero\n");
	begin(f, false, 0);
	append(f->log, "one\ntwo\n");
	want(f, 2);
	generation = f->generation;
	assert_int_equal(truncate(f->log, 0), 0);
	append(f->log, "three\n");
	want(f, 3);
	assert_int_equal(f->offset, 0);
	assert_int_not_equal(f->generation, generation);
	/* Shrunk and grown beyond what was read, before anybody looked. */
	assert_int_equal(truncate(f->log, 0), 0);
	append(f->log, "a line that is longer than three\nnext\n");
	want(f, 5);
	assert_string_equal(f->lines.v[3], "a line that is longer than three");
	/* Much shorter than what was read, and nothing comes after it. */
	memset(long_line, 'x', 498);
	append(f->log, long_line);
	want(f, 6);
	assert_int_equal(truncate(f->log, 0), 0);
	append(f->log, "short\n");
	want(f, 7);
	assert_string_equal(last(f), "short");
}

/* A writer without O_APPEND goes on where it was: there is a hole. */
static void test_truncate_hole(void **state)
{
	struct fixture *f = *state;
	static char big[100000];
	int writer;

	memset(big, '.', sizeof(big));
	big[sizeof(big) - 1] = '\n';
	put(f->log, 0, big, sizeof(big));
	begin(f, false, 0);
	writer = open(f->log, O_WRONLY | O_CLOEXEC);
	assert_int_equal(lseek(writer, 0, SEEK_END), sizeof(big));
	assert_int_equal(truncate(f->log, 0), 0);
	settle(f);
	assert_int_equal(write(writer, "on\n", 3), 3);
	close(writer);
	want(f, 1);
	assert_string_equal(last(f), "on");
	assert_int_equal(f->offset, sizeof(big));
}

static void test_prompt(void **state)
{
	struct fixture *f = *state;
	int64_t start;

	append(f->log, "boot\n");
	begin(f, false, 50);
	start = clock_mono_ms();
	append(f->log, "iron1 login: ");
	want(f, 1);
	assert_string_equal(last(f), "~iron1 login: ");
	assert_true(clock_mono_ms() - start >= 49);
	sd_event_run(f->event, 150000);
	assert_int_equal(f->count, 1);
	append(f->log, "root\n");
	want(f, 2);
	assert_string_equal(last(f), "iron1 login: root");
	assert_int_equal(f->offset, 5);
}

#define STORM 20000
#define ROTATED 5000	/* lines */

/* Nothing is kept of a file that was rotated twice: not before it was read. */
static void await_reader(const struct fixture *f, size_t count)
{
	while (__atomic_load_n(&f->count, __ATOMIC_RELAXED) < count)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

/* Writes numbered lines, and rotates now and then as logrotate does. */
static void *storm(void *arg)
{
	struct fixture *f = arg;
	FILE *out = fopen(f->log, "ae");

	for (int i = 0; i < STORM; i++) {
		if ((i + 1) % ROTATED == 0) {
			await_reader(f, (size_t)(i + 1 - ROTATED));
			rename(f->log, f->old);
			fprintf(out, "%d\n", i);
			out = freopen(f->log, "ae", out);
			continue;
		}
		fprintf(out, "%d\n", i);
		if (i % 7 == 0)
			fflush(out);
	}
	fclose(out);
	return NULL;
}

static void test_storm(void **state)
{
	struct fixture *f = *state;
	pthread_t thread;

	f->numbered = true;
	append(f->log, "");
	begin(f, true, 0);
	assert_int_equal(pthread_create(&thread, NULL, storm, f), 0);
	want(f, STORM);
	pthread_join(thread, NULL);
}

static int64_t other_ran;

static int on_other(sd_event_source *source, uint64_t usec, void *arg)
{
	struct fixture *f = arg;

	(void)source;
	(void)usec;
	other_ran = (int64_t)f->count;
	return 0;
}

/* A log of a million lines does not keep others from their turn. */
static void test_fair(void **state)
{
	struct fixture *f = *state;
	static char block[400000];

	memset(block, '\n', sizeof(block));
	put(f->log, O_APPEND, block, sizeof(block));
	begin(f, true, 0);
	other_ran = -1;
	assert_true(sd_event_add_time_relative(f->event, NULL,
		CLOCK_MONOTONIC, 0, 1, on_other, f) >= 0);
	want(f, sizeof(block));
	assert_in_range(other_ran, 0, 200000);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_append), TEST(test_open_in_line),
		TEST(test_not_there_yet), TEST(test_no_folder),
		TEST(test_long_line), TEST(test_rename), TEST(test_truncate),
		TEST(test_truncate_hole), TEST(test_prompt),
		TEST(test_storm), TEST(test_fair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
