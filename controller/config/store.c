/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "config/store.h"

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct config_entry *)a)->name,
		      ((const struct config_entry *)b)->name);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct config *store_new(void)
{
	struct config *config = xcalloc(1, sizeof(*config));

	strvec_init(&config->exports);
	return config;
}

static void free_entry(struct config_entry *e)
{
	free(e->name);
	free(e->value);
	free(e->dir);
	free(e->origin);
	free(e);
}

static void keep_node(void *node)
{
	(void)node;
}

void config_free(struct config *config)
{
	if (!config)
		return;
	tdestroy(config->by_name, keep_node);
	tdestroy(config->pool, free);
	for (size_t i = 0; i < config->count; i++)
		free_entry(config->entries[i]);
	free(config->entries);
	strvec_release(&config->exports);
	free(config);
}

struct config_entry *store_find(const struct config *config, const char *name)
{
	const struct config_entry key = { .name = (char *)name };
	struct config_entry **found = tfind(&key, &config->by_name,
					    compare_entries);

	return found ? *found : NULL;
}

static struct config_entry *add_entry(struct config *config, const char *name)
{
	struct config_entry *e = xcalloc(1, sizeof(*e));

	e->name = xstrdup(name);
	/* Grown by doubling: at powers of two. */
	if ((config->count & (config->count - 1)) == 0)
		config->entries = xrealloc(config->entries,
					   config->count ? 2 * config->count :
					   1, sizeof(*config->entries));
	config->entries[config->count++] = e;
	tsearch(e, &config->by_name, compare_entries);
	return e;
}

struct config_entry *store_set(struct config *config, const char *name,
			const char *value, const char *dir, const char *origin)
{
	struct config_entry *e = store_find(config, name);

	if (!e)
		e = add_entry(config, name);
	free(e->value);
	free(e->dir);
	free(e->origin);
	e->value = xstrdup(value);
	e->dir = xstrdup(dir);
	e->origin = xstrdup(origin);
	e->order = ++config->order;
	return e;
}

const char *store_keep(const struct config *config, const char *s)
{
	struct config *mutable = (struct config *)config;
	char **found = tfind(s, &config->pool, compare_strings);
	char *copy;

	if (found)
		return *found;
	copy = xstrdup(s);
	tsearch(copy, &mutable->pool, compare_strings);
	return copy;
}
