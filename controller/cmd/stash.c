/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What builds have produced: what there is, whether it is whole, what goes. */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/table.h"
#include "build/stash.h"
#include "cmd/command.h"
#include "cmd/json.h"
#include "db/stash.h"

#define MIB (1024.0 * 1024)

static bool json, all;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_FLAG('a', "all", &all,
		    "gc: remove all that no job refers to, room or not"),
	OPTION_END
};

static int add_dist(struct context *ctx, const struct dist *dist,
		    cJSON *array, struct table *table, struct error *err)
{
	AUTO_STRVEC users = STRVEC_INIT;
	AUTO_FREE char *joined = NULL, *size = NULL;
	const char *revision = dist_value(dist, "built_revision");
	char stamp[CLOCK_STAMP_SIZE];
	cJSON *row;

	if (stash_users(ctx->db, dist->name, &users, err) < 0)
		return -1;
	joined = strvec_join(&users, " ");
	size = xasprintf("%.1f MiB", (double)dist->bytes / MIB);
	clock_stamp(dist->made, stamp);
	stamp[16] = '\0';	/* minutes are enough */
	table_row(table, dist->name, revision, stamp, size,
		  users.count ? joined : "nobody");
	row = cJSON_CreateObject();
	cJSON_AddStringToObject(row, "dist", dist->name);
	cJSON_AddStringToObject(row, "built_revision", str_or(revision, ""));
	cJSON_AddNumberToObject(row, "made", (double)dist->made);
	cJSON_AddNumberToObject(row, "bytes", (double)dist->bytes);
	cJSON_AddItemToObject(row, "jobs", cJSON_CreateStringArray(
		(const char *const *)users.v, (int)users.count));
	cJSON_AddItemToArray(array, row);
	return 0;
}

static int list(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	struct dists dists = { .v = NULL };
	cJSON *array = cJSON_CreateArray();
	AUTO_TABLE table;
	int rc = stash_list(ctx->config, &dists, err);

	(void)args;
	(void)count;
	table_init(&table, "DIST", "REVISION", "MADE", "SIZE", "JOBS", NULL);
	for (size_t i = 0; i < dists.count && rc == 0; i++)
		rc = add_dist(ctx, &dists.v[i], array, &table, err);
	if (rc == 0 && json)
		json_print(cJSON_Duplicate(array, true));
	else if (rc == 0)
		table_print(&table, stdout);
	cJSON_Delete(array);
	dists_release(&dists);
	return rc;
}

static int verify(struct context *ctx, char *const *args, size_t count,
		  struct error *err)
{
	struct dists dists = { .v = NULL };
	int bad = 0;

	(void)args;
	(void)count;
	if (stash_list(ctx->config, &dists, err) < 0)
		return -1;
	for (size_t i = 0; i < dists.count; i++) {
		struct error why = ERROR_INIT;

		if (dist_verify(&dists.v[i], &why) == 0)
			continue;
		printf("%s\n", why.text);
		bad++;
	}
	printf("%zu dists, %d damaged\n", dists.count, bad);
	dists_release(&dists);
	return bad ? ERROR_BROKEN : 0;
}

static int gc(struct context *ctx, char *const *args, size_t count,
	      struct error *err)
{
	int64_t room = all ? 0 : config_size(ctx->config, "StashRoom"), left;
	AUTO_STRVEC removed = STRVEC_INIT;

	(void)args;
	(void)count;
	if (stash_gc(ctx->config, ctx->db, room, &removed, &left, err) < 0)
		return -1;
	for (size_t i = 0; i < removed.count; i++)
		printf("removed %s\n", removed.v[i]);
	printf("%zu removed; %.1f MiB are left\n", removed.count,
	       (double)left / MIB);
	return 0;
}

static const struct verb verbs[] = {
	{ "list", 0, 0, "", list },
	{ "verify", 0, 0, "", verify },
	{ "gc", 0, 0, "", gc },
	{ NULL }
};

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	return verb_run(ctx, "stash", verbs, args, err);
}

const struct command cmd_stash = {
	.name = "stash",
	.summary = "Show what builds produced, check it, make room",
	.usage = "list [--json]\nverify\ngc [--all]",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
