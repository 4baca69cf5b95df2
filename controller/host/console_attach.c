/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "base/files.h"
#include "host/console.h"
#include "net/local.h"

#define ESCAPE 0x1d	/* Ctrl-], as telnet has it */
#define ANSWER_LIMIT_MS 5000

/* The recorder's one line, byte by byte: the console's text follows it. */
static int read_answer(int fd, char *line, size_t size, struct error *err)
{
	size_t len = 0;

	while (len + 1 < size && recv(fd, line + len, 1, 0) == 1) {
		if (line[len] == '\n') {
			line[len] = '\0';
			return 0;
		}
		len++;
	}
	return error_set(err, ERROR_BROKEN, "the console recorder does not "
			 "answer");
}

static int ask(int fd, const struct console_view *view, struct error *err)
{
	AUTO_FREE char *request = xasprintf("%s %d\n", view->write ? "write" :
					    "read", view->lines);
	char answer[64];

	if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0)
		return error_errno(err, "cannot write to the recorder");
	if (read_answer(fd, answer, sizeof(answer), err) < 0)
		return -1;
	if (str_starts(answer, "busy "))
		return error_set(err, ERROR_AGAIN, "process %s is typing "
				 "already: look on without --write, or end it",
				 answer + 5);
	return 0;
}

enum keyboard { KEYBOARD_QUIT, KEYBOARD_MORE, KEYBOARD_END };

static enum keyboard from_keyboard(const struct console_view *view, int fd)
{
	char chunk[4096];
	ssize_t n = read(view->in, chunk, sizeof(chunk));
	char *escape;

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? KEYBOARD_MORE :
							   KEYBOARD_QUIT;
	escape = isatty(view->in) ? memchr(chunk, ESCAPE, n) : NULL;
	if (escape)
		n = escape - chunk;
	if (view->write && n > 0 && send(fd, chunk, n, MSG_NOSIGNAL) != n)
		return KEYBOARD_QUIT;
	if (escape)
		return KEYBOARD_QUIT;
	if (n == 0)
		shutdown(fd, SHUT_WR);
	return n > 0 ? KEYBOARD_MORE : KEYBOARD_END;
}

/* False when the recorder, or whoever reads out, is gone. */
static bool from_console(const struct console_view *view, int fd)
{
	char chunk[16384];
	ssize_t n = recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	return n > 0 && file_write(view->out, chunk, n) == 0;
}

static void join(const struct console_view *view, int fd)
{
	struct pollfd fds[] = {
		{ .fd = view->in, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
		enum keyboard keyboard = KEYBOARD_MORE;

		if (fds[1].revents && !from_console(view, fd))
			return;
		if (fds[0].revents)
			keyboard = from_keyboard(view, fd);
		if (keyboard == KEYBOARD_QUIT)
			return;
		if (keyboard == KEYBOARD_END)
			fds[0].fd = -1;
	}
}

static bool make_raw(int fd, struct termios *before)
{
	struct termios raw;

	if (!isatty(fd) || tcgetattr(fd, before) < 0)
		return false;
	raw = *before;
	cfmakeraw(&raw);
	/* the log's bare line feeds should still begin a new line */
	raw.c_oflag |= OPOST;
	return tcsetattr(fd, TCSADRAIN, &raw) == 0;
}

int console_view(const struct host *host, const struct console_view *view,
		 struct error *err)
{
	const char *log = view->log ? view->log : host_console_log(host);
	AUTO_FREE char *path = NULL;
	AUTO_CLOSE int fd = -1;
	struct termios before;
	bool raw;

	if (!log)
		return error_set(err, ERROR_USAGE, "host %s: its console is "
				 "not recorded (no property Console)",
				 host->name);
	path = xasprintf("%s.sock", log);
	if (!file_exists(path))
		return error_set(err, ERROR_BROKEN, "host %s: no recorder "
				 "holds its console now (is its lab up?); "
				 "what it said is in %s", host->name, log);
	fd = local_connect(path, ANSWER_LIMIT_MS, err);
	if (fd < 0 || ask(fd, view, err) < 0)
		return error_prefix(err, "console of %s", host->name);
	raw = make_raw(view->in, &before);
	join(view, fd);
	if (raw)
		tcsetattr(view->in, TCSADRAIN, &before);
	return 0;
}
