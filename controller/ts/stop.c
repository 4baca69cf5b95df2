/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "ts/state.h"
#include "ts/stop.h"

static void only_term(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
}

int stop_hold(void)
{
	sigset_t set;
	int fd;

	only_term(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		ts_broken("cannot hold back signals: %s", strerror(errno));
	return fd;
}

void stop_release(int fd)
{
	sigset_t set;

	close(fd);
	only_term(&set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
