/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runvars of a flight or a job: listed, set, unset. */
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/table.h"
#include "cmd/jobspec.h"
#include "cmd/json.h"
#include "db/runvars.h"

static bool all, raw, json;
static struct strvec sets = STRVEC_INIT, unsets = STRVEC_INIT;

static const struct option_row options[] = {
	OPTION_FLAG('a', "all", &all, "also values that jobs found out"),
	OPTION_FLAG('r', "raw", &raw, "one a line: JOB NAME VALUE, with tabs"),
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_LIST(0, "set", "VAR=VALUE", &sets,
		    "define a runvar of the job (may be given often)"),
	OPTION_LIST(0, "unset", "VAR", &unsets,
		    "remove a runvar of the job (may be given often)"),
	OPTION_END
};

static void print_json(const struct runvars *vars)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < vars->count; i++) {
		const struct runvar *var = &vars->v[i];
		cJSON *item;

		if (var->synth && !all)
			continue;
		item = cJSON_CreateObject();
		json_add_text(item, "job", var->job);
		json_add_text(item, "name", var->name);
		json_add_text(item, "value", var->value);
		cJSON_AddBoolToObject(item, "synth", var->synth);
		cJSON_AddItemToArray(array, item);
	}
	json_print(array);
}

static void print_raw(const struct runvars *vars)
{
	for (size_t i = 0; i < vars->count; i++) {
		const struct runvar *var = &vars->v[i];
		AUTO_STRBUF value = STRBUF_INIT;

		if (var->synth && !all)
			continue;
		strbuf_add_printable(&value, var->value);
		printf("%s\t%s\t%s\n", var->job, var->name, value.buf);
	}
}

/* OSSTest marks what was found out with a tilde. */
static void print_table(const struct runvars *vars)
{
	AUTO_TABLE table;

	table_init(&table, "JOB", "RUNVAR", "VALUE", NULL);
	for (size_t i = 0; i < vars->count; i++) {
		const struct runvar *var = &vars->v[i];
		AUTO_FREE char *name = xasprintf("%s%s", var->name,
						 var->synth ? "~" : "");

		if (!var->synth || all)
			table_row(&table, var->job, name, var->value);
	}
	table_print(&table, stdout);
}

static int show(struct context *ctx, const char *flight, const char *job,
		struct error *err)
{
	struct runvars vars = { .v = NULL };

	if (runvar_list(ctx->db, flight, job, &vars, err) < 0)
		return -1;
	if (json)
		print_json(&vars);
	else if (raw)
		print_raw(&vars);
	else
		print_table(&vars);
	runvars_release(&vars);
	return 0;
}

static int set_one(struct db *db, const char *flight, const char *job,
		   const char *word, struct error *err)
{
	const char *equals = strchr(word, '=');
	AUTO_FREE char *name = NULL;

	if (!equals)
		return error_set(err, ERROR_USAGE, "--set takes VAR=VALUE, "
				 "not '%.60s'", word);
	name = xstrndup(word, equals - word);
	return runvar_define(db, flight, job, name, equals + 1, err);
}

static int change(struct db *db, const char *flight, const char *job,
		  struct error *err)
{
	if (!job)
		return error_set(err, ERROR_USAGE, "--set and --unset need a "
				 "job of flight %s", flight);
	if (db_begin(db, err) < 0)
		return -1;
	for (size_t i = 0; i < unsets.count; i++)
		if (runvar_delete(db, flight, job, unsets.v[i], err) < 0)
			goto undo;
	for (size_t i = 0; i < sets.count; i++)
		if (set_one(db, flight, job, sets.v[i], err) < 0)
			goto undo;
	return db_commit(db, err);
undo:
	db_rollback(db);
	return -1;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_FREE char *flight = NULL, *job = NULL;

	if (args_check(args, "runvars", 0, 2, err) < 0 ||
	    jobspec_parse_any(ctx, args->v, args->count, &flight, &job,
			      err) < 0)
		return -1;
	if (sets.count || unsets.count)
		return change(ctx->db, flight, job, err);
	return show(ctx, flight, job, err);
}

const struct command cmd_runvars = {
	.name = "runvars",
	.aliases = "mg-show-flight-runvars",
	.summary = "Show the runvars of a flight or a job, or change a job's",
	.usage = "[-a] [-r] [--json] [FLIGHT[.JOB]]\n"
		 "--set VAR=VALUE | --unset VAR [FLIGHT.]JOB",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
