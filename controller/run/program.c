/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a step's program is: the folders of $IRONBIRD_TS_PATH first, for test
 * cases of one's own, then the folder of the ironbird program.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/files.h"
#include "base/names.h"
#include "run/step.h"

static char *nearest(const char *script, const struct strvec *dirs)
{
	AUTO_STRVEC names = STRVEC_INIT;

	for (size_t i = 0; i < dirs->count; i++)
		(void)!dir_list(dirs->v[i], &names, NULL);
	return name_hint(script, &names);
}

char *step_find_program(const char *script, struct error *err)
{
	const char *own = getenv("IRONBIRD_TS_PATH");
	AUTO_STRVEC dirs = STRVEC_INIT;
	AUTO_FREE char *list = NULL, *hint = NULL;

	if (own)
		strvec_split(&dirs, own, ":");
	strvec_push(&dirs, config_program_dir());
	for (size_t i = 0; i < dirs.count; i++) {
		char *path = xasprintf("%s/%s", dirs.v[i], script);

		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	hint = nearest(script, &dirs);
	list = strvec_join(&dirs, ", ");
	error_set(err, ERROR_USAGE, "there is no test case %s that can be "
		  "run in %s%s", script, list, hint);
	return NULL;
}
