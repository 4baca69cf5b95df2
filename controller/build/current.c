/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "build/build.h"
#include "build/current.h"
#include "db/jobs.h"
#include "run/recipe.h"

/* Calls fn for each part that the job's recipe builds, while it gives 1. */
static int each_part(struct db *db, const char *flight, const char *job,
		     int (*fn)(const struct build_part *part, void *arg,
			       struct error *err),
		     void *arg, struct error *err)
{
	struct recipe *recipe;
	int rc = 1;

	if (recipe_load_job(&recipe, db, flight, job, err) < 0)
		return -1;
	for (size_t i = 0; i < recipe->count && rc == 1; i++) {
		const struct build_part *part =
			build_part_of(recipe->steps[i].argv.v[0]);

		if (part)
			rc = fn(part, arg, err);
	}
	recipe_free(recipe);
	return rc;
}

struct place {
	const struct config *config;
	struct db *db;
	const char *flight, *job;
};

/* Does a runvar of the job name a file of this entry? */
static bool is_referred(const struct build *build)
{
	AUTO_FREE char *prefix = xasprintf("%s/", build->name);

	for (size_t i = 0; i < build->vars.count; i++)
		if (str_starts(build->vars.v[i].name, "path_") &&
		    str_starts(build->vars.v[i].value, prefix))
			return true;
	return false;
}

/* What goes wrong here goes wrong again, and is told, when the job is run. */
static int part_is_current(const struct build_part *part, void *arg,
			   struct error *err)
{
	const struct place *place = arg;
	AUTO_DIST dist = DIST_INIT;
	struct build build;
	int rc;

	(void)err;
	if (build_describe(&build, part, place->config, place->db,
			   place->flight, place->job, NULL) < 0)
		return 0;
	rc = is_referred(&build) &&
		stash_get(place->config, build.name, &dist, NULL) > 0 &&
		dist_glance(&dist, NULL) == 0;
	build_release(&build);
	return rc;
}

int build_is_current(const struct config *config, struct db *db,
		     const char *flight, const char *job, struct error *err)
{
	struct place place = {
		.config = config, .db = db, .flight = flight, .job = job,
	};
	struct job_row row;
	bool passed;

	if (job_get(db, flight, job, &row, err) < 0)
		return -1;
	passed = row.status == JOB_PASS;
	job_row_release(&row);
	if (!passed)
		return 0;
	return each_part(db, flight, job, part_is_current, &place, err);
}

static int obey(const struct place *place, const char *what, const char *tree,
		struct error *err)
{
	AUTO_FREE char *runvar = xasprintf("%s_%s", what, tree);
	AUTO_FREE char *variable = xstrdup(runvar);
	struct runvars vars = { .v = NULL };
	const char *value;
	int rc = 0;

	for (char *p = variable; *p; p++)
		*p = isalnum((unsigned char)*p) ?
			toupper((unsigned char)*p) : '_';
	value = getenv(variable);
	if (!value || !*value)
		return 0;
	if (runvar_list(place->db, place->flight, place->job, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count && rc == 0; i++)
		if (!vars.v[i].synth && strcmp(vars.v[i].name, runvar) == 0 &&
		    strcmp(vars.v[i].value, value) != 0)
			rc = runvar_define(place->db, place->flight,
					   place->job, runvar, value, err);
	runvars_release(&vars);
	return rc;
}

static int obey_part(const struct build_part *part, void *arg,
		     struct error *err)
{
	if (obey(arg, "tree", part->tree, err) < 0 ||
	    obey(arg, "revision", part->tree, err) < 0)
		return -1;
	return 1;
}

int build_obey_environment(struct db *db, const char *flight, const char *job,
			   struct error *err)
{
	struct place place = { .db = db, .flight = flight, .job = job };

	return each_part(db, flight, job, obey_part, &place, err) < 0 ? -1
								       : 0;
}
