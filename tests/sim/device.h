/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What simulated devices share: DIR/mood and the like, outlets that obey,
 * lie or are slow, and a server on loopback. Included once by each.
 */
#ifndef IRONBIRD_TESTS_SIM_DEVICE_H
#define IRONBIRD_TESTS_SIM_DEVICE_H

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"

#define OUTLETS 20

struct outlet {
	bool on, next;
	int readings;		/* until next is so; 0: it is */
};

static const char *dir;
static struct outlet outlets[OUTLETS];

static inline void read_word(const char *name, struct strbuf *out)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);

	if (file_exists(path) && file_read(path, 4096, out, NULL) == 0)
		strbuf_rtrim(out);
}

static inline bool word_is(const char *name, const char *text)
{
	AUTO_STRBUF word = STRBUF_INIT;

	read_word(name, &word);
	return strcmp(word.buf, text) == 0;
}

static inline bool mood_is(const char *mood)
{
	return word_is("mood", mood);
}

static inline void set_outlet(int n, bool on)
{
	struct outlet *o = &outlets[n % OUTLETS];

	if (mood_is("lying"))
		return;
	o->next = on;
	o->readings = mood_is("slow") ? 3 : 0;
	if (!o->readings)
		o->on = on;
}

static inline bool get_outlet(int n)
{
	struct outlet *o = &outlets[n % OUTLETS];

	if (o->readings && --o->readings == 0)
		o->on = o->next;
	return o->on;
}

/* The connection ends with a reset, not in peace. */
static inline void abort_connection(int fd)
{
	const struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

/* One connection after another, for ever; serve closes it. */
static inline int serve_port(const char *port, void (*serve)(int fd))
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	signal(SIGPIPE, SIG_IGN);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (void *)&address, sizeof(address)) < 0 ||
	    listen(fd, 50) < 0) {
		perror(port);
		return 1;
	}
	for (;;)
		serve(accept(fd, NULL, NULL));
}

#endif
