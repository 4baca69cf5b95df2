/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"
#include "base/strbuf.h"
#include "build/environment.h"

#define VCS "TREEVCS_"

static const char *const prefixes[] = { "TREE_", "REVISION_", VCS };

const char *tree_environment(const char *prefix, const char *tree)
{
	AUTO_FREE char *variable = name_variable(prefix, tree);
	const char *value = getenv(variable);

	return value && *value ? value : NULL;
}

static const char *prefix_of(const char *variable)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (str_starts(variable, prefixes[i]))
			return prefixes[i];
	return NULL;
}

/* Is it the variable of one of these trees? */
static bool is_read(const char *prefix, const char *variable,
		    const struct strvec *trees)
{
	for (size_t i = 0; i < trees->count; i++) {
		AUTO_FREE char *name = name_variable(prefix, trees->v[i]);

		if (strcmp(name, variable) == 0)
			return true;
	}
	return false;
}

static int check(const char *variable, const char *value,
		 const struct strvec *trees, struct strvec *sentences,
		 struct error *err)
{
	const char *prefix = prefix_of(variable);
	AUTO_FREE char *built = NULL;

	if (!prefix || !*value)
		return 0;
	if (strcmp(prefix, VCS) == 0 && strcmp(value, "git") != 0)
		return error_set(err, ERROR_USAGE, "$%s is '%.60s': trees of "
				 "git are built, and no others", variable,
				 value);
	if (is_read(prefix, variable, trees))
		return 0;
	built = strvec_join(trees, ", ");
	strvec_pushf(sentences, "$%s has no effect: what is built here is "
		     "%s%s", variable, trees->count ? "of " : "nothing",
		     built);
	return 0;
}

int tree_environment_check(const struct strvec *trees,
			   struct strvec *sentences, struct error *err)
{
	for (char *const *p = environ; *p; p++) {
		const char *equals = strchr(*p, '=');
		AUTO_FREE char *variable = equals ?
			xstrndup(*p, equals - *p) : xstrdup("");

		if (equals && check(variable, equals + 1, trees, sentences,
				    err) < 0)
			return -1;
	}
	return 0;
}
