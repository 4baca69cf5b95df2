/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recipes: which test cases a job runs, in which order, on which hosts.
 *
 * jobs/NAME.yaml, read with libcyaml; jobs/around/NAME.yaml holds the steps
 * that are put before and after (the standard prologue and epilogue are
 * written once, in jobs/around/test.yaml). See jobs/README and
 * ironbird.recipe(5).
 * Folders in the environment variable IRONBIRD_JOBS_PATH (colons between
 * them) come before Ironbird's own jobs/.
 */
#ifndef IRONBIRD_RUN_RECIPE_H
#define IRONBIRD_RUN_RECIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strvec.h"
#include "db/steps.h"

struct recipe_step {
	struct strvec argv;	/* "ts-guest-start" "host" "debian" */
	char *program;		/* its path; NULL: looked for by name */
	char *testid;
	enum step_status on_fail;	/* what exit status 1 means */
	enum step_status on_limit;	/* what the end of its limit means */
	bool always;		/* run whatever happened before */
	bool tolerate;		/* a failure does not fail the job */
	int retry;		/* so often again when it was bad */
	bool wipes;		/* a disk of its host: asked about */
	bool prepares;		/* a host: not run when that is reused */
	struct strvec needs;	/* testids that must have passed, else skip */
	int64_t limit_ms;	/* 0: the test case's own, or StepLimit */
	/* Steps of one lane run in order; lanes of one parallel number run
	 * side by side. 0: by itself. A lane's steps stand together. */
	int parallel, lane;
	bool power;		/* leaves its host as the recipe says */
	bool before;		/* belongs to the prologue */
	bool after;		/* belongs to the epilogue */
	int line;		/* in the file it comes from */
};

struct recipe {
	char *name, *summary;
	int64_t limit_ms;	/* of the whole job; 0: JobLimit */
	bool fresh;		/* never on a host that is reused */
	struct strvec hosts;	/* idents: "host", or "src_host" "dst_host" */
	struct recipe_step *steps;	/* expanded: prologue, own, epilogue */
	size_t count;
};

/* Errors name file and line. runvars do not change a recipe. */
int must_check recipe_load(struct recipe **out, const char *name,
			   struct error *err);
/* Likewise that of a job, whose name is then in errors. */
int must_check recipe_load_job(struct recipe **out, struct db *db,
			       const char *flight, const char *job,
			       struct error *err);
void recipe_free(struct recipe *recipe);	/* NULL is fine */
int must_check recipe_names(struct strvec *names, struct error *err);
/* Pushes all that is wrong with a recipe, "FILE:LINE: sentence" each. */
void recipe_check(const char *name, struct strvec *problems);
/* The testid of a command: "guest-start/debian" of ts-guest-start host debian;
 * appended. */
void recipe_testid(const struct strvec *argv, struct strbuf *testid);
/*
 * Appends a line "step ts-xen-build host" for each step before the epilogue:
 * what a job of it does, whatever becomes of that.
 */
void recipe_commands(const struct recipe *recipe, struct strbuf *text);
/* The step of that testid, or NULL. */
const struct recipe_step *recipe_find(const struct recipe *recipe,
				      const char *testid);

#endif
