/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "db/jobs.h"
#include "run/expand.h"

#define PATH_VARIABLE "IRONBIRD_JOBS_PATH"
#define FOLDER "jobs"

const struct recipe_step *recipe_find(const struct recipe *recipe,
				      const char *testid)
{
	for (size_t i = 0; i < recipe->count; i++)
		if (strcmp(recipe->steps[i].testid, testid) == 0)
			return &recipe->steps[i];
	return NULL;
}

void recipe_commands(const struct recipe *recipe, struct strbuf *text)
{
	for (size_t i = 0; i < recipe->count; i++) {
		const struct recipe_step *step = &recipe->steps[i];

		if (step->after)
			continue;
		strbuf_addstr(text, "step");
		for (size_t n = 0; n < step->argv.count; n++)
			strbuf_addf(text, " %s", step->argv.v[n]);
		strbuf_addstr(text, "\n");
	}
}

void recipe_free(struct recipe *recipe)
{
	if (!recipe)
		return;
	for (size_t i = 0; i < recipe->count; i++) {
		strvec_release(&recipe->steps[i].argv);
		strvec_release(&recipe->steps[i].needs);
		free(recipe->steps[i].testid);
		free(recipe->steps[i].program);
	}
	free(recipe->steps);
	strvec_release(&recipe->hosts);
	free(recipe->summary);
	free(recipe->name);
	free(recipe);
}

int recipe_names(struct strvec *names, struct error *err)
{
	yamlfile_names(PATH_VARIABLE, FOLDER, names);
	if (!names->count)
		return error_set(err, ERROR_USAGE, "there are no recipes "
				 "where they are looked for (a folder "
				 FOLDER "/ of Ironbird, " PATH_VARIABLE ")");
	return 0;
}

static char *find_file(const char *name, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;
	char *path;

	if (name_check("recipe", name, err) < 0)
		return NULL;
	path = yamlfile_find(PATH_VARIABLE, FOLDER, name);
	if (path)
		return path;
	yamlfile_names(PATH_VARIABLE, FOLDER, &names);
	hint = name_hint(name, &names);
	error_set(err, ERROR_USAGE, "there is no recipe '%s'%s", name, hint);
	return NULL;
}

/* One file of a recipe: its own, and the one it is put inside of. */
struct source {
	struct yamlfile own, around;
};

static void source_release(struct source *source)
{
	yamlfile_release(&source->own);
	yamlfile_release(&source->around);
}

/* Problems of the files as such; -1 when they cannot be gone on with. */
static int load_around(struct source *source, const char *around,
		       struct strvec *problems)
{
	AUTO_FREE char *name = xasprintf("around/%s", around);
	AUTO_FREE char *path = NULL;
	struct error err = ERROR_INIT;

	if (strcmp(around, "none") == 0)
		return 0;
	if (name_ok(around))
		path = yamlfile_find(PATH_VARIABLE, FOLDER, name);
	if (!path) {
		strvec_pushf(problems, "%s:%d: there is no "
			     FOLDER "/around/%.60s.yaml", source->own.path,
			     yamlfile_line(&source->own, "around",
					   YAMLFILE_KEY), around);
		return -1;
	}
	if (yamlfile_load(&source->around, path, &around_schema, &err) == 0)
		return 0;
	strvec_push(problems, err.text);
	return -1;
}

static int load_files(struct source *source, const char *name,
		      struct strvec *problems)
{
	struct error err = ERROR_INIT;
	AUTO_FREE char *path = find_file(name, &err);
	const struct recipe_text *text;

	if (!path ||
	    yamlfile_load(&source->own, path, &recipe_schema, &err) < 0) {
		strvec_push(problems, err.text);
		return -1;
	}
	text = source->own.data;
	return load_around(source, str_or(text->around, "test"), problems);
}

static void take_hosts(struct recipe *recipe, const struct yamlfile *file,
		       struct strvec *problems)
{
	const struct recipe_text *text = file->data;

	if (!yamlfile_has(file, "hosts"))
		strvec_push(&recipe->hosts, "host");
	for (unsigned i = 0; i < text->hosts_count; i++) {
		struct error err = ERROR_INIT;
		bool twice = strvec_has(&recipe->hosts, text->hosts[i]);

		if (twice)
			error_set(&err, ERROR_USAGE, "the host '%s' is named "
				  "twice", text->hosts[i]);
		if (twice || name_check("host of a recipe", text->hosts[i],
					&err) < 0)
			strvec_pushf(problems, "%s:%d: %s", file->path,
				     yamlfile_line(file, "hosts", i),
				     err.text);
		strvec_push(&recipe->hosts, text->hosts[i]);
	}
}

static void take_limit(struct recipe *recipe, const struct yamlfile *file,
		       struct strvec *problems)
{
	const struct recipe_text *text = file->data;
	struct error err = ERROR_INIT;

