/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runvars that a job of a flight gets from the environment and settings. */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/strbuf.h"
#include "build/environment.h"
#include "flight/condition.h"
#include "flight/expand.h"

int runvar_set(struct strvec *runvars, const char *text, struct error *err)
{
	const char *equals = strchr(text, '=');
	AUTO_FREE char *name = equals ? xstrndup(text, equals - text + 1)
				      : NULL;

	if (!equals)
		return error_set(err, ERROR_USAGE, "'%.60s' is no runvar: "
				 "NAME=VALUE", text);
	name[equals - text] = '\0';
	if (name_check("runvar", name, err) < 0)
		return -1;
	name[equals - text] = '=';
	for (size_t i = 0; i < runvars->count; i++) {
		if (!str_starts(runvars->v[i], name))
			continue;
		free(runvars->v[i]);
		runvars->v[i] = xstrdup(text);
		return 0;
	}
	strvec_push(runvars, text);
	return 0;
}

static int set_from(struct strvec *runvars, const char *variable,
		    struct error *err)
{
	const char *value = getenv(variable);
	AUTO_STRVEC words = STRVEC_INIT;

	if (value)
		strvec_split(&words, value, " \t\n");
	for (size_t i = 0; i < words.count; i++)
		if (runvar_set(runvars, words.v[i], err) < 0)
			return error_prefix(err, "$%s", variable);
	return 0;
}

int runvar_set_environment(struct strvec *runvars, const char *job,
			   const char *build, struct error *err)
{
	AUTO_FREE char *words = xasprintf("%s_RUNVARS", str_or(build, ""));
	AUTO_FREE char *own = name_variable("BUILD_", words);
	AUTO_FREE char *of_arch = NULL;
	const char *arch;

	if (set_from(runvars, "RUNVARS", err) < 0)
		return -1;
	if (build || str_starts(job, "build-")) {
		if (set_from(runvars, "BUILD_RUNVARS", err) < 0 ||
		    (build && set_from(runvars, own, err) < 0))
			return -1;
	} else if (str_starts(job, "test-") &&
		   set_from(runvars, "TEST_RUNVARS", err) < 0) {
		return -1;
	}
	arch = fact_find(runvars, "arch");
	of_arch = xasprintf("ARCH_RUNVARS_%s", str_or(arch, ""));
	return set_from(runvars, of_arch, err);
}

static int set_value(struct strvec *runvars, const char *what,
		     const char *tree, const char *value, struct error *err)
{
	AUTO_FREE char *text = NULL;

	if (!value || !*value)
		return 0;
	text = xasprintf("%s_%s=%s", what, tree, value);
	return runvar_set(runvars, text, err);
}

static const char *setting(const char *what, const char *tree,
			   const struct config *config)
{
	AUTO_FREE char *name = xasprintf("%s_%s", what, tree);

	return config ? config_get(config, name) : NULL;
}

int runvar_set_tree(struct strvec *runvars, const char *tree,
		    const struct config *config, struct error *err)
{
	AUTO_FREE char *revision = xasprintf("revision_%s", tree);
	const char *value = tree_environment("TREE_", tree);

	if (!value)
		value = setting("Tree", tree, config);
	if (set_value(runvars, "tree", tree, value, err) < 0)
		return -1;
	value = tree_environment("REVISION_", tree);
	/* what somebody asked for is more than what nobody asked for means */
	if (!value && !fact_find(runvars, revision))
		value = setting("Revision", tree, config);
	return set_value(runvars, "revision", tree, value, err);
}
