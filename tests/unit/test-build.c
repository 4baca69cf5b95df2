/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees, patches, packing and the stash, on small ones made here. */
#include <stdio.h>

#include "base/proc.h"
#include "build/errorline.h"
#include "build/pack.h"
#include "build/patch.h"
#include "build/stash.h"
#include "build/tree.h"
#include "db/flights.h"
#include "db/jobs.h"
#include "db/stash.h"
#include "tests/unit/config-fixture.h"
#include "tests/unit/outcome.h"

#define SHA_OF_OLD "0123456789012345678901234567890123456789"

static struct tree tree;

/* A constant script, in the test's folder. */
static void sh(const char *script)
{
	char *argv[] = { (char *)"sh", (char *)"-euc", (char *)script, NULL };
	const struct proc_spec spec = {
		.argv = argv, .dir = dir, .limit_ms = 60000,
	};

	ok(proc_check(&spec, &err));
}

static const char make_tree[] =
	"export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=C"
	" GIT_COMMITTER_EMAIL=c@d\n"
	"git init -q -b master src; cd src\n"
	"echo one >file; git add file; git commit -qm one; git tag v1\n"
	"echo two >file; git commit -qam two\n";

/* --- patches ------------------------------------------------------------- */

static void mail_header(void **state)
{
	struct patch_header h;

	(void)state;
	patch_header_parse(&h,
		"From 0123456 Mon Sep 17 00:00:00 2001\n"
		"From: \"Ada Example\" <ada@example.org>\n"
		"Date: Fri, 22 Feb 2019 12:24:35 +0100\n"
		"Subject: [PATCH 2/3] pygrub: Specify a very long\n"
		" path\n\nWhy this is so.\n\nSigned-off-by: A\n---\n file | 2\n"
		"diff --git a/file b/file\n");
	assert_string_equal(h.name, "Ada Example");
	assert_string_equal(h.email, "ada@example.org");
	assert_int_equal(h.when, 1550834675);
	assert_string_equal(h.zone, "+0100");
	assert_string_equal(h.subject, "pygrub: Specify a very long path");
	assert_string_equal(h.body, "Why this is so.\n\nSigned-off-by: A");
	patch_header_release(&h);
}

static void encoded_header(void **state)
{
	struct patch_header h;

	(void)state;
	patch_header_parse(&h,
		"From: =?utf-8?q?Marek_G=C3=B3recki?= <m@example.org>\n"
		"Subject: =?UTF-8?B?Z3LDvMOfZQ==?=\n\nb\n--- a/file\n");
	assert_string_equal(h.name, "Marek G\xc3\xb3recki");
	assert_string_equal(h.subject, "gr\xc3\xbc\xc3\x9f" "e");
	patch_header_release(&h);
}

static void dep3_header(void **state)
{
	struct patch_header h;

	(void)state;
	patch_header_parse(&h, "Description: Fix it\n More of it.\n"
			   "Author: Bo <bo@example.org>\n"
			   "Last-Update: 2013-10-07\n\n--- a/file\n+++ b/file\n");
	assert_string_equal(h.email, "bo@example.org");
	assert_int_equal(h.when, 1381104000);
	assert_non_null(strstr(h.subject, "Fix it"));
	patch_header_release(&h);
	/* nothing told is nothing made up */
	patch_header_parse(&h, "Index: file\n--- file\n");
	assert_null(h.email);
	assert_int_equal(h.when, 0);
	assert_null(h.subject);
	assert_string_equal(h.body, "");
	patch_header_release(&h);
}

/* --- error lines --------------------------------------------------------- */

static const char *error_of(struct errorline *e, const char *text)
{
	errorline_release(e);
	/* in pieces, as pipes give them */
	for (size_t i = 0, n = strlen(text); i < n; i += 7)
		errorline_add(e, text + i, n - i < 7 ? n - i : 7);
	return errorline_text(e);
}

