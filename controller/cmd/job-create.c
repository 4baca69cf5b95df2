/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job with its runvars, as OSSTest's cs-job-create. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/names.h"
#include "cmd/command.h"
#include "db/jobs.h"
#include "db/runvars.h"
#include "flight/file.h"
#include "run/recipe.h"

struct setting {
	char *name, *value;
	bool synth;
};

struct settings {
	struct setting *v;	/* room for one for each argument */
	size_t count;
	bool disabled;
};

static void settings_release(struct settings *settings)
{
	for (size_t i = 0; i < settings->count; i++) {
		free(settings->v[i].name);
		free(settings->v[i].value);
	}
	free(settings->v);
}

static void drop(struct settings *settings, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < settings->count; i++) {
		struct setting setting = settings->v[i];

		if (strcmp(setting.name, name) != 0) {
			settings->v[kept++] = setting;
			continue;
		}
		free(setting.name);
		free(setting.value);
	}
	settings->count = kept;
}

static int parse_assignment(struct settings *settings, const char *word,
			    struct error *err)
{
	const char *equals = strchr(word, '=');
	struct setting setting;
	const char *end;

	if (!equals)
		return error_set(err, ERROR_USAGE, "'%.60s' is no VAR=VALUE, "
				 "VAR~=VALUE, !VAR or 'disable'", word);
	setting.synth = equals > word && equals[-1] == '~';
	end = equals - setting.synth;
	setting.name = xstrndup(word, end - word);
	if (name_check("runvar", setting.name, err) < 0) {
		free(setting.name);
		return -1;
	}
	setting.value = xstrdup(equals + 1);
	drop(settings, setting.name);
	settings->v[settings->count++] = setting;
	return 0;
}

static int parse(struct settings *settings, char *const *words, size_t count,
		 struct error *err)
{
	settings->v = xcalloc(count, sizeof(*settings->v));
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i], "disable") == 0)
			settings->disabled = true;
		else if (words[i][0] == '!')
			drop(settings, words[i] + 1);
		else if (parse_assignment(settings, words[i], err) < 0)
			return -1;
	}
	return 0;
}

static int check_recipe(const char *name, struct error *err)
{
	struct recipe *recipe;

	if (recipe_load(&recipe, name, err) < 0)
		return -1;
	recipe_free(recipe);
	return 0;
}

static int store(struct db *db, char *const *names,
		 const struct settings *settings, struct error *err)
{
	const char *flight = names[0], *job = names[1], *recipe = names[2];

	if (check_recipe(recipe, err) < 0 ||
	    job_create(db, flight, job, recipe, err) < 0)
		return -1;
	for (size_t i = 0; i < settings->count; i++) {
		const struct setting *s = &settings->v[i];
		int rc = s->synth ?
			runvar_store(db, flight, job, s->name, s->value, err) :
			runvar_define(db, flight, job, s->name, s->value, err);

		if (rc < 0)
			return -1;
	}
	return 0;
}

static int create(struct db *db, char *const *names,
		  const struct settings *settings, struct error *err)
{
	if (db_begin(db, err) < 0)
		return -1;
	if (store(db, names, settings, err) == 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	struct settings settings = { .v = NULL };
	int rc;

	if (args_check(args, "job-create", 3, -1, err) < 0 ||
	    name_check("job", args->v[1], err) < 0)
		return -1;
	rc = flight_wants_job(args->v[1], err);
	if (rc < 0)
		return -1;
	if (rc == 0) {
		log_debug("job %s is not in OSSTEST_JOBS_ONLY", args->v[1]);
		return 0;
	}
	rc = parse(&settings, args->v + 3, args->count - 3, err);
	if (rc == 0 && !settings.disabled)
		rc = create(ctx->db, args->v, &settings, err);
	settings_release(&settings);
	return rc;
}

const struct command cmd_job_create = {
	.name = "job-create",
	.aliases = "cs-job-create",
	.summary = "Make a job of a flight, with its runvars",
	.usage = "FLIGHT JOB RECIPE [VAR=VALUE|VAR~=VALUE|!VAR|disable]...",
	.needs = NEEDS_DB,
	.run = run,
};
