/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "build/build.h"
#include "build/current.h"
#include "build/environment.h"
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

/* What a job was told of its tree, and what the environment now says. */
struct told {
	const struct place *place;
	const char *tree;
	struct runvars vars;
};

/* What an earlier run found out is not what it was told. */
static const char *find_told(const struct told *told, const char *what)
{
	AUTO_FREE char *name = xasprintf("%s_%s", what, told->tree);

	for (size_t i = 0; i < told->vars.count; i++)
		if (!told->vars.v[i].synth &&
		    strcmp(told->vars.v[i].name, name) == 0)
			return told->vars.v[i].value;
	return NULL;
}

static int tell(const struct told *told, const char *what, const char *value,
		struct error *err)
{
	const struct place *place = told->place;
	AUTO_FREE char *name = xasprintf("%s_%s", what, told->tree);

	return runvar_define(place->db, place->flight, place->job, name,
			     value, err);
}

/* What the flight held it to was found for another wish. */
static int forget_asked(const struct told *told, struct error *err)
{
	const struct place *place = told->place;
	AUTO_FREE char *name = xasprintf("asked_revision_%s", told->tree);

	if (!find_told(told, "asked_revision"))
		return 0;
	return runvar_delete(place->db, place->flight, place->job, name, err);
}

/*
 * Another tree has other branches: the job then is of what was asked for, not
 * of the commit that this came to in the tree that it had.
 */
static int obey_told(const struct told *told, struct error *err)
{
	const char *tree = tree_environment("TREE_", told->tree);
	const char *revision = tree_environment("REVISION_", told->tree);
	const char *old_tree = find_told(told, "tree");
	const char *old = find_told(told, "revision");
	const char *asked = find_told(told, "asked_revision");
	bool moves = tree && (old_tree ? strcmp(tree, old_tree) != 0 :
			      asked != NULL);

	if (moves && tell(told, "tree", tree, err) < 0)
		return -1;
	if (!revision && moves)
		revision = asked;
	if (!old || !revision || strcmp(revision, old) == 0 ||
	    (!moves && asked && strcmp(revision, asked) == 0))
		return 0;
	if (tell(told, "revision", revision, err) < 0)
		return -1;
	return forget_asked(told, err);
}

static int obey_part(const struct build_part *part, void *arg,
		     struct error *err)
{
	struct told told = { .place = arg, .tree = part->tree };
	int rc;

	if (runvar_list(told.place->db, told.place->flight, told.place->job,
			&told.vars, err) < 0)
		return -1;
	rc = obey_told(&told, err);
	runvars_release(&told.vars);
	return rc < 0 ? -1 : 1;
}

int build_obey_environment(struct db *db, const char *flight, const char *job,
			   struct error *err)
{
	struct place place = { .db = db, .flight = flight, .job = job };

	return each_part(db, flight, job, obey_part, &place, err) < 0 ? -1
								       : 0;
}