static void error_lines(void **state)
{
	struct errorline e = ERRORLINE_INIT;

	(void)state;
	assert_string_equal(error_of(&e, "  CC a.o\na.c:3:1: error: no such\n"
				     "b.c:1:1: error: second\n"
				     "make: *** [Makefile:3: a.o] Error 1\n"),
			    "a.c:3:1: error: no such");
	assert_string_equal(error_of(&e, "warning: errors are bad\n"
				     "a.o: undefined reference to `f'\n"
				     "make: *** [x] Error 1\n"),
			    "a.o: undefined reference to `f'");
	assert_string_equal(error_of(&e, "gcc: not found\n"
				     "make: *** [Makefile:1: a] Error 127\n"),
			    "gcc: not found (make: *** [Makefile:1: a] Error "
			    "127)");
	assert_string_equal(error_of(&e, "only\nthis\n\n"), "this");
	assert_null(error_of(&e, ""));
	assert_null(errorline_short_of(&e, ERRORLINE_DISK));
	error_of(&e, "cc1: out of memory allocating 9 bytes\n"
		 "cp: error writing 'x': No space left on device\n"
		 "ld: final link failed: No space left on device\n");
	assert_string_equal(errorline_short_of(&e, ERRORLINE_DISK),
			    "cp: error writing 'x': No space left on device");
	assert_string_equal(errorline_short_of(&e, ERRORLINE_MEMORY),
			    "cc1: out of memory allocating 9 bytes");
	errorline_release(&e);
}

/* --- packing ------------------------------------------------------------- */

static void pack_is_reproducible(void **state)
{
	AUTO_FREE char *one = xasprintf("%s/one", dir);
	AUTO_FREE char *two = xasprintf("%s/two", dir);
	AUTO_FREE char *a = xasprintf("%s/a.tar.zst", dir);
	AUTO_FREE char *b = xasprintf("%s/b.tar.zst", dir);
	char hex_a[SHA256_HEX_SIZE], hex_b[SHA256_HEX_SIZE];
	int64_t bytes = 0;

	(void)state;
	sh("umask 022; mkdir -p one/boot one/usr; echo x >one/boot/xen\n"
	   "echo y >one/a; ln -s xen one/boot/link; chmod 755 one/a\n"
	   "umask 077; mkdir -p two/usr two/boot; ln -s xen two/boot/link\n"
	   "echo y >two/a; chmod 700 two/a; echo x >two/boot/xen\n"
	   "touch -d 2001-01-01 two/a");
	ok(dist_pack(one, a, 1700000000, &bytes, &err));
	ok(dist_pack(two, b, 1700000000, NULL, &err));
	assert_int_equal(bytes, 4);
	ok(file_sha256(a, hex_a, &err));
	ok(file_sha256(b, hex_b, &err));
	assert_string_equal(hex_a, hex_b);
	sh("mkdir out; tar --zstd -xf a.tar.zst -C out; diff -r one out\n"
	   "tar --zstd -tvf a.tar.zst | grep -q 'root/root .*2023-11-14.* a$'");
	refused(dist_pack(one, a, 0, NULL, &err), ERROR_BROKEN, "cannot make");
	sh("mkfifo one/pipe");
	sh("rm b.tar.zst");
	refused(dist_pack(one, b, 0, NULL, &err), ERROR_BROKEN,
		"one/pipe cannot be packed");
}

/* --- trees --------------------------------------------------------------- */

static void open_tree(void)
{
	load_text("Tree_small src\nRepos repos\n");
	ok(tree_open(&tree, config, "small", NULL, &err));
}

static void tree_revisions(void **state)
{
	char master[COMMIT_SIZE], v1[COMMIT_SIZE], other[COMMIT_SIZE];

	(void)state;
	sh(make_tree);
	open_tree();
	ok(tree_resolve(&tree, "master", master, &err));
	ok(tree_resolve(&tree, "v1", v1, &err));
	assert_string_not_equal(master, v1);
	ok(tree_resolve(&tree, "HEAD", other, &err));
	assert_string_equal(other, master);
	ok(tree_resolve(&tree, "master~1", other, &err));
	assert_string_equal(other, v1);
	master[9] = '\0';
	ok(tree_resolve(&tree, master, other, &err));
	assert_memory_equal(other, master, 9);
	refused(tree_resolve(&tree, "mastr", other, &err), ERROR_USAGE,
		"has no revision 'mastr' (did you mean 'master'?)");
	refused(tree_resolve(&tree, SHA_OF_OLD, other, &err), ERROR_USAGE,
		"has no revision");
	refused(tree_resolve(&tree, "--upload-pack=x", other, &err),
		ERROR_USAGE, "is no revision");
	tree_release(&tree);
}

