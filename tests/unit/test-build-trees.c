/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a job is told of its tree, and what the environment says later. */
#include <stdio.h>

#include "base/proc.h"
#include "build/current.h"
#include "build/environment.h"
#include "build/submodule.h"
#include "db/flights.h"
#include "db/jobs.h"
#include "db/runvars.h"
#include "tests/unit/config-fixture.h"
#include "tests/unit/outcome.h"

static struct db *db;

static void make_job(void)
{
	AUTO_FREE char *path = xasprintf("%s/db", dir);

	setenv("IRONBIRD_JOBS_PATH", dir, 1);
	put("one.yaml", "summary: x\naround: none\nsteps:\n"
	    "- run: ts-xen-build\n");
	ok(db_open(&db, path, &err));
	ok(flight_create(db, "t", "adhoc", "x", NULL, &err));
	ok(job_create(db, "t", "build", "one", &err));
}

static void tell(const char *name, const char *value)
{
	ok(runvar_define(db, "t", "build", name, value, &err));
}

static void obey(const char *tree, const char *revision)
{
	setenv("TREE_XEN", tree, 1);
	setenv("REVISION_XEN", revision, 1);
	ok(build_obey_environment(db, "t", "build", &err));
	unsetenv("TREE_XEN");
	unsetenv("REVISION_XEN");
}

/* The job's runvars, in the order of their names. */
static void told(const char *wanted)
{
	struct runvars vars = { .v = NULL };
	AUTO_STRBUF text = STRBUF_INIT;

	ok(runvar_list(db, "t", "build", &vars, &err));
	for (size_t i = 0; i < vars.count; i++)
		strbuf_addf(&text, "%s=%s ", vars.v[i].name, vars.v[i].value);
	runvars_release(&vars);
	assert_string_equal(text.buf, wanted);
}

static void hold(const char *asked)
{
	tell("asked_revision_xen", asked);
	tell("revision_xen", "c0ffee");
}

static void same_wish(void **state)
{
	(void)state;
	make_job();
	hold("staging");
	obey("", "");
	told("asked_revision_xen=staging revision_xen=c0ffee ");
	obey("", "staging");
	told("asked_revision_xen=staging revision_xen=c0ffee ");
	obey("", "c0ffee");
	told("asked_revision_xen=staging revision_xen=c0ffee ");
	db_close(db);
}

static void another_revision(void **state)
{
	(void)state;
	make_job();
	hold("staging");
	obey("", "master");
	told("revision_xen=master ");
	/* what nobody holds to a commit is what it was called */
	obey("", "master");
	told("revision_xen=master ");
	db_close(db);
}

static void another_tree(void **state)
{
	(void)state;
	make_job();
	hold("staging");
	/* the tree was an import's, which is no runvar */
	obey("/a", "");
	told("revision_xen=staging tree_xen=/a ");
	hold("staging");
	obey("/a", "staging");
	told("asked_revision_xen=staging revision_xen=c0ffee tree_xen=/a ");
	obey("/b", "staging");
	told("revision_xen=staging tree_xen=/b ");
	db_close(db);
}

static void a_job_that_was_told_nothing(void **state)
{
	(void)state;
	make_job();
	obey("/a", "staging");
	told("");
	db_close(db);
}

/* --- what nothing reads --------------------------------------------------- */

static void variables(void **state)
{
	AUTO_STRVEC trees = STRVEC_INIT, sentences = STRVEC_INIT;

	(void)state;
	strvec_pushl(&trees, "xen", "linux-next", NULL);
	setenv("TREE_LINUX_NEXT", "x", 1);
	setenv("REVISION_XEN", "x", 1);
	setenv("TREE_OVMF", "", 1);
	ok(tree_environment_check(&trees, &sentences, &err));
	assert_int_equal(sentences.count, 0);
	setenv("REVISION_OVMF", "x", 1);
	ok(tree_environment_check(&trees, &sentences, &err));
	assert_int_equal(sentences.count, 1);
	assert_string_equal(sentences.v[0], "$REVISION_OVMF has no effect: "
			    "what is built here is of xen, linux-next");
	setenv("TREEVCS_XEN", "hg", 1);
	refused(tree_environment_check(&trees, &sentences, &err), ERROR_USAGE,
		"$TREEVCS_XEN is 'hg': trees of git are built");
	unsetenv("TREEVCS_XEN");
	unsetenv("TREE_LINUX_NEXT");
	unsetenv("REVISION_OVMF");
	unsetenv("TREE_OVMF");
}

