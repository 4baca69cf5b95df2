/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a session: shared by ssh.c, ssh_run.c and ssh_files.c only.
 *
 * libssh2 is used without blocking: a call says EAGAIN until it is done, and
 * meanwhile nothing else that sends may be called on the session.
 */
#ifndef IRONBIRD_NET_SSH_SESSION_H
#define IRONBIRD_NET_SSH_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "net/libssh2.h"
#include "net/ssh.h"

struct ssh {
	LIBSSH2_SESSION *session;
	int fd;
	char *name;
	bool broken;		/* no further command can be run */
	const struct ssh_command *running;	/* whose wake_fd counts */
	bool given_up;		/* its wake said so */
	LIBSSH2_CHANNEL *shell;	/* ssh_shell.c's */
	const char *password;	/* while it logs in */
	bool stopped;		/* its stop_fd said so */
};

/*
 * Waits for what libssh2 waits for. False when the deadline (monotonic ms)
 * has passed.
 */
bool ssh_wait(struct ssh *ssh, int64_t deadline);

/* Calls until it is done (its result), or too late (LIBSSH2_ERROR_EAGAIN). */
#define SSH_UNTIL(ssh, deadline, call) __extension__ ({			\
	int rc_;							\
	do								\
		rc_ = (call);						\
	while (rc_ == LIBSSH2_ERROR_EAGAIN && ssh_wait(ssh, deadline));	\
	rc_; })

/* As ssh_run; stdin is what the descriptor input gives, unless -1. */
int must_check ssh_run_from(struct ssh *ssh,
			    const struct ssh_command *command, int input,
			    struct ssh_result *result, struct error *err);

#endif