static void tree_is_fetched_not_cloned(void **state)
{
	char before[COMMIT_SIZE], after[COMMIT_SIZE];

	(void)state;
	sh(make_tree);
	open_tree();
	ok(tree_resolve(&tree, "master", before, &err));
	sh("touch repos/small.git/kept");
	sh("cd src; echo three >file; git -c user.name=a -c user.email=b "
	   "commit -qam three");
	tree_release(&tree);
	ok(tree_open(&tree, config, "small", NULL, &err));
	/* a whole commit that is there needs no fetch */
	ok(tree_resolve(&tree, before, after, &err));
	assert_false(tree.fetched);
	ok(tree_resolve(&tree, "master", after, &err));
	assert_string_not_equal(before, after);
	sh("test -e repos/small.git/kept");
	tree_release(&tree);
}

static void tree_checkouts(void **state)
{
	AUTO_FREE char *work = xasprintf("%s/work/src", dir);
	char commit[COMMIT_SIZE];
	int64_t when = 0;

	(void)state;
	sh(make_tree);
	open_tree();
	ok(tree_resolve(&tree, "v1", commit, &err));
	ok(tree_checkout(&tree, commit, work, &err));
	sh("grep -qx one work/src/file; echo dirt >work/src/file");
	ok(tree_drop(&tree, work, &err));
	sh("test ! -e work/src");
	/* one that somebody removed by hand is no obstacle */
	ok(tree_checkout(&tree, commit, work, &err));
	sh("rm -r work/src");
	ok(tree_checkout(&tree, commit, work, &err));
	ok(tree_commit_time(&tree, commit, &when, &err));
	assert_true(when > 1700000000);
	tree_release(&tree);
}

static void tree_has_subtrees(void **state)
{
	AUTO_STRVEC subtrees = STRVEC_INIT;
	char commit[COMMIT_SIZE];

	(void)state;
	sh(make_tree);
	sh("cd src; git update-index --add --cacheinfo 160000," SHA_OF_OLD
	   ",roms/u-boot; git -c user.name=a -c user.email=b commit -qm sub");
	open_tree();
	ok(tree_resolve(&tree, "HEAD", commit, &err));
	ok(tree_subtrees(&tree, commit, &subtrees, &err));
	assert_int_equal(subtrees.count, 1);
	assert_string_equal(subtrees.v[0], "roms/u-boot " SHA_OF_OLD);
	tree_release(&tree);
}

static void tree_urls(void **state)
{
	(void)state;
	load_text("Tree_small src\nRepos repos\nRevision_small v1\n");
	assert_string_equal(tree_origin(config, "small", NULL), "setting");
	assert_string_equal(tree_origin(config, "small", "x"), "runvar");
	assert_int_equal(setenv("TREE_SMALL", "/elsewhere", 1), 0);
	assert_string_equal(tree_origin(config, "small", NULL),
			    "environment");
	ok(tree_open(&tree, config, "small", NULL, &err));
	assert_string_equal(tree.url, "/elsewhere");
	refused(tree_fetch(&tree, &err), ERROR_BROKEN,
		"tree small: /elsewhere cannot be fetched");
	tree_release(&tree);
	unsetenv("TREE_SMALL");
	assert_null(tree_origin(config, "other", NULL));
	refused(tree_open(&tree, config, "other", NULL, &err), ERROR_USAGE,
		"'ironbird tree import other'");
	refused(tree_open(&tree, config, "../x", NULL, &err), ERROR_USAGE,
		"tree");
	AUTO_FREE char *revision = tree_revision(config, "small", NULL);
	AUTO_FREE char *head = tree_revision(config, "other", NULL);

	assert_string_equal(revision, "v1");
	assert_string_equal(head, "HEAD");
}

/* --- the stash ----------------------------------------------------------- */

static void put_dist(const char *name, const char *content)
{
	AUTO_CLOSE int lock = stash_lock(config, name, 1000, &err);
	AUTO_FREE char *to = NULL, *path = NULL;

	ok(lock);
	to = stash_begin(config, name, &err);
	assert_non_null(to);
	path = xasprintf("%s/xendist.tar.zst", to);
	ok(file_publish(path, content, strlen(content), 0644, &err));
	ok(stash_put(config, name, "built_revision=abc\n", &err));
}

