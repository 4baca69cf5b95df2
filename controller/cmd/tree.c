/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source trees: which there are, fetch them, make them. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/table.h"
#include "build/import.h"
#include "build/tree.h"
#include "cmd/command.h"
#include "cmd/json.h"

static bool json, fresh;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_FLAG(0, "fresh", &fresh,
		    "import: ask the mirror, whatever is in the cache"),
	OPTION_END
};

static int add_tree(struct context *ctx, const char *name, cJSON *array,
		    struct table *table, struct error *err)
{
	const char *origin = tree_origin(ctx->config, name, NULL);
	AUTO_FREE char *revision = tree_revision(ctx->config, name, NULL);
	cJSON *row = cJSON_CreateObject();
	AUTO_TREE tree = TREE_INIT;

	if (origin && tree_open(&tree, ctx->config, name, NULL, err) < 0) {
		cJSON_Delete(row);
		return -1;
	}
	table_row(table, name, origin ? revision : NULL, origin, tree.url);
	cJSON_AddStringToObject(row, "tree", name);
	if (origin) {
		cJSON_AddStringToObject(row, "url", tree.url);
		cJSON_AddStringToObject(row, "origin", origin);
		cJSON_AddStringToObject(row, "revision", revision);
	}
	cJSON_AddItemToArray(array, row);
	return 0;
}

static int list(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	cJSON *array = cJSON_CreateArray();
	AUTO_TABLE table;
	int rc = 0;

	(void)args;
	(void)count;
	tree_list(ctx->config, &names);
	table_init(&table, "TREE", "REVISION", "SAID BY", "URL", NULL);
	for (size_t i = 0; i < names.count && rc == 0; i++)
		rc = add_tree(ctx, names.v[i], array, &table, err);
	if (rc == 0 && json)
		json_print(cJSON_Duplicate(array, true));
	else if (rc == 0)
		table_print(&table, stdout);
	cJSON_Delete(array);
	return rc;
}

/* "xen" or "xen=VERSION" */
static int import(struct context *ctx, char *const *args, size_t count,
		  struct error *err)
{
	const char *equals = strchr(args[0], '=');
	AUTO_FREE char *package = equals ?
		xstrndup(args[0], equals - args[0]) : xstrdup(args[0]);
	int64_t start = clock_mono_ms();
	char took[DURATION_TEXT_SIZE];
	struct import got;

	(void)count;
	if (import_tree(ctx->config, package, equals ? equals + 1 : NULL,
			fresh, &got, err) < 0)
		return -1;
	duration_text(clock_mono_ms() - start, took);
	printf("%s: %s %s, %d patches%s%s\n%s debian\n", got.repo, package,
	       got.version, got.patches, got.made ? ", imported in " :
	       ", as it was imported", got.made ? took : "", got.head);
	import_release(&got);
	return 0;
}

static int fetch_one(struct context *ctx, const char *name,
		     struct error *err)
{
	AUTO_FREE char *revision = tree_revision(ctx->config, name, NULL);
	AUTO_TREE tree = TREE_INIT;
	char commit[COMMIT_SIZE];

	if (tree_open(&tree, ctx->config, name, NULL, err) < 0 ||
	    tree_fetch(&tree, err) < 0 ||
	    tree_resolve(&tree, revision, commit, err) < 0)
		return -1;
	printf("%s: %s %s\n", name, commit, revision);
	return 0;
}

static int fetch(struct context *ctx, char *const *args, size_t count,
		 struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;

	if (count)
		strvec_pushv(&names, args);
	else
		tree_list(ctx->config, &names);
	for (size_t i = 0; i < names.count; i++) {
		/* of all, those that somebody said where to get */
		if (!count && !tree_origin(ctx->config, names.v[i], NULL))
			continue;
		if (fetch_one(ctx, names.v[i], err) < 0)
			return -1;
	}
	return 0;
}

static const struct verb verbs[] = {
	{ "list", 0, 0, "", list },
	{ "import", 1, 1, "PACKAGE[=VERSION]", import },
	{ "fetch", 0, -1, "[TREE...]", fetch },
	{ NULL }
};

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	return verb_run(ctx, "tree", verbs, args, err);
}

const struct command cmd_tree = {
	.name = "tree",
	.summary = "Show source trees, fetch them, or make one of a package",
	.usage = "list [--json]\nimport [--fresh] PACKAGE[=VERSION]\n"
		 "fetch [TREE...]",
	.options = options,
	.needs = NEEDS_CONFIG,
	.run = run,
};
