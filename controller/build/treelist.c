/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which trees there are. */
#include <dirent.h>
#include <string.h>

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
	struct dirent *entry;
	DIR *dir = opendir(path);

	while (dir && (entry = readdir(dir))) {
		AUTO_FREE char *name = xstrdup(entry->d_name);

		if (!str_ends(name, SUFFIX))
			continue;
		name[strlen(name) - strlen(SUFFIX)] = '\0';
		add(names, name);
	}
	if (dir)
		closedir(dir);
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
