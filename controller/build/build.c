/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wanted, and its key. */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "boot/image.h"
#include "build/build.h"
#include "build/submodule.h"
#include "db/jobs.h"
#include "run/recipe.h"

/* Changes when equal inputs are to give another entry. */
#define FORMAT "1"
#define SYSTEM_IMAGE "build-host"

void build_release(struct build *build)
{
	runvars_release(&build->vars);
	tree_release(&build->tree);
	free(build->revision);
	strvec_release(&build->words);
	strvec_release(&build->patches);
	free(build->need);
	free(build->system);
	free(build->root);
	free(build->versions);
	free(build->name);
	*build = (struct build){ .part = NULL };
}

const char *build_runvar(const struct build *build, const char *name,
			 const char *fallback)
{
	return str_or(runvars_find(&build->vars, name), fallback);
}

void build_word(struct build *build, const char *name, const char *value)
{
	strvec_pushf(&build->words, "%s=%s", name, value);
}

/* What the job was told; what an earlier run found out counts for nothing. */
static const char *definition(const struct build *build, const char *what)
{
	AUTO_FREE char *name = xasprintf("%s_%s", what, build->part->tree);

	for (size_t i = 0; i < build->vars.count; i++)
		if (!build->vars.v[i].synth &&
		    strcmp(build->vars.v[i].name, name) == 0)
			return build->vars.v[i].value;
	return NULL;
}

static int find_source(struct build *build, struct error *err)
{
	const char *tree = build->part->tree;
	const char *vcs = definition(build, "treevcs");

	if (vcs && *vcs && strcmp(vcs, "git") != 0)
		return error_set(err, ERROR_USAGE, "runvar treevcs_%s is "
				 "'%.60s': trees of git are built, and no "
				 "others", tree, vcs);
	if (tree_open(&build->tree, build->config, tree,
		      definition(build, "tree"), err) < 0)
		return -1;
	build->revision = tree_revision(build->config, tree,
					definition(build, "revision"));
	return tree_resolve(&build->tree, build->revision, build->commit,
			    err);
}

/* The runvar PART_patches: names in hypervisor/patches/PART/. */
static int find_patches(struct build *build, struct error *err)
{
	AUTO_FREE char *runvar = xasprintf("%s_patches", build->part->name);
	AUTO_STRVEC names = STRVEC_INIT;

	strvec_split(&names, build_runvar(build, runvar, ""), " ,");
	for (size_t i = 0; i < names.count; i++) {
		AUTO_FREE char *path = xasprintf(
			"%s/hypervisor/patches/%s/%s.patch",
			config_share_dir(), build->part->name, names.v[i]);

		if (name_check("patch", names.v[i], err) < 0)
			return -1;
		if (!file_exists(path))
			return error_set(err, ERROR_USAGE, "runvar %s: there "
					 "is no %s", runvar, path);
		strvec_push(&build->patches, path);
	}
	return 0;
}

/* "job" or "flight.job": the dist that it made, as a path in the stash. */
static int find_need(struct build *build, struct error *err)
{
	const struct build_part *part = build->part;
	const char *spec, *dot;
	AUTO_FREE char *flight = NULL, *runvar = NULL;

	spec = part->need_job ? build_runvar(build, part->need_job, NULL) :
		NULL;
	if (!spec)
		return 0;
	dot = strchr(spec, '.');
	flight = dot && dot > spec ? xstrndup(spec, dot - spec) :
		xstrdup(build->flight);
	runvar = xasprintf("path_%s", part->need_dist);
	if (runvar_get(build->db, flight, dot ? dot + 1 : spec, runvar,
		       &build->need, err) < 0)
		return -1;
	if (build->need)
		return 0;
	return error_set(err, ERROR_BLOCKED, "job %s has no %s, which job "
			 "%s.%s is to build against", spec, runvar,
			 build->flight, build->job);
}

static int find_system(struct build *build, struct error *err)
{
	struct cache_entry image;
	const char *versions;
	int made = image_is_made(build->config, SYSTEM_IMAGE, err);
	int rc;

	if (made < 0)
		return -1;
	if (!made)
		return error_set(err, ERROR_AGAIN, "the system that builds "
				 "run in is not made yet");
	if (build_host_prepare(build->config, &image, err) < 0)
		return -1;
	build->system = xstrdup(image.key);
	build->root = xasprintf("%s/root", image.dir);
	rc = cache_need(&image, "packages_sha256", &versions, err);
	if (rc == 0)
		build->versions = xstrdup(versions);
	cache_entry_release(&image);
	return rc;
}

