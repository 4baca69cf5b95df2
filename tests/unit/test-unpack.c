/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tars that hosts made, honest and not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strvec.h"
#include "ts/unpack.h"

static char *dir;	/* every test's own working folder */
static struct error err;
static struct strvec names;
static struct archive *tar;

static void found(const char *name, const char *path)
{
	assert_true(file_exists(path));
	strvec_push(&names, name);
}

static const char *const tops[] = { "var", "etc", NULL };
static const struct unpack_spec spec = {
	.dir = "out", .tops = tops, .max_bytes = 1000, .max_files = 20,
	.found = found,
};

static int set_up(void **state)
{
	(void)state;
	dir = xstrdup("/tmp/test-unpack.XXXXXX");
	err = (struct error)ERROR_INIT;
	strvec_init(&names);
	if (!mkdtemp(dir) || chdir(dir) < 0 || mkdir("out", 0755) < 0)
		return -1;
	tar = archive_write_new();
	archive_write_set_format_pax_restricted(tar);
	archive_write_add_filter_gzip(tar);
	return archive_write_open_filename(tar, "tar.gz") == ARCHIVE_OK ?
		0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	archive_write_free(tar);
	strvec_release(&names);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(dir_remove(dir, NULL), 0);
	free_pointer(&dir);
	return 0;
}

static struct archive_entry *entry(const char *name, unsigned type)
{
	struct archive_entry *made = archive_entry_new();

	archive_entry_set_pathname(made, name);
	archive_entry_set_filetype(made, type);
	archive_entry_set_perm(made, 04777);
	archive_entry_set_size(made, 0);
	return made;
}

static void add(struct archive_entry *made, const char *text)
{
	assert_int_equal(archive_write_header(tar, made), ARCHIVE_OK);
	assert_int_equal(archive_write_data(tar, text, strlen(text)),
			 (int)strlen(text));
	archive_entry_free(made);
}

static void add_file(const char *name, const char *text)
{
	struct archive_entry *made = entry(name, AE_IFREG);

	archive_entry_set_size(made, (la_int64_t)strlen(text));
	add(made, text);
}

static void add_link(const char *name, const char *to)
{
	struct archive_entry *made = entry(name, AE_IFLNK);

	archive_entry_set_symlink(made, to);
	add(made, "");
}

static int unpack(void)
{
	assert_int_equal(archive_write_close(tar), ARCHIVE_OK);
	return unpack_tar("tar.gz", &spec, &err);
}

static void assert_text(const char *path, const char *wanted)
{
	AUTO_STRBUF text = STRBUF_INIT;

	assert_int_equal(file_read(path, 100, &text, &err), 0);
	assert_string_equal(text.buf, wanted);
}

static void assert_refused(const char *part)
{
	assert_int_equal(unpack(), -1);
	assert_int_equal(err.kind, ERROR_BROKEN);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in: %s", part, err.text);
}

