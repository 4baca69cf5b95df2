/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cable to a device, with its faults: it hands through what both ends
 * say. An address is a port of loopback, or the path of a unix socket.
 *
 *	console-relay ADDRESS DEVICE DIR
 *
 * DIR/mood	honest, slow (a byte at a time, each one a packet, so that a
 *		protocol's sequences come in pieces), lying (connections are
 *		taken, and carry nothing)
 *
 * SIGHUP for its process group resets all connections; the mood is read when
 * one begins.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/un.h>

#include "tests/sim/device.h"

#define SLOWNESS_NS 200000	/* between two bytes */

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_un un;
};

static const struct timespec slowness = { .tv_nsec = SLOWNESS_NS };
static int near_end = -1;	/* of the one connection that a child has */

static socklen_t read_address(const char *text, union address *address)
{
	*address = (union address){ .any.sa_family = 0 };
	if (strchr(text, '/')) {
		address->un.sun_family = AF_UNIX;
		snprintf(address->un.sun_path, sizeof(address->un.sun_path),
			 "%s", text);
		return sizeof(address->un);
	}
	address->in.sin_family = AF_INET;
	address->in.sin_port = htons((uint16_t)atoi(text));
	address->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(address->in);
}

static int make_socket(const char *text, union address *address,
		       socklen_t *len)
{
	int fd, one = 1;

	*len = read_address(text, address);
	fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	return fd;
}

static void reset(int signal_number)
{
	(void)signal_number;
	if (near_end >= 0)
		abort_connection(near_end);
	_exit(0);
}

/* False when there is nothing more to hand through. */
static bool hand_through(int from, int to, bool slow)
{
	char chunk[4096];
	ssize_t n = read(from, chunk, slow ? 1 : sizeof(chunk));

	if (slow)
		ppoll(NULL, 0, &slowness, NULL);
	return n > 0 && write(to, chunk, (size_t)n) == n;
}

static void join(int device)
{
	bool slow = mood_is("slow");
	struct pollfd fds[] = {
		{ .fd = near_end, .events = POLLIN },
		{ .fd = device, .events = POLLIN },
	};

	while (poll(fds, 2, -1) > 0)
		for (int i = 0; i < 2; i++)
			if (fds[i].revents &&
			    !hand_through(fds[i].fd, fds[!i].fd, slow))
				return;
}

/* What is taken is never looked at. */
static void carry_nothing(void)
{
	char chunk[4096];

	while (read(near_end, chunk, sizeof(chunk)) > 0)
		;
}

static void serve(const char *device)
{
	union address address;
	socklen_t len;
	int fd, one = 1;

	prctl(PR_SET_PDEATHSIG, SIGHUP);
	if (mood_is("lying")) {
		carry_nothing();
		return;
	}
	fd = make_socket(device, &address, &len);
	if (connect(fd, &address.any, len) < 0) {
		perror(device);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(near_end, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	join(fd);
}

/* Its children take it as an order; it goes on. */
static void pass_on(int signal_number)
{
	(void)signal_number;
}

static void take_one(int listener, const char *device)
{
	const struct sigaction resets = { .sa_handler = reset };
	int fd = accept(listener, NULL, NULL);
	sigset_t orders;

	if (fd < 0)
		return;
	sigemptyset(&orders);
	sigaddset(&orders, SIGHUP);
	sigprocmask(SIG_BLOCK, &orders, NULL);
	if (fork() == 0) {
		near_end = fd;
		sigaction(SIGHUP, &resets, NULL);
		sigprocmask(SIG_UNBLOCK, &orders, NULL);
		serve(device);
		_exit(0);
	}
	close(fd);
	sigprocmask(SIG_UNBLOCK, &orders, NULL);
}

int main(int argc, char **argv)
{
	const struct sigaction ignored = { .sa_handler = pass_on };
	union address address;
	socklen_t len;
	int fd;

	if (argc != 4) {
		fprintf(stderr, "usage: console-relay ADDRESS DEVICE DIR\n");
		return 2;
	}
	dir = argv[3];
	setpgid(0, 0);
	signal(SIGCHLD, SIG_IGN);
	sigaction(SIGHUP, &ignored, NULL);
	fd = make_socket(argv[1], &address, &len);
	if (strchr(argv[1], '/'))
		unlink(argv[1]);
	if (bind(fd, &address.any, len) < 0 || listen(fd, 50) < 0) {
		perror(argv[1]);
		return 1;
	}
	for (;;)
		take_one(fd, argv[2]);
}
