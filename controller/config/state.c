/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "config/state.h"

#define GIB (1024.0 * 1024 * 1024)

static const char *state_dir(const struct config *config)
{
	return str_or(config_get(config, "StateDir"), ".");
}

int state_check_writable(const struct config *config, struct error *err)
{
	AUTO_FREE char *path = config_state_path(config, ".write-XXXXXX");
	AUTO_CLOSE int fd = -1;

	if (dir_make(state_dir(config), 0755, err) < 0)
		return error_prefix(err, "StateDir");
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "StateDir: cannot write in %s",
				   state_dir(config));
	unlink(path);
	return 0;
}

/* A folder that was not made yet has the room of where it will be. */
static int room_of(const char *dir, struct statvfs *fs)
{
	AUTO_FREE char *path = xstrdup(dir);
	char *slash;

	while (statvfs(path, fs) < 0) {
		slash = strrchr(path, '/');
		if (errno != ENOENT || !slash || slash == path)
			return -1;
		*slash = '\0';
	}
	return 0;
}

int state_check_room(const struct config *config, int64_t *free_bytes,
		     struct error *err)
{
	int64_t least = config_size(config, "MinFreeSpace"), has;
	const char *dir = state_dir(config);
	struct statvfs fs;

	if (room_of(dir, &fs) < 0)
		return error_errno(err, "StateDir: the room in %s cannot be "
				   "told", dir);
	has = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	if (free_bytes)
		*free_bytes = has;
	if (has >= least)
		return 0;
	return error_set(err, ERROR_AGAIN, "StateDir: %s has %.2f GiB left, "
			 "and a job begins only with %.2f GiB (setting "
			 "MinFreeSpace)", dir, (double)has / GIB,
			 (double)least / GIB);
}