/* --- submodules ----------------------------------------------------------- */

/* A script, in the test's folder. */
static void sh(const char *script)
{
	char *argv[] = { (char *)"sh", (char *)"-euc", (char *)script, NULL };
	const struct proc_spec spec = {
		.argv = argv, .dir = dir, .limit_ms = 60000,
	};

	ok(proc_check(&spec, &err));
}

#define GIT							\
	"export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@b"		\
	" GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@d\n"	\
	"module() { printf '[submodule \"%s\"]\n\tpath = %s\n\turl = %s\n'" \
	" \"$1\" \"$1\" \"$2\" >>.gitmodules\n"			\
	"mkdir -p $1; git add .gitmodules; git update-index --add"	\
	" --cacheinfo 160000,$(git -C $3 rev-parse HEAD~${4:-0}),$1; }\n"

/* top has sub/map, at a commit behind its branch, which has deep. */
static const char make_modules[] = GIT
	"git init -q -b master deep; cd deep; echo d >deep; git add deep\n"
	"git commit -qm deep; cd ..\n"
	"git init -q -b master map; cd map; echo old >map; git add map\n"
	"module in/deep ../deep/ ../deep; git commit -qm old\n"
	"echo new >map; git commit -qam new; cd ..\n"
	"git init -q -b master top; cd top; echo t >top; git add top\n"
	"module sub/map ../map ../map 1; git commit -qm top\n";

static void check_out(const char *work, struct tree *tree, int wanted,
		      const char *words)
{
	AUTO_FREE char *at = xasprintf("%s/%s", dir, work);
	char commit[COMMIT_SIZE];

	ok(tree_open(tree, config, "top", NULL, &err));
	ok(tree_resolve(tree, "master", commit, &err));
	if (wanted == 0)
		ok(tree_checkout(tree, commit, at, &err));
	else
		refused(tree_checkout(tree, commit, at, &err), ERROR_BROKEN,
			words);
}

static void modules_are_checked_out(void **state)
{
	AUTO_TREE tree = TREE_INIT, other = TREE_INIT;
	AUTO_FREE char *work = xasprintf("%s/work/top", dir);

	(void)state;
	sh(make_modules);
	load_text("Tree_top ~/top\nRepos repos\n");
	check_out("work/top", &tree, 0, NULL);
	sh("grep -qx old work/top/sub/map/map\n"
	   "grep -qx d work/top/sub/map/in/deep/deep");
	/* what is there is not fetched: nobody answers any more */
	sh("mv map gone; mv deep away");
	check_out("other/top", &other, 0, NULL);
	sh("grep -qx d other/top/sub/map/in/deep/deep\n"
	   "test \"$(ls repos/submodules/ | grep -c 'git$')\" = 2");
	ok(tree_drop(&tree, work, &err));
	sh("test ! -e work/top; test -e other/top/sub/map/map");
}

static void a_module_that_cannot_be_had(void **state)
{
	AUTO_TREE tree = TREE_INIT, whole = TREE_INIT, bad = TREE_INIT;

	(void)state;
	sh(make_modules);
	load_text("Tree_top ~/top\nRepos repos\n");
	sh("mv map gone");
	check_out("a", &tree, -1, "/map cannot be fetched");
	assert_non_null(strstr(err.text, "tree top/sub/map: "));
	/* another one, which lacks the commit */
	sh("cp -r deep map");
	check_out("b", &whole, -1, "has no revision");
	sh(GIT "cd top; git mv -f top up; git rm -q --cached .gitmodules\n"
	   "rm .gitmodules\n"
	   "module sub/map ../../../../../../../../../x/map ../gone\n"
	   "git commit -qm up");
	tree_release(&tree);
	check_out("c", &bad, -1, "of its submodule sub/map leads nowhere from");
}

