/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are whole or not there, locks, hashes; and waiting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/strvec.h"
#include "base/wait.h"

#define BIG 300000

static char *dir;	/* every test's own working folder */
static struct error err;

static int set_up(void **state)
{
	(void)state;
	dir = xstrdup("/tmp/test-files.XXXXXX");
	err = (struct error)ERROR_INIT;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(dir_remove(dir, NULL), 0);
	assert_false(file_exists(dir));
	free_pointer(&dir);
	return 0;
}

static void put(const char *path, const char *text)
{
	if (file_publish(path, text, strlen(text), 0644, &err) < 0)
		fail_msg("%s", err.text);
}

static void assert_content(const char *path, const char *text)
{
	AUTO_STRBUF sb = STRBUF_INIT;

	if (file_read(path, 1 << 20, &sb, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(sb.buf, text);
}

static void assert_error(int rc, enum error_kind kind, const char *part)
{
	assert_int_equal(rc, -1);
	assert_int_equal(err.kind, kind);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in '%s'", part, err.text);
}

/* Hashes names and contents: equal when nothing came or went. */
static void assert_hash(const char *path, const char *other, bool same)
{
	char a[SHA256_HEX_SIZE];

	assert_int_equal(dir_sha256(path, a, &err), 0);
	if (same)
		assert_string_equal(a, other);
	else
		assert_string_not_equal(a, other);
}

/* ---- publishing and reading --------------------------------------------- */

static void test_publish(void **state)
{
	mode_t mask = umask(077);
	struct stat st;

	(void)state;
	put("a/b/c", "one");
	umask(mask);
	put("plain", "");
	assert_int_equal(stat("a/b/c", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(file_publish("a/b/c", "two", 3, 0600, &err), 0);
	assert_content("a/b/c", "two");
	assert_int_equal(stat("a/b/c", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(file_size("a/b/c"), 3);
	assert_int_equal(file_size("nowhere"), -1);
	assert_int_equal(file_copy("a/b/c", "d/e", 0755, &err), 0);
	assert_content("d/e", "two");
	assert_error(file_copy("nowhere", "d/e", 0644, &err), ERROR_BROKEN,
		     "cannot open nowhere: No such file");
	assert_content("d/e", "two");
	assert_int_equal(file_remove("d/e", &err), 0);
	assert_int_equal(file_remove("d/e", &err), 0);
	assert_false(file_exists("d/e"));
}

/* A reader sees all of one version or all of another, never less. */
static void test_publish_is_atomic(void **state)
{
	AUTO_FREE char *data = xmalloc(BIG);
	pid_t reader;
	int wstatus;

	(void)state;
	memset(data, 'a', BIG);
	assert_int_equal(file_publish("f", data, BIG, 0644, &err), 0);
	reader = fork();
	while (reader == 0) {
		AUTO_STRBUF sb = STRBUF_INIT;

		if (file_exists("stop"))
			_exit(0);
		if (file_read("f", BIG, &sb, NULL) < 0 || sb.len != BIG ||
		    strspn(sb.buf, (char[]){ sb.buf[0], 0 }) != BIG)
			_exit(1);
	}
	for (int i = 0; i < 40; i++) {
		memset(data, 'a' + i % 26, BIG);
		assert_int_equal(file_publish("f", data, BIG, 0644, &err), 0);
	}
	put("stop", "");
	assert_int_equal(waitpid(reader, &wstatus, 0), reader);
	assert_int_equal(wstatus, 0);
}

static void test_publish_that_fails(void **state)
{
	char before[SHA256_HEX_SIZE];
	AUTO_FREE char *data = xcalloc(1, BIG);
	const struct rlimit small = { 4096, 4096 };
	pid_t pid;
	int wstatus;

	(void)state;
	put("f", "old");
	assert_int_equal(dir_make("folder/in", 0755, &err), 0);
	assert_int_equal(dir_sha256(dir, before, &err), 0);
	assert_error(file_publish("f/below", "x", 1, 0644, &err), ERROR_BROKEN,
		     "cannot make the folder f");
	assert_error(file_publish("folder", "x", 1, 0644, &err), ERROR_BROKEN,
		     "cannot publish folder");
	pid = fork();
	if (pid == 0) {	/* as on a full disk: a write that does not fit */
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		_exit(file_publish("f", data, BIG, 0644, &err) == -1 &&
		      strstr(err.text, "cannot write f: ") ? 7 : 1);
	}
	assert_int_equal(waitpid(pid, &wstatus, 0), pid);
	assert_int_equal(WEXITSTATUS(wstatus), 7);
	assert_content("f", "old");
	assert_hash(dir, before, true);
}

static void test_read_limits(void **state)
{
	AUTO_STRBUF sb = STRBUF_INIT;

	(void)state;
	put("f", "0123456789");
	assert_int_equal(file_read("f", 10, &sb, &err), 0);
	assert_error(file_read("f", 9, &sb, &err), ERROR_USAGE,
		     "f is longer than the 9 bytes it may have");
	assert_error(file_read("nowhere", 9, &sb, &err), ERROR_BROKEN,
		     "cannot open nowhere");
	assert_error(file_read(".", 9, &sb, &err), ERROR_BROKEN,
		     "cannot read .");
	strbuf_clear(&sb);
	assert_int_equal(file_read_tail("f", 4, &sb, &err), 0);
	assert_string_equal(sb.buf, "6789");
	assert_int_equal(file_read_tail("f", 100, &sb, &err), 0);
	assert_string_equal(sb.buf, "67890123456789");
	put("empty", "");
	assert_int_equal(file_read_tail("empty", 4, &sb, &err), 0);
	assert_int_equal(sb.len, 14);
	assert_error(file_read_tail("nowhere", 4, &sb, &err), ERROR_BROKEN,
		     "cannot open nowhere");
}

/* ---- folders ------------------------------------------------------------ */

static void test_folders(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(dir_make("a/b//c/", 0700, &err), 0);
	assert_int_equal(dir_make("a/b/c", 0755, &err), 0);
	assert_int_equal(stat("a/b/c", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	put("a/file", "x");
	assert_error(dir_make("a/file", 0755, &err), ERROR_BROKEN,
		     "cannot make the folder a/file");
	assert_int_equal(dir_make_parent("top", &err), 0);
	assert_int_equal(dir_make_parent("/top", &err), 0);
	assert_int_equal(dir_make_parent("p/q/r", &err), 0);
	assert_true(file_exists("p/q"));
	assert_false(file_exists("p/q/r"));
}

static void test_dir_list(void **state)
{
	AUTO_STRVEC names = STRVEC_INIT;

	(void)state;
	strvec_push(&names, "first");
	assert_int_equal(dir_list("none", &names, &err), -1);
	assert_non_null(strstr(err.text, "none"));
	assert_int_equal(names.count, 1);
	assert_int_equal(file_publish("in/b", "", 0, 0644, &err), 0);
	assert_int_equal(file_publish("in/.hidden", "", 0, 0644, &err), 0);
	assert_int_equal(dir_make("in/a", 0755, &err), 0);
	assert_int_equal(dir_list("in", &names, &err), 0);
	assert_int_equal(names.count, 3);
	assert_string_equal(names.v[0], "first");
	assert_string_equal(names.v[1], "a");
	assert_string_equal(names.v[2], "b");
	assert_int_equal(dir_list("in/b", &names, &err), -1);
}

static void test_dir_remove(void **state)
{
	(void)state;
	put("outside/kept", "kept");
	put("gone/a/b/c", "x");
	put("gone/.hidden", "x");
	assert_int_equal(dir_make("gone/empty", 0000, &err), 0);
	assert_int_equal(symlink("../outside", "gone/link"), 0);
	assert_int_equal(symlink("../../outside", "gone/a/link"), 0);
	assert_int_equal(symlink("/nowhere", "gone/dangling"), 0);
	assert_int_equal(dir_remove("gone", &err), 0);
	assert_false(file_exists("gone"));
	assert_content("outside/kept", "kept");
	assert_int_equal(dir_remove("gone", &err), 0);
	assert_int_equal(symlink("outside", "link"), 0);
	assert_int_equal(dir_remove("link", &err), 0);
	assert_int_equal(access("link", F_OK), -1);
	assert_content("outside/kept", "kept");
}

/* ---- locks -------------------------------------------------------------- */

/* A process that holds the lock until go is closed. */
static pid_t hold_lock(const char *path, int *go)
{
	int held[2], release[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(held), 0);
	assert_int_equal(pipe(release), 0);
	pid = fork();
	if (pid == 0) {
		close(release[1]);
		if (file_lock(path, 0, NULL) < 0 || write(held[1], "x", 1) < 0)
			_exit(1);
		_exit(read(release[0], &c, 1) == 0 ? 0 : 1);
	}
	close(held[1]);
	close(release[0]);
	assert_int_equal(read(held[0], &c, 1), 1);
	close(held[0]);
	*go = release[1];
	return pid;
}

static void test_lock(void **state)
{
	int64_t start = clock_mono_ms();
	int wstatus, go, fd;
	pid_t pid = hold_lock("locks/one", &go);

	(void)state;
	assert_error(file_lock("locks/one", 0, &err), ERROR_AGAIN,
		     "locks/one is locked by another process");
	assert_error(file_lock("locks/one", 60, &err), ERROR_AGAIN, "locked");
	assert_true(clock_mono_ms() - start >= 60);
	fd = file_lock("locks/two", 0, &err);
	assert_true(fd >= 0);
	close(fd);
	close(go);
	fd = file_lock("locks/one", 20000, &err);
	assert_true(fd >= 0);
	assert_int_equal(file_lock("locks/one", 0, &err), -1);
	close(fd);
	assert_int_equal(waitpid(pid, &wstatus, 0), pid);
	assert_int_equal(wstatus, 0);
	fd = file_lock("locks/one", 0, &err);
	assert_true(fd >= 0);
	close(fd);
	assert_error(file_lock("/proc/none", 0, &err), ERROR_BROKEN,
		     "cannot open the lock /proc/none");
}

/* ---- hashes ------------------------------------------------------------- */

/* FIPS 180-2, appendix B. */
static void test_sha256(void **state)
{
	char hex[SHA256_HEX_SIZE];
	AUTO_FREE char *million = xmalloc(1000000);

	(void)state;
	data_sha256("", 0, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb924"
			    "27ae41e4649b934ca495991b7852b855");
	put("abc", "abc");
	assert_int_equal(file_sha256("abc", hex, &err), 0);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
			    "b00361a396177a9cb410ff61f20015ad");
	memset(million, 'a', 1000000);
	assert_int_equal(file_publish("a", million, 1000000, 0644, &err), 0);
	assert_int_equal(file_sha256("a", hex, &err), 0);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
			    "f1809a48a497200e046d39ccc7112cd0");
	assert_error(file_sha256("nowhere", hex, &err), ERROR_BROKEN,
		     "cannot open nowhere");
	assert_error(file_sha256(".", hex, &err), ERROR_BROKEN,
		     "cannot read .");
}

static void test_dir_sha256(void **state)
{
	char first[SHA256_HEX_SIZE];

	(void)state;
	put("t/a/x", "1");
	put("t/b", "2");
	assert_int_equal(symlink("b", "t/link"), 0);
	assert_int_equal(dir_sha256("t", first, &err), 0);
	put("t/b", "2");
	assert_hash("t", first, true);
	assert_int_equal(rename("t", "elsewhere"), 0);
	assert_hash("elsewhere", first, true);
	assert_int_equal(rename("elsewhere", "t"), 0);
	put("t/b", "3");
	assert_hash("t", first, false);
	put("t/b", "2");
	assert_int_equal(rename("t/b", "t/c"), 0);
	assert_hash("t", first, false);
	assert_int_equal(rename("t/c", "t/b"), 0);
	assert_int_equal(chmod("t/b", 0755), 0);
	assert_hash("t", first, false);
	assert_int_equal(chmod("t/b", 0600), 0);
	assert_hash("t", first, true);
	assert_int_equal(rename("t/a/x", "t/x"), 0);
	assert_hash("t", first, false);
	assert_int_equal(rename("t/x", "t/a/x"), 0);
	assert_int_equal(unlink("t/link"), 0);
	assert_hash("t", first, false);
	assert_int_equal(symlink("nowhere", "t/link"), 0);
	assert_hash("t", first, false);
	assert_error(dir_sha256("nowhere", first, &err), ERROR_BROKEN,
		     "cannot read the folder nowhere");
}

static void test_random(void **state)
{
	AUTO_FREE char *a = random_hex(12), *b = random_hex(12);

	(void)state;
	assert_int_equal(strlen(a), 24);
	assert_int_equal(strspn(a, "0123456789abcdef"), 24);
	assert_string_not_equal(a, b);
}

/* ---- waiting ------------------------------------------------------------ */

struct awaited {
	int looked, enough;
	bool happened, fails;
	const char *last;
};

static enum wait_answer look(void *arg, struct error *e)
{
	struct awaited *awaited = arg;

	awaited->looked++;
	if (awaited->fails)
		return error_set(e, ERROR_FAIL, "it crashed");
	if (awaited->enough && awaited->looked >= awaited->enough)
		return WAIT_DONE;
	return awaited->happened ? WAIT_DONE : WAIT_MORE;
}

static const char *last_seen(void *arg)
{
	return ((struct awaited *)arg)->last;
}

static int on_time(sd_event_source *source, uint64_t usec, void *arg)
{
	(void)source;
	(void)usec;
	((struct awaited *)arg)->happened = true;
	return 0;
}

static void test_wait_deadline(void **state)
{
	struct awaited awaited = { .enough = 0 };
	int64_t start = clock_mono_ms();
	struct wait_spec spec = {
		.what = "no ssh answer from host iron1", .limit_ms = 50,
		.check = look, .arg = &awaited, .last_seen = last_seen,
	};

	(void)state;
	assert_error(wait_for(&spec, &err), ERROR_BROKEN,
		     "no ssh answer from host iron1 within 0.05 s");
	assert_null(strstr(err.text, "last seen"));
	assert_true(clock_mono_ms() - start >= 50);
	assert_true(awaited.looked >= 2 && awaited.looked <= 4);
	awaited.last = "GET /booted";
	assert_error(wait_for(&spec, &err), ERROR_BROKEN,
		     "within 0.05 s (last seen: GET /booted)");
	awaited.fails = true;
	awaited.looked = 0;
	assert_error(wait_for(&spec, &err), ERROR_FAIL, "it crashed");
	assert_int_equal(awaited.looked, 1);
}

static void test_wait_for_events(void **state)
{
	struct awaited awaited = { .enough = 3 };
	int64_t start = clock_mono_ms();
	sd_event *event = NULL;
	struct wait_spec spec = {
		.what = "nothing", .limit_ms = 60000, .poll_ms = 5,
		.check = look, .arg = &awaited,
	};

	(void)state;
	assert_int_equal(wait_for(&spec, &err), 0);
	assert_int_equal(awaited.looked, 3);
	awaited = (struct awaited){ .looked = 0 };
	assert_true(sd_event_new(&event) >= 0);
	assert_true(sd_event_add_time_relative(event, NULL, CLOCK_MONOTONIC,
					       20000, 1, on_time,
					       &awaited) >= 0);
	spec.event = event;
	spec.poll_ms = 0;
	assert_int_equal(wait_for(&spec, &err), 0);
	assert_true(awaited.looked >= 2 && awaited.looked <= 4);
	assert_int_equal(wait_for(&spec, &err), 0);
	assert_true(clock_mono_ms() - start < 20000);
	sd_event_unref(event);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_publish),
		TEST(test_publish_is_atomic),
		TEST(test_publish_that_fails),
		TEST(test_read_limits),
		TEST(test_folders),
		TEST(test_dir_list),
		TEST(test_dir_remove),
		TEST(test_lock),
		TEST(test_sha256),
		TEST(test_dir_sha256),
		TEST(test_random),
		TEST(test_wait_deadline),
		TEST(test_wait_for_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
