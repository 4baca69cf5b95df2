/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a job is told of its tree, and what the environment says later. */
#include <stdio.h>

#include "build/current.h"
#include "build/environment.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(same_wish), TEST(another_revision), TEST(another_tree),
		TEST(a_job_that_was_told_nothing), TEST(variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
