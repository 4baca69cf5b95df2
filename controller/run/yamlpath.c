/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where recipes and flights are looked for. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "config/config.h"
#include "run/yamlfile.h"

static void folders(const char *variable, const char *folder,
		    struct strvec *dirs)
{
	const char *own = getenv(variable);

	if (own)
		strvec_split(dirs, own, ":");
	strvec_pushf(dirs, "%s/%s", config_share_dir(), folder);
}

char *yamlfile_find(const char *variable, const char *folder,
		    const char *name)
{
	AUTO_STRVEC dirs = STRVEC_INIT;

	folders(variable, folder, &dirs);
	for (size_t i = 0; i < dirs.count; i++) {
		char *path = xasprintf("%s/%s.yaml", dirs.v[i], name);

		if (file_exists(path))
			return path;
		free(path);
	}
	return NULL;
}

static void add_names(const char *path, struct strvec *names)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);
		AUTO_FREE char *name = NULL;

		if (n <= 5 || !str_ends(entry->d_name, ".yaml"))
			continue;
		name = xstrndup(entry->d_name, n - 5);
		if (!strvec_has(names, name))
			strvec_push(names, name);
	}
	if (dir)
		closedir(dir);
}

void yamlfile_names(const char *variable, const char *folder,
		    struct strvec *names)
{
	AUTO_STRVEC dirs = STRVEC_INIT;

	folders(variable, folder, &dirs);
	for (size_t i = 0; i < dirs.count; i++)
		add_names(dirs.v[i], names);
	strvec_sort(names);
}
