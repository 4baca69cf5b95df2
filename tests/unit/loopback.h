/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Servers of a test's own: on loopback, in a folder of its own. */
#ifndef IRONBIRD_TESTS_LOOPBACK_H
#define IRONBIRD_TESTS_LOOPBACK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/wait.h"
#include "net/netns.h"
#include "net/ssh.h"

#define LIMIT 60000

static char loopback_dir[64];
static struct error err;

#define assert_ok(call) do { \
	if ((call) < 0) \
		fail_msg("%s", err.text); \
} while (0)

static inline char *in_dir(const char *name)
{
	return xasprintf("%s/%s", loopback_dir, name);
}

static inline void put(const char *name, const char *text)
{
	AUTO_FREE char *path = in_dir(name);

	assert_ok(file_publish(path, text, strlen(text), 0600, &err));
}

/* A socket that listens on a free port of loopback and answers nothing. */
static inline int listen_mute(int *port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int fd = netns_socket(NULL, AF_INET, SOCK_STREAM, &err);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (void *)&address, len), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (void *)&address, &len), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static inline int free_port(void)
{
	int port;

	close(listen_mute(&port));
	return port;
}

/* An ed25519 key pair without passphrase; its path, the caller's. */
static inline char *make_key(const char *name)
{
	char *path = in_dir(name);
	char *const argv[] = {
		(char *)"ssh-keygen", (char *)"-q", (char *)"-t",
		(char *)"ed25519", (char *)"-N", (char *)"", (char *)"-f",
		path, NULL
	};
	struct proc_spec spec = { .argv = argv, .limit_ms = LIMIT };

	assert_ok(proc_check(&spec, &err));
	return path;
}

static inline char *public_key(const char *path)
{
	AUTO_FREE char *public = xasprintf("%s.pub", path);
	AUTO_STRBUF text = STRBUF_INIT;

	assert_ok(file_read(public, 10000, &text, &err));
	strbuf_rtrim(&text);
	return strbuf_detach(&text);
}

struct server {
	const char *netns;
	int port;
	pid_t pid;
};

static inline enum wait_answer server_answers(void *arg, struct error *reason)
{
	struct server *server = arg;
	int rc = tcp_port_open(server->netns, "127.0.0.1", server->port, 1000,
			       reason);

	return rc < 0 ? WAIT_FAILED : rc ? WAIT_DONE : WAIT_MORE;
}

/* Starts the server, and returns when it answers on its port. */
static inline void server_start(struct server *server,
				const char *const *argv)
{
	struct proc_spec spec = {
		.argv = (char *const *)argv, .netns = server->netns,
		.die_with_parent = true,
	};
	struct wait_spec wait = {
		.what = "no answer of the test's own server",
		.limit_ms = LIMIT, .poll_ms = 10, .check = server_answers,
		.arg = server,
	};

	server->pid = proc_spawn(&spec, &err);
	assert_ok(server->pid);
	assert_ok(wait_for(&wait, &err));
}

static inline void server_stop(struct server *server)
{
	proc_stop(server->pid, 2000);
}

#endif
