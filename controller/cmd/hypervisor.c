/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "boot/image.h"
#include "cmd/command.h"
#include "ts/toolstack.h"

static bool fresh;
static const char *with;

static const struct option_row options[] = {
	OPTION_FLAG(0, "fresh", &fresh, "pack even what is in the cache"),
	OPTION_STRING(0, "with", "TOOLSTACK", &with,
		    "the bundle of the hosts of its jobs"),
	OPTION_END
};

static int ensure(struct context *ctx, bool anew, struct cache_entry *bundle,
		  struct error *err)
{
	const struct toolstack *toolstack;

	toolstack = toolstack_find(with ? with : "xl", err);
	return toolstack ? bundle_ensure(ctx->config, toolstack->bundle, anew,
					 bundle, err) : -1;
}

static int pack(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	struct cache_entry bundle;

	(void)args;
	(void)count;
	if (ensure(ctx, fresh, &bundle, err) < 0)
		return -1;
	printf("%s: %s %s\n", bundle.dir, bundle.name,
	       str_or(cache_value(&bundle, "xen_version"), ""));
	cache_entry_release(&bundle);
	return 0;
}

static int show(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	struct cache_entry bundle;

	(void)args;
	(void)count;
	if (ensure(ctx, false, &bundle, err) < 0)
		return -1;
	for (size_t i = 0; i < bundle.manifest.count; i++)
		puts(bundle.manifest.v[i]);
	cache_entry_release(&bundle);
	return 0;
}

static const struct verb verbs[] = {
	{ "pack", 0, 0, "", pack },
	{ "show", 0, 0, "", show },
	{ NULL }
};

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	return verb_run(ctx, "hypervisor", verbs, args, err);
}

const struct command cmd_hypervisor = {
	.name = "hypervisor",
	.summary = "Pack the hypervisor that hosts get, or show what is in it",
	.usage = "pack [--fresh] [--with TOOLSTACK]\nshow [--with TOOLSTACK]",
	.options = options,
	.needs = NEEDS_CONFIG,
	.run = run,
};
