/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "config/config.h"
#include "config/places.h"

#define LEVELS_MAX 4	/* build/tests/sim, PREFIX/lib/ironbird */

static bool has(const char *dir, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);

	return file_exists(path);
}

/* dir without its last part, in place; false at the root. */
static bool parent(char *dir)
{
	char *slash = strrchr(dir, '/');

	if (!slash || slash == dir)
		return false;
	*slash = '\0';
	return true;
}

bool places_is_checkout(const char *dir)
{
	return has(dir, "jobs") && has(dir, "controller");
}

char *places_share(const char *exe_dir)
{
	const char *given = getenv("IRONBIRD_SHARE");
	AUTO_FREE char *dir = xstrdup(exe_dir);

	if (given && *given)
		return xstrdup(given);
	for (int level = 0; level < LEVELS_MAX && parent(dir); level++) {
		if (has(dir, "share/ironbird/jobs"))
			return xasprintf("%s/share/ironbird", dir);
		if (places_is_checkout(dir))
			return xstrdup(dir);
	}
	return xasprintf("%s/../share/ironbird", exe_dir);
}

static bool has_test_cases(const char *dir)
{
	AUTO_FREE char *pattern = xasprintf("%s/ts-*", dir);
	glob_t found = { 0 };
	bool yes = glob(pattern, GLOB_NOSORT, NULL, &found) == 0;

	globfree(&found);
	return yes;
}

char *places_programs(const char *exe_dir)
{
	static const char *const below[] = { "bin", "lib/ironbird" };
	char *dir = xstrdup(exe_dir);

	if (has_test_cases(dir))
		return dir;
	for (int level = 0; level < LEVELS_MAX && parent(dir); level++) {
		for (size_t i = 0; i < ARRAY_SIZE(below); i++) {
			char *other = xasprintf("%s/%s", dir, below[i]);

			if (has_test_cases(other)) {
				free(dir);
				return other;
			}
			free(other);
		}
	}
	free(dir);
	return xstrdup(exe_dir);
}

static const char *exe_folder(void)
{
	static char path[PATH_MAX];
	ssize_t n;

	if (*path)
		return path;
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	parent(path);
	return path;
}

const char *config_share_dir(void)
{
	/* All answers ever given: tests change the environment. */
	static struct strvec given = STRVEC_INIT;
	AUTO_FREE char *dir = places_share(exe_folder());

	for (size_t i = 0; i < given.count; i++)
		if (strcmp(given.v[i], dir) == 0)
			return given.v[i];
	strvec_push(&given, dir);
	return given.v[given.count - 1];
}

const char *config_program_dir(void)
{
	static char *found;

	if (!found)
		found = places_programs(exe_folder());
	return found;
}

char *places_state_dir(void)
{
	const char *share = config_share_dir();

	if (places_is_checkout(share))
		return xasprintf("%s/var", share);
	return xstrdup("/var/lib/ironbird");
}
