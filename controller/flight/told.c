/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "flight/told.h"

#define VARIABLE "IRONBIRD_TOLD"
#define SENTENCE_MAX 1024	/* as struct error has it */

int told_open(struct told_pipe *told, int run, struct strvec *env,
	      struct error *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return error_errno(err, "cannot make a pipe");
	*told = (struct told_pipe){ .read = fds[0], .write = fds[1] };
	strvec_pushf(env, VARIABLE "=%d %d", told->write, run);
	return 0;
}

char *told_read(int fd)
{
	char text[SENTENCE_MAX];
	ssize_t len = read(fd, text, sizeof(text));

	return len > 0 ? xstrndup(text, (size_t)len) : NULL;
}

void told_take(int *fd, int *run)
{
	const char *value = getenv(VARIABLE);

	*fd = -1;
	*run = 0;
	if (!value)
		return;
	if (sscanf(value, "%d %d", fd, run) != 2 ||
	    fcntl(*fd, F_SETFD, FD_CLOEXEC) < 0)
		*fd = -1;
	unsetenv(VARIABLE);
}

/* A run-flight that is gone reads nothing, and is not to end us by SIGPIPE. */
void told_say(int fd, const char *sentence)
{
	if (fd < 0)
		return;
	signal(SIGPIPE, SIG_IGN);
	(void)!write(fd, sentence, strlen(sentence));
	close(fd);
}