	if (!text->limit)
		return;
	if (duration_parse(text->limit, &recipe->limit_ms, &err) == 0 &&
	    !recipe->limit_ms)
		error_set(&err, ERROR_USAGE, "a job needs more time than none");
	if (err.kind)
		strvec_pushf(problems, "%s:%d: limit: %s", file->path,
			     yamlfile_line(file, "limit", YAMLFILE_KEY),
			     err.text);
}

/*
 * The last steps of all: hosts are left switched as the recipe says, if there
 * are any by then.
 */
static void add_power(struct recipe *recipe, const struct yamlfile *file,
		      struct strvec *problems)
{
	static const char *const runs[] = {
		[RECIPE_POWER_OFF] = "ts-host-power off {host}",
		[RECIPE_POWER_ON] = "ts-host-power on {host}",
	};
	static char *needs[] = { (char *)"hosts-allocate" };
	const struct recipe_text *text = file->data;
	const struct step_text step = {
		.run = (char *)runs[text->power], .always = true,
		.each_host = true, .on_fail = STEP_BROKEN, .needs = needs,
		.needs_count = recipe_find(recipe, needs[0]) ? 1 : 0,
	};
	size_t first = recipe->count;

	if (text->power != RECIPE_POWER_KEEP)
		expand_steps(recipe, &(struct step_list){
			file, "power", &step, 1 }, problems);
	for (size_t i = first; i < recipe->count; i++) {
		recipe->steps[i].line = yamlfile_line(file, "power",
						      YAMLFILE_KEY);
		recipe->steps[i].power = true;
	}
}

static const char *step_file(const struct source *source,
			     const struct recipe_step *step)
{
	return step->before || step->after ? source->around.path
					   : source->own.path;
}

static void check_need(const struct recipe *recipe, size_t at,
		       const char *need, const char *file,
		       struct strvec *problems)
{
	const struct recipe_step *step = &recipe->steps[at];
	const struct recipe_step *found = recipe_find(recipe, need);
	AUTO_STRVEC testids = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	if (found && found < step)
		return;
	for (size_t i = 0; i < at; i++)
		strvec_push(&testids, recipe->steps[i].testid);
	hint = name_hint(need, &testids);
	if (found)
		strvec_pushf(problems, "%s:%d: %s needs %s, which does not "
			     "come before it", file, step->line, step->testid,
			     need);
	else
		strvec_pushf(problems, "%s:%d: %s needs the testid '%.100s', "
			     "which no step has%s", file, step->line,
			     step->testid, need, hint);
}

static void check_needs(const struct recipe *recipe,
			const struct source *source, struct strvec *problems)
{
	for (size_t i = 0; i < recipe->count; i++) {
		const struct recipe_step *step = &recipe->steps[i];

		for (size_t n = 0; n < step->needs.count; n++)
			check_need(recipe, i, step->needs.v[n],
				   step_file(source, step), problems);
	}
}

static struct recipe *expand(const char *name, const struct source *source,
			     struct strvec *problems)
{
	const struct recipe_text *own = source->own.data;
	const struct around_text *around = source->around.data;
	struct recipe *recipe = xcalloc(1, sizeof(*recipe));
	const struct step_list steps = {
		&source->own, "steps", own->steps, own->steps_count };

	recipe->name = xstrdup(name);
	recipe->summary = xstrdup(own->summary);
	recipe->fresh = own->reuse == RECIPE_REUSE_NO;
	strvec_init(&recipe->hosts);
	take_hosts(recipe, &source->own, problems);
	take_limit(recipe, &source->own, problems);
	if (around)
		expand_steps(recipe, &(struct step_list){
			&source->around, "before", around->before,
			around->before_count }, problems);
	expand_steps(recipe, &steps, problems);
	if (around)
		expand_steps(recipe, &(struct step_list){
			&source->around, "after", around->after,
			around->after_count }, problems);
	add_power(recipe, &source->own, problems);
	check_needs(recipe, source, problems);
	return recipe;
}

static struct recipe *read_recipe(const char *name, struct strvec *problems)
{
	struct source source = { .own.path = NULL };
	struct recipe *recipe = NULL;

	if (load_files(&source, name, problems) == 0)
		recipe = expand(name, &source, problems);
	source_release(&source);
	return recipe;
}

int recipe_load(struct recipe **out, const char *name, struct error *err)
{
	AUTO_STRVEC problems = STRVEC_INIT;
	struct recipe *recipe = read_recipe(name, &problems);

	if (problems.count) {
		recipe_free(recipe);
		return error_set(err, ERROR_USAGE, "%s", problems.v[0]);
	}
	*out = recipe;
	return 0;
}

int recipe_load_job(struct recipe **out, struct db *db, const char *flight,
		    const char *job, struct error *err)
{
	struct job_row row;
	int rc;

	if (job_get(db, flight, job, &row, err) < 0)
		return -1;
	rc = recipe_load(out, row.recipe, err);
	job_row_release(&row);
	return rc < 0 ? error_prefix(err, "job %s.%s", flight, job) : 0;
}

void recipe_check(const char *name, struct strvec *problems)
{
	recipe_free(read_recipe(name, problems));
}
