/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recipes: listed, checked, shown with groups and hosts written out. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/table.h"
#include "cmd/command.h"
#include "cmd/json.h"
#include "run/recipe.h"
#include "run/step.h"

static bool json;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_END
};

static cJSON *words_json(const struct strvec *words)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < words->count; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(words->v[i]));
	return array;
}

static const char *part_of(const struct recipe_step *step)
{
	return step->before ? "before" : step->after ? "after" : "own";
}

static cJSON *step_json(const struct recipe_step *step)
{
	cJSON *object = cJSON_CreateObject();

	json_add_text(object, "testid", step->testid);
	cJSON_AddItemToObject(object, "command", words_json(&step->argv));
	json_add_text(object, "part", part_of(step));
	json_add_text(object, "on_fail", step_status_name(step->on_fail));
	json_add_text(object, "on_limit", step_status_name(step->on_limit));
	cJSON_AddBoolToObject(object, "always", step->always);
	cJSON_AddBoolToObject(object, "tolerate", step->tolerate);
	cJSON_AddNumberToObject(object, "retry", step->retry);
	cJSON_AddBoolToObject(object, "wipes", step->wipes);
	cJSON_AddItemToObject(object, "needs", words_json(&step->needs));
	cJSON_AddNumberToObject(object, "limit_ms", (double)step->limit_ms);
	cJSON_AddNumberToObject(object, "parallel", step->parallel);
	cJSON_AddNumberToObject(object, "lane", step->lane);
	return object;
}

static void show_json(const struct recipe *recipe)
{
	cJSON *object = cJSON_CreateObject();
	cJSON *steps = cJSON_CreateArray();

	json_add_text(object, "name", recipe->name);
	json_add_text(object, "summary", recipe->summary);
	cJSON_AddItemToObject(object, "hosts", words_json(&recipe->hosts));
	for (size_t i = 0; i < recipe->count; i++)
		cJSON_AddItemToArray(steps, step_json(&recipe->steps[i]));
	cJSON_AddItemToObject(object, "steps", steps);
	json_print(object);
}

static void add_note(struct strbuf *notes, const char *note)
{
	strbuf_addf(notes, "%s%s", notes->len ? ", " : "", note);
}

static void step_notes(const struct recipe_step *step, struct strbuf *notes)
{
	AUTO_FREE char *needs = strvec_join(&step->needs, " ");
	AUTO_FREE char *text = NULL;
	char limit[DURATION_TEXT_SIZE];

	if (step->on_fail != STEP_FAIL) {
		text = xasprintf("on-fail %s", step_status_name(step->on_fail));
		add_note(notes, text);
	}
	if (step->always)
		add_note(notes, "always");
	if (step->tolerate)
		add_note(notes, "tolerated");
	if (step->retry)
		add_note(notes, "tried again");
	if (step->wipes)
		add_note(notes, "wipes a disk");
	if (step->prepares)
		add_note(notes, "prepares its host");
	if (step->limit_ms)
		strbuf_addf(notes, "%slimit %s", notes->len ? ", " : "",
			    duration_text(step->limit_ms, limit));
	if (step->needs.count)
		strbuf_addf(notes, "%sneeds %s", notes->len ? ", " : "",
			    needs);
}

static void show_table(const struct recipe *recipe)
{
	AUTO_TABLE table;

	printf("%s: %s\n\n", recipe->name, recipe->summary);
	table_init(&table, "TESTID", "COMMAND", "LANE", "NOTES", NULL);
	for (size_t i = 0; i < recipe->count; i++) {
		const struct recipe_step *step = &recipe->steps[i];
		AUTO_FREE char *command = strvec_join(&step->argv, " ");
		AUTO_STRBUF notes = STRBUF_INIT;

		step_notes(step, &notes);
		table_row(&table, step->testid, command, step->parallel ?
			  recipe->hosts.v[step->lane] : NULL, notes.buf);
	}
	table_print(&table, stdout);
}

static int show(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	struct recipe *recipe;

	(void)ctx;
	(void)count;
	if (recipe_load(&recipe, args[0], err) < 0)
		return -1;
	if (json)
		show_json(recipe);
	else
		show_table(recipe);
	recipe_free(recipe);
	return 0;
}

/* What only the machine at hand can say: are the test cases there? */
static void check_programs(const char *name, struct strvec *problems)
{
	struct recipe *recipe;

	if (recipe_load(&recipe, name, NULL) < 0)
		return;
	for (size_t i = 0; i < recipe->count; i++) {
		const struct recipe_step *step = &recipe->steps[i];
		struct error err = ERROR_INIT;
		AUTO_FREE char *program = step_find_program(step->argv.v[0],
							    &err);
		AUTO_FREE char *problem = program ? NULL :
			xasprintf("recipe %s, %s %s: %s", name, step->before ?
				  "before it" : step->after ? "after it" :
				  "step", step->testid, err.text);

		if (problem && !strvec_has(problems, problem))
			strvec_push(problems, problem);
	}
	recipe_free(recipe);
}

static int check(struct context *ctx, char *const *args, size_t count,
		 struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_STRVEC problems = STRVEC_INIT;

	(void)ctx;
	for (size_t i = 0; i < count; i++)
		strvec_push(&names, args[i]);
	if (!count && recipe_names(&names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		AUTO_STRVEC found = STRVEC_INIT;

		recipe_check(names.v[i], &found);
		check_programs(names.v[i], &found);
		/* what is wrong around several recipes is said once */
		for (size_t n = 0; n < found.count; n++)
			if (!strvec_has(&problems, found.v[n]))
				strvec_push(&problems, found.v[n]);
	}
	for (size_t i = 0; i < problems.count; i++)
		printf("%s\n", problems.v[i]);
	if (!problems.count)
		printf("%zu recipe%s, nothing wrong\n", names.count,
		       names.count == 1 ? "" : "s");
	return problems.count ? ERROR_USAGE : 0;
}

static void list_one(const char *name, struct table *table, cJSON *array)
{
	struct recipe *recipe = NULL;
	struct error error = ERROR_INIT;
	int rc = recipe_load(&recipe, name, &error);
	const char *summary = rc < 0 ? error.text : recipe->summary;

	if (json) {
		cJSON *object = cJSON_CreateObject();

		json_add_text(object, "name", name);
		json_add_text(object, "summary", rc < 0 ? NULL : summary);
		json_add_text(object, "error", rc < 0 ? summary : NULL);
		cJSON_AddItemToArray(array, object);
	} else {
		table_row(table, name, summary);
	}
	recipe_free(recipe);
}

static int list(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	cJSON *array = cJSON_CreateArray();
	AUTO_TABLE table;

	(void)ctx;
	(void)args;
	(void)count;
	table_init(&table, "RECIPE", "WHAT IT DOES", NULL);
	if (recipe_names(&names, err) < 0) {
		cJSON_Delete(array);
		return -1;
	}
	for (size_t i = 0; i < names.count; i++)
		list_one(names.v[i], &table, array);
	if (json) {
		json_print(array);
		return 0;
	}
	cJSON_Delete(array);
	table_print(&table, stdout);
	return 0;
}

static const struct verb verbs[] = {
	{ "list", 0, 0, "", list },
	{ "show", 1, 1, "NAME", show },
	{ "check", 0, -1, "[NAME...]", check },
	{ .name = NULL },
};

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	return verb_run(ctx, "recipe", verbs, args, err);
}

const struct command cmd_recipe = {
	.name = "recipe",
	.summary = "List, show or check recipes (jobs/*.yaml)",
	.usage = "list [--json]\nshow [--json] NAME\ncheck [NAME...]",
	.options = options,
	.run = run,
};
