/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A remote shell on a pseudo terminal, for devices that have a menu and no
 * commands: text is sent, and what comes back is read until it is as awaited.
 * The terminal is wide, so that no menu wraps its lines.
 */
#include <string.h>

#include "base/clock.h"
#include "net/ssh_session.h"

#define COLUMNS 200
#define ROWS 50
#define CHUNK 4096

static int failed(struct ssh *ssh, int rc, int64_t limit_ms,
		  struct error *err)
{
	char limit[DURATION_TEXT_SIZE];
	char *reason = NULL;

	/* it ended in peace: libssh2 knows no reason then */
	if (rc == 0 || rc == LIBSSH2_ERROR_CHANNEL_CLOSED)
		return error_set(err, ERROR_BROKEN, "host %s: it closed the "
				 "connection", ssh->name);
	ssh->broken = true;
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return error_set(err, ERROR_BROKEN, "host %s: its menu does "
				 "not answer within %s", ssh->name,
				 duration_text(limit_ms, limit));
	libssh2.session_last_error(ssh->session, &reason, NULL, 0);
	return error_set(err, ERROR_BROKEN, "host %s: it closed the "
			 "connection (%s)", ssh->name, reason);
}

int ssh_shell_open(struct ssh *ssh, int64_t limit_ms, struct error *err)
{
	int64_t deadline = clock_mono_ms() + limit_ms;
	static const char terminal[] = "vt100";
	int rc = 0;

	while (!ssh->shell && rc == 0) {
		ssh->shell = libssh2_open_channel(ssh->session);
		if (!ssh->shell)
			rc = libssh2.session_last_errno(ssh->session);
		if (rc == LIBSSH2_ERROR_EAGAIN && ssh_wait(ssh, deadline))
			rc = 0;
	}
	if (rc == 0)
		rc = SSH_UNTIL(ssh, deadline,
			libssh2.channel_request_pty_ex(ssh->shell, terminal,
				sizeof(terminal) - 1, NULL, 0, COLUMNS, ROWS,
				0, 0));
	if (rc == 0)
		rc = SSH_UNTIL(ssh, deadline,
			       libssh2.channel_process_startup(ssh->shell,
					"shell", 5, NULL, 0));
	return rc == 0 ? 0 : failed(ssh, rc, limit_ms, err);
}

int ssh_shell_send(struct ssh *ssh, const char *data, size_t len,
		   int64_t limit_ms, struct error *err)
{
	int64_t deadline = clock_mono_ms() + limit_ms;

	while (len) {
		int n = SSH_UNTIL(ssh, deadline,
			(int)libssh2.channel_write_ex(ssh->shell, 0, data,
						      len));

		if (n < 0)
			return failed(ssh, n, limit_ms, err);
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int ssh_shell_receive(struct ssh *ssh, struct strbuf *out, int64_t limit_ms,
		      struct error *err)
{
	int64_t deadline = clock_mono_ms() + limit_ms;
	char chunk[CHUNK];
	int n = SSH_UNTIL(ssh, deadline, libssh2.channel_eof(ssh->shell) ?
		LIBSSH2_ERROR_CHANNEL_CLOSED :
		(int)libssh2.channel_read_ex(ssh->shell, 0, chunk,
					     sizeof(chunk)));

	if (n <= 0)
		return failed(ssh, n, limit_ms, err);
	strbuf_add(out, chunk, (size_t)n);
	return 0;
}
