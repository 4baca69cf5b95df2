/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source packages, made here, as git trees. */
#include "base/proc.h"
#include "build/import.h"
#include "tests/unit/config-fixture.h"
#include "tests/unit/outcome.h"

/* A constant script, in the test's folder. */
static void sh(const char *script)
{
	char *argv[] = { (char *)"sh", (char *)"-euc", (char *)script, NULL };
	const struct proc_spec spec = {
		.argv = argv, .dir = dir, .limit_ms = 60000,
	};

	ok(proc_check(&spec, &err));
}

/* small 1.0-1: one file, a patch with a mail's header and one with DEP-3's. */
static const char make_package[] =
	"mkdir small-1.0; cd small-1.0; printf 'one\\ntwo\\n' >file\n"
	"printf 'kept\\n' >.gitignore; printf x >kept; chmod 755 kept\n"
	"ln -s file link; cd ..; tar cJf small_1.0.orig.tar.xz small-1.0\n"
	"mkdir -p debian/patches debian/source\n"
	"echo '3.0 (quilt)' >debian/source/format\n"
	"printf 'small (1.0-1) unstable; urgency=low\\n\\n  * It.\\n\\n"
	" -- A <a@b.c>  Sat, 01 Feb 2020 10:00:00 +0100\\n' >debian/changelog\n"
	"printf '# first\\nfirst.patch\\nsub/second.patch -p0 # odd\\n' "
	">debian/patches/series\n"
	"mkdir debian/patches/sub\n"
	"printf 'From: Ada <ada@example.org>\\nDate: Tue, 01 Mar 2016 12:00:00 "
	"+0200\\nSubject: [PATCH] one is 1\\n\\nBecause.\\n---\\n"
	"--- a/file\\n+++ b/file\\n@@ -1,2 +1,2 @@\\n-one\\n+1\\n two\\n' "
	">debian/patches/first.patch\n"
	"printf 'Description: two is 2\\n--- file\\n+++ file\\n@@ -1,2 +1,2 @@\\n"
	" 1\\n-two\\n+2\\n' >debian/patches/sub/second.patch\n";
static const char make_dsc[] =
	"tar cJf small_1.0-1.debian.tar.xz debian\n"
	"{ printf 'Format: 3.0 (quilt)\\nSource: small\\nBinary: small\\n"
	"Architecture: any\\nVersion: 1.0-1\\nMaintainer: A <a@b.c>\\nFiles:\\n'\n"
	"for f in *.tar.xz; do echo \" $(md5sum <$f | cut -c1-32) "
	"$(stat -c %s $f) $f\"; done; } >small_1.0-1.dsc\n";

static void package_becomes_a_tree(void **state)
{
	struct import import, again, elsewhere;

	(void)state;
	sh(make_package);
	sh(make_dsc);
	load_text("Repos repos\n");
	ok(import_package(config, "small", dir, "small_1.0-1.dsc", &import,
			  &err));
	assert_true(import.made);
	assert_int_equal(import.patches, 2);
	assert_string_equal(import.version, "1.0-1");
	sh("cd repos/import/small.git\n"
	   "test $(git rev-list --count HEAD) = 3\n"
	   "test \"$(git show HEAD:file)\" = \"$(printf '1\\n2')\"\n"
	   "test \"$(git log -1 --format='%an %ae %ad %s' HEAD~1)\" = \\\n"
	   "'Ada ada@example.org Tue Mar 1 12:00:00 2016 +0200 one is 1'\n"
	   "git log -1 --format=%B HEAD~1 | grep -qx 'Debian-Patch: first.patch'\n"
	   "git log -1 --format=%s HEAD | grep -qx 'two is 2'\n"
	   /* no date of its own: the package's */
	   "git log -1 --format=%ad HEAD | grep -q 'Feb 1 09:00:00 2020'\n"
	   "test $(git rev-parse upstream/1.0-1) = $(git rev-parse HEAD~2)\n"
	   /* all of upstream's, what it ignores too, and nothing of Debian's */
	   "test \"$(git ls-tree -r --format='%(objectmode) %(path)' HEAD)\" = \\\n"
	   "\"$(printf '%s\\n' '100644 .gitignore' '100644 file' "
	   "'100755 kept' '120000 link')\"\n"
	   "test ! -e ../small.git.work\n");
	ok(import_package(config, "small", dir, "small_1.0-1.dsc", &again,
			  &err));
	assert_false(again.made);
	assert_int_equal(again.patches, 2);
	assert_string_equal(again.head, import.head);
	/* another place, another time: the same commits */
	load_text("Repos other\n");
	ok(import_package(config, "small", dir, "small_1.0-1.dsc", &elsewhere,
			  &err));
	assert_true(elsewhere.made);
	assert_string_equal(elsewhere.head, import.head);
	import_release(&import);
	import_release(&again);
	import_release(&elsewhere);
}

static void patch_that_does_not_apply(void **state)
{
	struct import import;

	(void)state;
	sh(make_package);
	sh("sed -i s/-two/-three/ debian/patches/sub/second.patch");
	sh(make_dsc);
	load_text("Repos repos\n");
	assert_int_equal(import_package(config, "small", dir,
					"small_1.0-1.dsc", &import, &err),
			 -1);
	if (!strstr(err.text, "source package small 1.0-1: the patch "
		    "sub/second.patch does not apply"))
		fail_msg("%s", err.text);
	/* nothing has a name that is not whole */
	sh("test -z \"$(git -C repos/import/small.git for-each-ref)\"\n"
	   "test ! -e repos/import/small.git.work");
}

static void no_package(void **state)
{
	struct import import;

	(void)state;
	load_text("Repos repos\n");
	assert_int_equal(import_package(config, "small", dir, "small.tar",
					&import, &err), -1);
	assert_non_null(strstr(err.text, "is no .dsc"));
	assert_int_equal(import_package(config, "small", dir, "small_1.dsc",
					&import, &err), -1);
	assert_int_equal(err.kind, ERROR_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(package_becomes_a_tree), TEST(patch_that_does_not_apply),
		TEST(no_package),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
