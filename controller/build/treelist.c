/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which trees there are. */
#include <string.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "build/part.h"
#include "build/tree.h"

#define SUFFIX ".git"

static void add(struct strvec *names, const char *name)
{
	if (!strvec_has(names, name))
		strvec_push(names, name);
}

/* A folder that is not there has no trees in it. */
static void add_repositories(struct strvec *names, const char *path)
{
	AUTO_STRVEC got = STRVEC_INIT;

	if (dir_list(path, &got, NULL) < 0)
		return;
	for (size_t i = 0; i < got.count; i++) {
		if (!str_ends(got.v[i], SUFFIX))
			continue;
		got.v[i][strlen(got.v[i]) - strlen(SUFFIX)] = '\0';
		add(names, got.v[i]);
	}
}

void tree_list(const struct config *config, struct strvec *names)
{
	const char *repos = config_get(config, "Repos");
	AUTO_FREE char *imports = xasprintf("%s/import", repos);

	for (const struct build_part *const *p = build_parts; *p; p++)
		add(names, (*p)->tree);
	add_repositories(names, imports);
	add_repositories(names, repos);
	strvec_sort(names);
}
