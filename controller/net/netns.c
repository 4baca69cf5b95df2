/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/names.h"
#include "net/netns.h"

/* Where ip-netns(8) binds the namespaces it makes. */
#define NETNS_DIR "/run/netns"

static int open_namespace(const char *name, struct error *err)
{
	AUTO_FREE char *path = NULL;
	int fd;

	if (name_check("network namespace", name, err) < 0)
		return -1;
	path = xasprintf("%s/%s", NETNS_DIR, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "no network namespace %s", name);
	return fd;
}

int netns_enter(const char *name, struct error *err)
{
	AUTO_CLOSE int there = open_namespace(name, err);

	if (there < 0)
		return -1;
	if (setns(there, CLONE_NEWNET) < 0)
		return error_errno(err, "cannot enter network namespace %s",
				   name);
	return 0;
}

static int plain_socket(int domain, int type, struct error *err)
{
	int fd = socket(domain, type | SOCK_CLOEXEC, 0);

	return fd < 0 ? error_errno(err, "cannot open a socket") : fd;
}

int netns_socket(const char *name, int domain, int type, struct error *err)
{
	AUTO_CLOSE int here = -1;
	int fd;

	if (!name)
		return plain_socket(domain, type, err);
	here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (here < 0)
		return error_errno(err, "cannot open /proc/thread-self/ns/net");
	if (netns_enter(name, err) < 0)
		return -1;
	fd = plain_socket(domain, type, err);
	if (setns(here, CLONE_NEWNET) < 0) {
		/* All that follows would address the wrong network. */
		perror("cannot leave a network namespace again");
		abort();
	}
	return fd;
}
