/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/strbuf.h"
#include "db/jobs.h"
#include "db/runvars.h"
#include "flight/expand.h"

#define PATH_VARIABLE "IRONBIRD_FLIGHTS_PATH"
#define FOLDER "flights"

/* 1: there is a pattern for the branch in the file's list. */
static int has_branch(const char *path, const char *branch, struct error *err)
{
	AUTO_YAMLFILE file = { .path = NULL };
	const struct flight_text *text;

	if (yamlfile_load(&file, path, &flight_schema, err) < 0)
		return -1;
	text = file.data;
	for (unsigned i = 0; i < text->branches.count; i++)
		if (fnmatch(text->branches.v[i], branch, 0) == 0)
			return 1;
	return 0;
}

/* The first file that is for the branch, or NULL; of those that could not be
 * read, the first one's error is in *unread. */
static char *search(const struct strvec *names, const char *branch,
		    struct error *unread)
{
	for (size_t i = 0; i < names->count; i++) {
		char *path = yamlfile_find(PATH_VARIABLE, FOLDER, names->v[i]);
		struct error err = ERROR_INIT;
		int rc = path ? has_branch(path, branch, &err) : 0;

		if (rc > 0)
			return path;
		if (rc < 0 && !unread->kind)
			*unread = err;
		free(path);
	}
	return NULL;
}

static char *find_file(const char *branch, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;
	struct error unread = ERROR_INIT;
	char *path;

	if (name_check("flight file", branch, err) < 0)
		return NULL;
	path = yamlfile_find(PATH_VARIABLE, FOLDER, branch);
	if (path)
		return path;
	yamlfile_names(PATH_VARIABLE, FOLDER, &names);
	path = search(&names, branch, &unread);
	if (path)
		return path;
	/* which branches a file with a mistake in it is for, nobody knows */
	if (unread.kind) {
		error_set(err, unread.kind, "%s", unread.text);
		return NULL;
	}
	hint = name_hint(branch, &names);
	error_set(err, ERROR_USAGE, "there is no " FOLDER "/%s.yaml%s",
		  branch, hint);
	return NULL;
}

static size_t count_made(const struct flight_plan *plan)
{
	size_t made = 0;

	for (size_t i = 0; i < plan->count; i++)
		made += !plan->jobs[i].disabled && !plan->jobs[i].left_out;
	return made;
}

int flight_plan_load(struct flight_plan **out, const struct flight_wish *wish,
		     struct error *err)
{
	AUTO_FREE char *path = find_file(wish->branch, err);
	AUTO_YAMLFILE file = { .path = NULL };
	struct flight_plan *plan;
	int rc;

	if (!path || yamlfile_load(&file, path, &flight_schema, err) < 0)
		return -1;
	plan = xcalloc(1, sizeof(*plan));
	plan->path = xstrdup(path);
	plan->summary = xstrdup(((struct flight_text *)file.data)->summary);
	rc = flight_expand(plan, &file, wish, err);
	if (rc < 0)
		flight_plan_free(plan);
	else
		*out = plan;
	return rc;
}

void flight_plan_free(struct flight_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->count; i++) {
		free(plan->jobs[i].name);
		free(plan->jobs[i].recipe);
		free(plan->jobs[i].disabled);
		strvec_release(&plan->jobs[i].runvars);
		strvec_release(&plan->jobs[i].trees);
	}
	free(plan->jobs);
	free(plan->path);
	free(plan->summary);
	free(plan);
}

static int create_job(const struct planned_job *job, struct db *db,
		      const char *flight, struct error *err)
{
	if (job_create(db, flight, job->name, job->recipe, err) < 0)
		return -1;
	for (size_t i = 0; i < job->runvars.count; i++) {
		const char *equals = strchr(job->runvars.v[i], '=');
		AUTO_FREE char *name = xstrndup(job->runvars.v[i],
						equals - job->runvars.v[i]);

		if (runvar_define(db, flight, job->name, name, equals + 1,
				  err) < 0)
			return -1;
	}
	return 0;
}

int flight_plan_create(const struct flight_plan *plan, struct db *db,
		       const char *flight, struct error *err)
{
	if (!count_made(plan))
		return error_set(err, ERROR_USAGE, "%s has no job that can be "
				 "made: all are disabled, or left out by "
				 "$OSSTEST_JOBS_ONLY, $BUILD_ARCHES, "
				 "$TEST_ARCHES", plan->path);
	if (db_begin(db, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->count; i++) {
		const struct planned_job *job = &plan->jobs[i];

		if (job->disabled || job->left_out)
			continue;
		if (create_job(job, db, flight, err) < 0) {
			db_rollback(db);
			return -1;
		}
	}
	return db_commit(db, err);
}