int build_host_prepare(const struct config *config, struct cache_entry *image,
		       struct error *err)
{
	return image_ensure(config, SYSTEM_IMAGE, false, image, err);
}

static int add_file(struct strbuf *all, const char *what, const char *path,
		    struct error *err)
{
	char hex[SHA256_HEX_SIZE];

	if (file_sha256(path, hex, err) < 0)
		return -1;
	strbuf_addf(all, "%s %s\n", what, hex);
	return 0;
}

static int add_fragments(const struct build *build, struct strbuf *all,
			 struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;

	for (size_t i = 0; i < build->words.count; i++)
		if (str_starts(build->words.v[i], "KCONFIG="))
			strvec_split(&names, strchr(build->words.v[i], '=') + 1,
				     " ");
	for (size_t i = 0; i < names.count; i++) {
		AUTO_FREE char *path = xasprintf("%s/hypervisor/kconfig/%s-%s",
						 config_share_dir(),
						 build->part->name, names.v[i]);

		if (name_check("Kconfig fragment", names.v[i], err) < 0)
			return -1;
		if (!file_exists(path))
			return error_set(err, ERROR_USAGE, "job %s.%s: there "
					 "is no Kconfig fragment %s",
					 build->flight, build->job, path);
		if (add_file(all, names.v[i], path, err) < 0)
			return -1;
	}
	return 0;
}

/* What the job runs until its dists are in the stash. */
static int add_recipe(struct strbuf *all, const char *name, struct error *err)
{
	struct recipe *recipe;

	if (recipe_load(&recipe, name, err) < 0)
		return -1;
	recipe_commands(recipe, all);
	recipe_free(recipe);
	return 0;
}

static int make_key(struct build *build, const char *recipe,
		    struct error *err)
{
	AUTO_FREE char *script = xasprintf("%s/hypervisor/build-%s",
					   config_share_dir(),
					   build->part->name);
	AUTO_FREE char *modules = submodules_id(&build->tree, build->commit);
	AUTO_STRBUF all = STRBUF_INIT;

	strbuf_addf(&all, "format " FORMAT "\npart %s\ncommit %s\n"
		    "system %s %s\nneed %s\n", build->part->name,
		    build->commit, build->system, build->versions,
		    str_or(build->need, "-"));
	if (modules)
		strbuf_addf(&all, "submodules %s\n", modules);
	for (size_t i = 0; i < build->words.count; i++)
		strbuf_addf(&all, "word %s\n", build->words.v[i]);
	if (add_recipe(&all, recipe, err) < 0 ||
	    add_file(&all, "script", script, err) < 0 ||
	    add_fragments(build, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < build->patches.count; i++)
		if (add_file(&all, "patch", build->patches.v[i], err) < 0)
			return -1;
	data_sha256(all.buf, all.len, build->key);
	build->name = stash_name(build->part->name, build->key);
	return 0;
}

static int describe(struct build *build, struct error *err)
{
	struct job_row row;
	int rc;

	if (runvar_list(build->db, build->flight, build->job, &build->vars,
			err) < 0 ||
	    job_get(build->db, build->flight, build->job, &row, err) < 0)
		return -1;
	rc = -1;
	if (find_source(build, err) == 0 && find_patches(build, err) == 0 &&
	    find_need(build, err) == 0 && find_system(build, err) == 0 &&
	    (!build->part->words || build->part->words(build, err) == 0))
		rc = make_key(build, row.recipe, err);
	job_row_release(&row);
	return rc;
}

int build_describe(struct build *build, const struct build_part *part,
		   const struct config *config, struct db *db,
		   const char *flight, const char *job, struct error *err)
{
	struct build got = {
		.part = part, .config = config, .db = db, .flight = flight,
		.job = job, .words = STRVEC_INIT, .patches = STRVEC_INIT,
	};

	if (describe(&got, err) < 0) {
		build_release(&got);
		return -1;
	}
	*build = got;
	return 0;
}
