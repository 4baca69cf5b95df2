/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/files.h"
#include "net/local.h"

int local_path_check(const char *path, struct error *err)
{
	struct sockaddr_un address;

	if (strlen(path) < sizeof(address.sun_path))
		return 0;
	return error_set(err, ERROR_USAGE, "%s is too long for a socket's "
			 "path (%zu of at most %zu bytes): choose a shorter "
			 "StateDir", path, strlen(path),
			 sizeof(address.sun_path) - 1);
}

static int make_address(const char *path, struct sockaddr_un *address,
			struct error *err)
{
	if (local_path_check(path, err) < 0)
		return -1;
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(address->sun_path, path, strlen(path));
	return 0;
}

/*
 * Who finds the path finds somebody who listens: bound under a name of the
 * same length first, as between bind and listen nobody would.
 */
int local_listen(const char *path, struct error *err)
{
	AUTO_FREE char *before = xstrdup(path);
	AUTO_CLOSE int fd = -1;
	struct sockaddr_un address;
	mode_t mask;
	int rc;

	if (*before)
		before[strlen(before) - 1] = '~';
	if (make_address(before, &address, err) < 0 ||
	    file_remove(before, err) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return error_errno(err, "cannot make a socket");
	mask = umask(0177);
	rc = bind(fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (rc < 0 || listen(fd, 16) < 0 || rename(before, path) < 0)
		return error_errno(err, "cannot listen on %s", path);
	rc = fd;
	fd = -1;
	return rc;
}

int local_connect(const char *path, int64_t limit_ms, struct error *err)
{
	const struct timeval limit = {
		.tv_sec = limit_ms / 1000,
		.tv_usec = limit_ms % 1000 * 1000 + 1,
	};
	AUTO_CLOSE int fd = -1;
	struct sockaddr_un address;
	int out;

	if (make_address(path, &address, err) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit,
		       sizeof(limit)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
		       sizeof(limit)) < 0)
		return error_errno(err, "cannot make a socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return error_errno(err, "cannot connect to %s", path);
	out = fd;
	fd = -1;
	return out;
}