static void what_is_no_module_stays_empty(void **state)
{
	AUTO_TREE tree = TREE_INIT, no_file = TREE_INIT;

	(void)state;
	sh(make_modules);
	load_text("Tree_top ~/top\nRepos repos\n");
	sh(GIT "cd top; git config -f .gitmodules submodule.sub/map.update "
	   "none; git commit -qam none");
	check_out("a", &tree, 0, NULL);
	sh("test -z \"$(ls a/sub/map)\"");
	sh(GIT "cd top; git rm -q .gitmodules; git commit -qm no");
	check_out("b", &no_file, 0, NULL);
	sh("test -z \"$(ls b/sub/map)\"; test ! -e repos/submodules");
}

static void modules_are_part_of_the_key(void **state)
{
	AUTO_TREE tree = TREE_INIT;
	AUTO_FREE char *without = NULL, *with = NULL;
	char commit[COMMIT_SIZE];

	(void)state;
	sh(make_modules);
	load_text("Tree_top ~/top\nRepos repos\n");
	ok(tree_open(&tree, config, "top", NULL, &err));
	ok(tree_resolve(&tree, "master", commit, &err));
	with = submodules_id(&tree, commit);
	assert_non_null(with);
	assert_true(git_is_commit(with));
	sh(GIT "cd top; git rm -q .gitmodules; git commit -qm no");
	tree.fetched = false;
	ok(tree_resolve(&tree, "master", commit, &err));
	without = submodules_id(&tree, commit);
	assert_null(without);
}

/* What came over a network does not name a repository of this machine. */
static void a_remote_tree_has_no_local_modules(void **state)
{
	struct tree remote = {
		.name = (char *)"top", .url = (char *)"https://host/top.git",
		.modules = (char *)"repos/submodules",
	};
	AUTO_FREE char *url = xasprintf("%s/map", dir);
	AUTO_TREE module = TREE_INIT;

	(void)state;
	sh(make_modules);
	tree_open_submodule(&module, &remote, "sub/map", url);
	refused(tree_fetch(&module, &err), ERROR_BROKEN, "not allowed");
	remote.url = (char *)"file:///top.git";
	tree_release(&module);
	tree_open_submodule(&module, &remote, "sub/map", url);
	ok(tree_fetch(&module, &err));
}

/* As "git submodule init" resolves them, but for what is above "/". */
static void relative_urls(void **state)
{
	static const struct {
		const char *parent, *url, *whole;
	} rows[] = {
		{ "https://h/a/b.git", "../c.git", "https://h/a/c.git" },
		{ "https://h/a/b.git/", "../../c", "https://h/c" },
		{ "https://h/a/b.git", "./c", "https://h/a/b.git/c" },
		{ "https://h/a", "https://other/x", "https://other/x" },
		{ "git@h:a/b.git", "../c.git", "git@h:a/c.git" },
		{ "git@h:b.git", "../c.git", "git@h:c.git" },
		{ "/srv/b", "../c/", "/srv/c" },
		{ "/srv/b", "/x/c", "/x/c" },
		{ "b", "../c", "c" },
		{ "file:///srv/b", "../c", "file:///srv/c" },
		{ "../b", "../c", "../c" },
		{ "/b", "../../c", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *got = submodule_url(rows[i].parent,
						    rows[i].url);

		if (strcmp(str_or(got, "-"), str_or(rows[i].whole, "-")) != 0)
			fail_msg("%s of %s is %s", rows[i].url, rows[i].parent,
				 str_or(got, "-"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(same_wish), TEST(another_revision), TEST(another_tree),
		TEST(a_job_that_was_told_nothing), TEST(variables),
		TEST(modules_are_checked_out),
		TEST(a_module_that_cannot_be_had),
		TEST(what_is_no_module_stays_empty),
		TEST(modules_are_part_of_the_key),
		TEST(a_remote_tree_has_no_local_modules), TEST(relative_urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