static void stash_entries(void **state)
{
	AUTO_FREE char *name = stash_name("xen", "0123456789abcdef0123");
	AUTO_DIST dist = DIST_INIT;

	(void)state;
	load_text("Stash stash\n");
	assert_string_equal(name, "xen-0123456789abcdef");
	assert_int_equal(stash_get(config, name, &dist, &err), 0);
	put_dist(name, "content");
	assert_int_equal(stash_get(config, name, &dist, &err), 1);
	assert_string_equal(dist_value(&dist, "built_revision"), "abc");
	assert_int_equal(dist.bytes, 7);
	ok(dist_verify(&dist, &err));
	sh("printf CONTENT >stash/xen-0123456789abcdef/xendist.tar.zst");
	ok(dist_glance(&dist, &err));
	refused(dist_verify(&dist, &err), ERROR_BROKEN,
		"xendist.tar.zst has sha256");
	sh("printf shorter >>stash/xen-0123456789abcdef/xendist.tar.zst");
	refused(dist_glance(&dist, &err), ERROR_BROKEN, "has 14 bytes");
	sh("rm stash/xen-0123456789abcdef/xendist.tar.zst");
	refused(dist_verify(&dist, &err), ERROR_BROKEN, "is damaged");
}

static void stash_is_whole_or_not_there(void **state)
{
	AUTO_FREE char *to = NULL;
	AUTO_DIST dist = DIST_INIT;
	int lock;

	(void)state;
	load_text("Stash stash\n");
	lock = stash_lock(config, "xen-1", 0, &err);
	ok(lock);
	to = stash_begin(config, "xen-1", &err);
	sh("echo half >stash/xen-1.new/xendist.tar.zst");
	assert_int_equal(stash_get(config, "xen-1", &dist, &err), 0);
	refused(stash_lock(config, "xen-1", 50, &err), ERROR_AGAIN, "locked");
	/* who comes after an interrupted build finds an empty folder */
	close(lock);
	free_pointer(&to);
	to = stash_begin(config, "xen-1", &err);
	sh("test -z \"$(ls stash/xen-1.new)\"");
}

static void stash_makes_room(void **state)
{
	AUTO_STRVEC removed = STRVEC_INIT;
	AUTO_FREE char *path = xasprintf("%s/db", dir);
	struct db *db;
	char *flight;
	int64_t left;

	(void)state;
	load_text("Stash stash\n");
	ok(db_open(&db, path, &err));
	ok(flight_create(db, "f", "play", "b", &flight, &err));
	ok(job_create(db, "f", "build", "build", &err));
	put_dist("xen-1", "12345");
	put_dist("xen-2", "12345");
	put_dist("xen-3", "12345");
	sh("touch -d 2001-01-01 stash/xen-1/manifest\n"
	   "touch -d 2002-01-01 stash/xen-2/manifest; mkdir stash/xen-4.new");
	ok(stash_use(db, "xen-1", "f", "build", &err));
	ok(stash_gc(config, db, 10, &removed, &left, &err));
	/* the oldest is in use: the next one goes */
	assert_int_equal(removed.count, 1);
	assert_string_equal(removed.v[0], "xen-2");
	assert_int_equal(left, 10);
	sh("test ! -e stash/xen-4.new");
	ok(stash_gc(config, db, 0, &removed, &left, &err));
	assert_int_equal(left, 5);
	ok(flight_delete(db, "f", &err));
	ok(stash_gc(config, db, 0, &removed, &left, &err));
	assert_int_equal(left, 0);
	refused(stash_use(db, "xen-1", "f", "build", &err), ERROR_USAGE,
		"no job f.build");
	free(flight);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(mail_header), TEST(encoded_header), TEST(dep3_header),
		TEST(error_lines), TEST(pack_is_reproducible),
		TEST(tree_revisions), TEST(tree_is_fetched_not_cloned),
		TEST(tree_checkouts), TEST(tree_has_subtrees),
		TEST(tree_urls), TEST(stash_entries),
		TEST(stash_is_whole_or_not_there), TEST(stash_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
