/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/netns.h"
#include "net/ssh.h"
#include "net/tcp.h"

static int parse_address(const char *address, int port,
			 struct addrinfo **found, struct error *err)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	char service[16];

	snprintf(service, sizeof(service), "%d", port);
	if (port < 1 || port > 65535 ||
	    getaddrinfo(address, service, &hints, found) != 0)
		return error_set(err, ERROR_USAGE, "'%s' port %d is not an "
				 "address to connect to", address, port);
	return 0;
}

/* What became of a connection that was begun: 0, or an errno. */
static int wait_connected(int fd, int64_t deadline)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int result = 0;

	for (;;) {
		int64_t left = deadline - clock_mono_ms();
		int rc = poll(&poll_fd, 1, left > 0 ? (int)left : 0);

		if (rc > 0)
			break;
		if (rc == 0 && left <= 0)
			return ETIMEDOUT;
		if (rc < 0 && errno != EINTR)
			return errno;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &len) < 0)
		return errno;
	return result;
}

static const char *describe(int error)
{
	switch (error) {
	case ECONNREFUSED: return "connection refused";
	case ETIMEDOUT: return "no answer in time";
	case EHOSTUNREACH: return "no route, or nobody has the address";
	case ENETUNREACH: return "network is unreachable";
	case ECONNRESET: return "connection reset";
	}
	return strerror(error);
}

int tcp_connect(const char *netns, const char *address, int port,
		int64_t limit_ms, int *fd, const char **reason,
		struct error *err)
{
	int64_t deadline = clock_mono_ms() + limit_ms;
	struct addrinfo *to;
	int error = 0, sock;

	if (parse_address(address, port, &to, err) < 0)
		return -1;
	sock = netns_socket(netns, to->ai_family, SOCK_STREAM | SOCK_NONBLOCK,
			    err);
	if (sock >= 0 && connect(sock, to->ai_addr, to->ai_addrlen) < 0)
		error = errno == EINPROGRESS ? wait_connected(sock, deadline)
					     : errno;
	freeaddrinfo(to);
	if (sock < 0)
		return -1;
	if (!error) {
		*fd = sock;
		return 1;
	}
	close(sock);
	*reason = describe(error);
	return 0;
}

int tcp_port_open(const char *netns, const char *address, int port,
		  int64_t limit_ms, struct error *err)
{
	const char *reason;
	int fd;
	int rc = tcp_connect(netns, address, port, limit_ms, &fd, &reason,
			     err);

	if (rc == 1)
		close(fd);
	return rc;
}
