/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where recipes and flights are looked for. */
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
	AUTO_STRVEC files = STRVEC_INIT;

	if (dir_list(path, &files, NULL) < 0)
		return;
	for (size_t i = 0; i < files.count; i++) {
		size_t n = strlen(files.v[i]);
		AUTO_FREE char *name = NULL;

		if (n <= 5 || !str_ends(files.v[i], ".yaml"))
			continue;
		name = xstrndup(files.v[i], n - 5);
		if (!strvec_has(names, name))
			strvec_push(names, name);
	}
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