static void test_files(void **state)
{
	struct stat st;

	(void)state;
	add(entry("var/", AE_IFDIR), "");
	add_file("var/log/a", "one");
	add_file("/etc/b", "two");
	add_file("./etc/c", "");
	assert_int_equal(unpack(), 0);
	assert_int_equal(names.count, 3);
	assert_string_equal(names.v[0], "var/log/a");
	assert_text("out/var/log/a", "one");
	assert_text("out/etc/b", "two");
	assert_int_equal(stat("out/etc/b", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
}

/* What we wrote beside it stays ours. */
static void test_tops(void **state)
{
	(void)state;
	assert_int_equal(file_publish("out/console", "ours", 4, 0644, &err), 0);
	add_file("console", "theirs");
	add_file("console/x", "theirs");
	add_file("varnish/x", "theirs");
	add_file("var", "theirs");
	add_file(".", "theirs");
	assert_int_equal(unpack(), 0);
	assert_int_equal(names.count, 0);
	assert_text("out/console", "ours");
	assert_false(file_exists("out/varnish"));
}

static void test_ways_out(void **state)
{
	char longest[600];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	memcpy(longest, "var/", 4);
	add_file("var/../../away", "x");
	add_file("../away", "x");
	add_file(longest, "x");
	add_link("var/out", "/");
	add_link("etc", dir);
	add(entry("var/fifo", AE_IFIFO), "");
	add_file("var/out/away", "x");
	add_file("etc/away", "x");
	assert_int_equal(unpack(), 0);
	assert_int_equal(names.count, 2);
	assert_false(file_exists("away"));
	assert_false(file_exists("/away"));
	assert_false(file_exists("out/var/fifo"));
	assert_text("out/etc/away", "x");
}

/* A link that is there already leads nowhere, and no file is written through
 * one that a file of the same name was. */
static void test_links_below(void **state)
{
	(void)state;
	assert_int_equal(mkdir("elsewhere", 0755), 0);
	assert_int_equal(symlink("../elsewhere", "out/var"), 0);
	add_file("var/x", "x");
	assert_int_equal(unpack(), 0);
	assert_false(file_exists("elsewhere/x"));
	assert_text("out/var/x", "x");
}

/* Logs may be below a link of the user's, which stays what it is. */
static void test_link_above(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(rename("out", "real"), 0);
	assert_int_equal(symlink("real", "out"), 0);
	add_file("var/x", "x");
	assert_int_equal(unpack(), 0);
	assert_int_equal(lstat("out", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_text("real/var/x", "x");
}

static void test_too_much(void **state)
{
	char text[600];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	add_file("var/a", text);
	add_file("var/b", text);
	assert_refused("larger than 1000 bytes");
	assert_int_equal(names.count, 1);
}

/* The size in a header of ustar, and its check sum (tar(5)). */
static void set_size(unsigned char *header, int64_t size)
{
	unsigned sum = 0;

	header[124] = 0x80;	/* what follows is binary */
	for (int i = 135; i > 124; i--, size >>= 8)
		header[i] = size & 0xff;
	memset(header + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += header[i];
	snprintf((char *)header + 148, 7, "%06o", sum);
}

/* Sizes whose sum is negative. */
static void test_size_that_lies(void **state)
{
	AUTO_STRBUF text = STRBUF_INIT;
	char most[900];

	(void)state;
	memset(most, 'x', sizeof(most) - 1);
	most[sizeof(most) - 1] = '\0';
	archive_write_free(tar);
	tar = archive_write_new();
	archive_write_set_format_ustar(tar);
	assert_int_equal(archive_write_open_filename(tar, "tar"), ARCHIVE_OK);
	add_file("var/a", most);
	add_file("var/b", "much");
	assert_int_equal(archive_write_close(tar), ARCHIVE_OK);
	assert_int_equal(file_read("tar", 100000, &text, &err), 0);
	assert_string_equal(text.buf + 1536, "var/b");
	/* libarchive takes none that is nearer to the largest number */
	set_size((unsigned char *)text.buf + 1536, INT64_MAX - 600);
	assert_int_equal(file_publish("tar", text.buf, text.len, 0644, &err),
			 0);
	assert_int_equal(unpack_tar("tar", &spec, &err), -1);
	if (!strstr(err.text, "larger than 1000 bytes"))
		fail_msg("%s", err.text);
	assert_false(file_exists("out/var/b"));
}

static void test_too_many(void **state)
{
	(void)state;
	for (int i = 0; i < 21; i++)
		add(entry("lib/x", AE_IFDIR), "");
	assert_refused("more than 20 files");
}

static void test_no_tar(void **state)
{
	struct unpack_spec nowhere = spec;

	(void)state;
	assert_int_equal(unpack_tar("none", &spec, &err), -1);
	assert_int_equal(file_publish("bad", "\037\213\010damaged", 10, 0644,
				      &err), 0);
	assert_int_equal(unpack_tar("bad", &spec, &err), -1);
	nowhere.dir = "nowhere";
	assert_int_equal(unpack_tar("tar.gz", &nowhere, &err), -1);
	assert_non_null(strstr(err.text, "nowhere"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_files),
		TEST(test_tops),
		TEST(test_ways_out),
		TEST(test_links_below),
		TEST(test_link_above),
		TEST(test_too_much),
		TEST(test_size_that_lies),
		TEST(test_too_many),
		TEST(test_no_tar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
