/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands on hosts and guests over ssh (libssh2): the only ssh here.
 *
 * A session is opened once and kept; the host's key must be the one that it
 * was given, from the first connection on. Every command has a limit; over it
 * the command and its children there are killed too, and the session stays
 * usable when that went well. TCP_NODELAY is set.
 */
#ifndef IRONBIRD_NET_SSH_H
#define IRONBIRD_NET_SSH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

struct ssh_target {
	const char *name;	/* for sentences: "host iron1" */
	const char *address;
	int port;		/* 0: 22 */
	const char *user;	/* NULL: root */
	const char *key_path;	/* ed25519 private key, OpenSSH format */
	/* Instead of a key: asked for as a password, or as the only question
	 * of keyboard-interactive (RFC 4256); must outlive the call */
	const char *password;
	const char *host_key;	/* "ssh-ed25519 AAAA..." it must show */
	const char *netns;	/* reached through it, or NULL */
	/* Set when it answered, and it or we are not who we should be (its
	 * key, our login); may be NULL */
	bool *refused;
};

struct ssh_result {
	int status;		/* exit status, 128 + signal, -1: none */
	bool timed_out;
	struct strbuf out;	/* stdout, at most out_max bytes kept */
	struct strbuf error;	/* stderr, last 64 kB kept */
};

struct ssh_command {
	/* For the remote sh -c, at most 30 kB; the login shell is POSIX. */
	const char *command;
	int64_t limit_ms;	/* required */
	const char *input;	/* fed to stdin, or NULL */
	size_t input_len;
	size_t out_max;		/* 0: 1 MiB */
	/* What ssh_kill_tagged finds it by: names of NAME characters
	 * (base/names.h), at most 200; NULL: nothing. */
	const char *tag;
	/* When readable (0: none), the command is killed there. */
	int stop_fd;
	/* Called with each piece as it comes (a log); may be NULL. */
	void (*sink)(const char *data, size_t len, bool is_error, void *arg);
	void *sink_arg;
	/*
	 * Other news to wait for meanwhile: when wake_fd (0: none) is
	 * readable, wake is called; -1 gives the command up at once, and the
	 * session with it (the host has crashed: it will not answer).
	 */
	int wake_fd;
	int (*wake)(void *arg);
	void *wake_arg;
};

struct ssh;

#define AUTO_SSH_RESULT \
	__attribute__((cleanup(ssh_result_release))) struct ssh_result

void ssh_result_release(struct ssh_result *result);

/*
 * Connects, checks the host key, logs in, all within limit_ms. ERROR_BROKEN:
 * no answer, refused, "shows another host's ssh key" or login refused.
 */
int must_check ssh_connect(struct ssh **out, const struct ssh_target *target,
			   int64_t limit_ms, struct error *err);
void ssh_close(struct ssh *ssh);	/* NULL is fine */
/*
 * Runs one command, until it has ended and nobody holds its output open any
 * more (a daemon it starts must not). 0 when it ran to its end, whatever its
 * status; -1 with ERROR_BROKEN when the session broke or the limit passed
 * (timed_out set; out and error have what came), and with ERROR_ABORTED when
 * stop_fd ended it. result is filled always.
 */
int must_check ssh_run(struct ssh *ssh, const struct ssh_command *command,
		       struct ssh_result *result, struct error *err);
/*
 * Kills what commands of that tag, of any session, have left running there.
 * ERROR_BROKEN when some of it lives on.
 */
int must_check ssh_kill_tagged(struct ssh *ssh, const char *tag,
			       struct error *err);
/* Copies a local file there, written beside, its size checked, renamed. */
int must_check ssh_send_file(struct ssh *ssh, const char *local,
			     const char *remote, int mode, int64_t limit_ms,
			     struct error *err);

/*
 * A login that gets a menu and no commands: the shell, with a terminal of
 * 200 columns. One for each session, and nothing else in it; ended by
 * ssh_close.
 */
int must_check ssh_shell_open(struct ssh *ssh, int64_t limit_ms,
			      struct error *err);
/* Sends it all. ERROR_BROKEN: the session broke, or limit_ms have passed. */
int must_check ssh_shell_send(struct ssh *ssh, const char *data, size_t len,
			      int64_t limit_ms, struct error *err);
/* Appends what has come, at least a byte. ERROR_BROKEN as above, or it ended
 * ("closed the connection"). */
int must_check ssh_shell_receive(struct ssh *ssh, struct strbuf *out,
				 int64_t limit_ms, struct error *err);

/*
 * Does something answer on the TCP port? 1 yes, 0 no, -1 error. Waits at
 * most limit_ms for the connection.
 */
int tcp_port_open(const char *netns, const char *address, int port,
		  int64_t limit_ms, struct error *err);

#endif
