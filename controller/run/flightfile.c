/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/strbuf.h"
#include "db/jobs.h"
#include "db/runvars.h"
#include "run/flightfile.h"
#include "run/recipe.h"
#include "run/yamlfile.h"

#define PATH_VARIABLE "IRONBIRD_FLIGHTS_PATH"
#define FOLDER "flights"
#define TEXT_MAX 1000
#define LIST_MAX 10000

struct job_text {
	char *name, *recipe;
	char **runvars;
	unsigned runvars_count;
};

struct flight_text {
	char *summary;
	char **runvars;
	unsigned runvars_count;
	struct job_text *jobs;
	unsigned jobs_count;
};

static const cyaml_schema_value_t word = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX),
};

#define OPTIONAL_POINTER (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_field_t job_fields[] = {
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct job_text,
			       name, 1, TEXT_MAX),
	CYAML_FIELD_STRING_PTR("recipe", CYAML_FLAG_POINTER, struct job_text,
			       recipe, 1, TEXT_MAX),
	CYAML_FIELD_SEQUENCE_COUNT("runvars", OPTIONAL_POINTER,
				   struct job_text, runvars, runvars_count,
				   &word, 0, LIST_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t job_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct job_text, job_fields),
};

static const cyaml_schema_field_t flight_fields[] = {
	CYAML_FIELD_STRING_PTR("summary", CYAML_FLAG_POINTER,
			       struct flight_text, summary, 1, TEXT_MAX),
	CYAML_FIELD_SEQUENCE_COUNT("runvars", OPTIONAL_POINTER,
				   struct flight_text, runvars, runvars_count,
				   &word, 0, LIST_MAX),
	CYAML_FIELD_SEQUENCE_COUNT("jobs", CYAML_FLAG_POINTER,
				   struct flight_text, jobs, jobs_count,
				   &job_schema, 1, LIST_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t flight_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct flight_text,
			    flight_fields),
};

static int set_runvar(struct strvec *runvars, const char *text,
		      struct error *err)
{
	const char *equals = strchr(text, '=');
	AUTO_FREE char *name = equals ? xstrndup(text, equals - text + 1)
				      : NULL;

	if (!equals)
		return error_set(err, ERROR_USAGE, "'%.60s' is no runvar: "
				 "NAME=VALUE", text);
	name[equals - text] = '\0';
	if (name_check("runvar", name, err) < 0)
		return -1;
	name[equals - text] = '=';
	for (size_t i = 0; i < runvars->count; i++) {
		if (!str_starts(runvars->v[i], name))
			continue;
		free(runvars->v[i]);
		runvars->v[i] = xstrdup(text);
		return 0;
	}
	strvec_push(runvars, text);
	return 0;
}

static int set_from_environment(struct strvec *runvars, const char *variable,
				struct error *err)
{
	const char *value = getenv(variable);
	AUTO_STRVEC words = STRVEC_INIT;

	if (value)
		strvec_split(&words, value, " \t\n");
	for (size_t i = 0; i < words.count; i++)
		if (set_runvar(runvars, words.v[i], err) < 0)
			return error_prefix(err, "$%s", variable);
	return 0;
}

static int set_list(struct strvec *runvars, char *const *list, unsigned count,
		    struct error *err)
{
	for (unsigned i = 0; i < count; i++)
		if (set_runvar(runvars, list[i], err) < 0)
			return -1;
	return 0;
}

static int set_all(struct planned_job *job, const struct flight_text *flight,
		   const struct job_text *text, struct error *err)
{
	const char *kind = str_starts(text->name, "test-") ? "TEST_RUNVARS" :
		str_starts(text->name, "build-") ? "BUILD_RUNVARS" : NULL;

	if (set_list(&job->runvars, flight->runvars, flight->runvars_count,
		     err) < 0 ||
	    set_from_environment(&job->runvars, "RUNVARS", err) < 0 ||
	    (kind && set_from_environment(&job->runvars, kind, err) < 0))
		return -1;
	return set_list(&job->runvars, text->runvars, text->runvars_count,
			err);
}

static int check_job(const struct flight_plan *plan,
		     const struct job_text *text, struct error *err)
{
	struct recipe *recipe;

	if (name_check("job", text->name, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->jobs[i].name, text->name) == 0)
			return error_set(err, ERROR_USAGE, "there are two "
					 "jobs '%s'", text->name);
	if (recipe_load(&recipe, text->recipe, err) < 0)
		return -1;
	recipe_free(recipe);
	return 0;
}

static int add_job(struct flight_plan *plan, const struct flight_text *flight,
		   const struct job_text *text, struct error *err)
{
	struct planned_job job = { .runvars = STRVEC_INIT };
	int wanted;

	if (check_job(plan, text, err) < 0)
		return -1;
	wanted = flight_wants_job(text->name, err);
	if (wanted <= 0)
		return wanted;
	job.name = xstrdup(text->name);
	job.recipe = xstrdup(text->recipe);
	plan->jobs = xrealloc(plan->jobs, plan->count + 1,
			      sizeof(*plan->jobs));
	plan->jobs[plan->count++] = job;
	return set_all(&plan->jobs[plan->count - 1], flight, text, err);
}

static int fill_plan(struct flight_plan *plan, const struct yamlfile *file,
		     struct error *err)
{
	const struct flight_text *text = file->data;

	plan->summary = xstrdup(text->summary);
	for (unsigned i = 0; i < text->jobs_count; i++)
		if (add_job(plan, text, &text->jobs[i], err) < 0)
			return error_prefix(err, "%s:%d", file->path,
					    yamlfile_line(file, "jobs", i));
	if (!plan->count)
		return error_set(err, ERROR_USAGE, "%s has no job that "
				 "$OSSTEST_JOBS_ONLY wants", file->path);
	return 0;
}

static char *find_file(const char *branch, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;
	char *path;

	if (name_check("flight file", branch, err) < 0)
		return NULL;
	path = yamlfile_find(PATH_VARIABLE, FOLDER, branch);
	if (path)
		return path;
	yamlfile_names(PATH_VARIABLE, FOLDER, &names);
	hint = name_hint(branch, &names);
	error_set(err, ERROR_USAGE, "there is no " FOLDER "/%s.yaml%s",
		  branch, hint);
	return NULL;
}

int flight_plan_load(struct flight_plan **out, const char *branch,
		     struct error *err)
{
	AUTO_FREE char *path = find_file(branch, err);
	struct flight_plan *plan;
	AUTO_YAMLFILE file = { .path = NULL };

	if (!path || yamlfile_load(&file, path, &flight_schema, err) < 0)
		return -1;
	plan = xcalloc(1, sizeof(*plan));
	if (fill_plan(plan, &file, err) < 0) {
		flight_plan_free(plan);
		return -1;
	}
	*out = plan;
	return 0;
}

void flight_plan_free(struct flight_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->count; i++) {
		free(plan->jobs[i].name);
		free(plan->jobs[i].recipe);
		strvec_release(&plan->jobs[i].runvars);
	}
	free(plan->jobs);
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
	if (db_begin(db, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->count; i++) {
		if (create_job(&plan->jobs[i], db, flight, err) < 0) {
			db_rollback(db);
			return -1;
		}
	}
	return db_commit(db, err);
}

int flight_make(const struct config *config, struct db *db,
		const char *branch, const char *flight, struct error *err)
{
	struct flight_plan *plan;
	int rc;

	(void)config;	/* runvars are written out by the test cases */
	if (flight_plan_load(&plan, branch, err) < 0)
		return -1;
	rc = flight_plan_create(plan, db, flight, err);
	flight_plan_free(plan);
	return rc;
}
