/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <unistd.h>

#include "base/files.h"
#include "run/steplog.h"

int steplog_open(const char *path, struct error *err)
{
	int fd;

	if (dir_make_parent(path, err) < 0)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	return fd < 0 ? error_errno(err, "cannot make the log %s", path) : fd;
}

void steplog_cut(const char *path, int64_t max)
{
	static const char mark[] = "\n[ironbird: the log was cut here]\n";
	AUTO_CLOSE int fd = -1;

	if (file_size(path) <= max)
		return;
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0 || ftruncate(fd, max) < 0 ||
	    write(fd, mark, sizeof(mark) - 1) < 0)
		return;		/* it stays long: no reason to lose a verdict */
}

void steplog_sync(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)!fdatasync(fd);
}
