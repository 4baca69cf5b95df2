/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A port of a console server that hands through what comes (raw TCP). */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "host/console_tcp.h"
#include "net/tcp.h"

#define CONNECT_LIMIT_MS 3000
/* A peer that says nothing for this long is asked whether it is there. */
#define IDLE_S 30
#define AGAIN_S 10
#define TIMES 3

static int split_address(const struct console_source *source, char **name,
			 int *port, struct error *err)
{
	const char *host = argument_get(&source->args, "host");
	const char *colon = strrchr(host, ':');
	size_t len = colon ? (size_t)(colon - host) : strlen(host);
	char *end = NULL;
	long number = colon ? strtol(colon + 1, &end, 10) : 0;

	if (!colon || !len || *end || number < 1 || number > 65535)
		return error_set(err, ERROR_USAGE, "host=%.80s is not "
				 "NAME:PORT", host);
	if (host[0] == '[' && host[len - 1] == ']')
		*name = xstrndup(host + 1, len - 2);
	else
		*name = xstrndup(host, len);
	*port = (int)number;
	return 0;
}

int console_tcp_check(const struct console_source *source, struct error *err)
{
	AUTO_FREE char *name = NULL;
	int port;

	return split_address(source, &name, &port, err);
}

static int resolve(const char *name, char *numeric, size_t size,
		   struct error *err)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	int rc = getaddrinfo(name, NULL, &hints, &found);

	if (rc == 0)
		rc = getnameinfo(found->ai_addr, found->ai_addrlen, numeric,
				 (socklen_t)size, NULL, 0, NI_NUMERICHOST);
	if (found)
		freeaddrinfo(found);
	if (rc != 0)
		return error_set(err, ERROR_BROKEN, "%s has no address: %s",
				 name, gai_strerror(rc));
	return 0;
}

static int notice_death(int fd, struct error *err)
{
	const struct {
		int level, option, value;
	} rows[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, IDLE_S },
		{ IPPROTO_TCP, TCP_KEEPINTVL, AGAIN_S },
		{ IPPROTO_TCP, TCP_KEEPCNT, TIMES },
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (setsockopt(fd, rows[i].level, rows[i].option,
			       &rows[i].value, sizeof(int)) < 0)
			return error_errno(err, "cannot set up a connection");
	return 0;
}

int console_tcp_open(struct console_link *link, struct error *err)
{
	AUTO_FREE char *name = NULL;
	char numeric[NI_MAXHOST];
	const char *reason;
	int port, rc;

	if (split_address(link->source, &name, &port, err) < 0 ||
	    resolve(name, numeric, sizeof(numeric), err) < 0)
		return -1;
	rc = tcp_connect(NULL, numeric, port, CONNECT_LIMIT_MS, &link->fd,
			 &reason, err);
	if (rc == 0)
		return error_set(err, ERROR_BROKEN, "%s port %d: %s", name,
				 port, reason);
	return rc < 0 ? -1 : notice_death(link->fd, err);
}

const struct console_module console_tcp = {
	.name = "tcp",
	.summary = "a TCP port that hands the console's bytes through",
	.usage = "host=NAME:PORT",
	.keys = "host!",
	.check = console_tcp_check, .open = console_tcp_open,
	.sure = true,
};
