/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/table.h"
#include "boot/image.h"
#include "cmd/command.h"
#include "cmd/json.h"

static bool json, fresh;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_FLAG(0, "fresh", &fresh, "build even what is in the cache"),
	OPTION_END
};

static int build_one(struct context *ctx, const char *name, struct error *err)
{
	int64_t start = clock_mono_ms();
	char took[DURATION_TEXT_SIZE];
	struct cache_entry image;

	if (image_ensure(ctx->config, name, fresh, &image, err) < 0)
		return -1;
	duration_text(clock_mono_ms() - start, took);
	printf("%s: %s%s%s\n", name, image.dir, image.made ? ", built in " :
	       ", in the cache", image.made ? took : "");
	cache_entry_release(&image);
	return 0;
}

static int build(struct context *ctx, char *const *args, size_t count,
		 struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;

	if (count)
		strvec_pushv(&names, args);
	else if (image_names(&names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (build_one(ctx, names.v[i], err) < 0)
			return -1;
	return 0;
}

static int list(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	cJSON *array = cJSON_CreateArray();
	AUTO_TABLE table;
	int made = 0;

	(void)args;
	(void)count;
	table_init(&table, "IMAGE", "IN THE CACHE", NULL);
	made = image_names(&names, err);
	for (size_t i = 0; i < names.count && made >= 0; i++) {
		cJSON *row = cJSON_CreateObject();

		made = image_is_made(ctx->config, names.v[i], err);
		table_row(&table, names.v[i], made > 0 ? "yes" : "no");
		cJSON_AddStringToObject(row, "image", names.v[i]);
		cJSON_AddBoolToObject(row, "cached", made > 0);
		cJSON_AddItemToArray(array, row);
	}
	if (made >= 0 && json)
		json_print(cJSON_Duplicate(array, true));
	else if (made >= 0)
		table_print(&table, stdout);
	cJSON_Delete(array);
	return made < 0 ? -1 : 0;
}

static const struct verb verbs[] = {
	{ "build", 0, -1, "[IMAGE...]", build },
	{ "list", 0, 0, "", list },
	{ NULL }
};

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	return verb_run(ctx, "image", verbs, args, err);
}

const struct command cmd_image = {
	.name = "image",
	.summary = "Build the images of hosts and guests, or show them",
	.usage = "build [--fresh] [IMAGE...]\nlist [--json]",
	.options = options,
	.needs = NEEDS_CONFIG,
	.run = run,
};
