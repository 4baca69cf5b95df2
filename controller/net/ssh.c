/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/ssh_key.h"
#include "net/ssh_session.h"
#include "net/tcp.h"

#define KEEPALIVE_S 15
#define DEAD_AFTER_MS 45000	/* nobody acknowledges what was sent */

/* Polls the session, and what the running command wants to hear of. */
static bool poll_both(struct ssh *ssh, short events, int timeout_ms)
{
	const struct ssh_command *running = ssh->running;
	struct pollfd fds[3] = {
		{ .fd = ssh->fd, .events = events },
		{ .fd = -1, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};

	if (running && running->wake_fd)
		fds[1].fd = running->wake_fd;
	/* Once it said so, what is done about it must not be stopped. */
	if (running && running->stop_fd && !ssh->stopped)
		fds[2].fd = running->stop_fd;
	/* EINTR is like news: the caller looks and comes back. */
	if (poll(fds, ARRAY_SIZE(fds), timeout_ms) <= 0)
		return true;
	if (fds[1].revents && running->wake(running->wake_arg) < 0)
		ssh->given_up = true;
	if (fds[2].revents)
		ssh->stopped = true;
	return !ssh->given_up && !fds[2].revents;
}

bool ssh_wait(struct ssh *ssh, int64_t deadline)
{
	int directions = libssh2.session_block_directions(ssh->session);
	int64_t left = deadline - clock_mono_ms();
	short events = 0;
	int next = 0;

	if (left <= 0)
		return false;
	if (directions & LIBSSH2_SESSION_BLOCK_OUTBOUND) {
		events = POLLOUT;
	} else if (libssh2.keepalive_send(ssh->session, &next) == 0 &&
		   next > 0 && left > next * 1000) {
		left = next * 1000;
	}
	if (directions & LIBSSH2_SESSION_BLOCK_INBOUND || !events)
		events |= POLLIN;
	return poll_both(ssh, events, (int)left);
}

static int connect_to(struct ssh *ssh, const struct ssh_target *target,
		      int port, int64_t limit_ms, struct error *err)
{
	unsigned int dead = DEAD_AFTER_MS;
	const char *reason;
	int one = 1;
	int rc = tcp_connect(target->netns, target->address, port, limit_ms,
			     &ssh->fd, &reason, err);

	if (rc < 0)
		return error_prefix(err, "host %s", target->name);
	if (rc == 0)
		return error_set(err, ERROR_BROKEN, "host %s: no answer on "
				 "port %d (%s)", target->name, port, reason);
	setsockopt(ssh->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(ssh->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead,
		   sizeof(dead));
	return 0;
}

static int shake_hands(struct ssh *ssh, const struct ssh_target *target,
		       const struct ssh_public_key *key, int64_t limit_ms,
		       int64_t deadline, struct error *err)
{
	char limit[DURATION_TEXT_SIZE];
	char *reason = NULL;
	int rc;

	libssh2.session_method_pref(ssh->session, LIBSSH2_METHOD_HOSTKEY,
				    key->type);
	rc = SSH_UNTIL(ssh, deadline,
		       libssh2.session_handshake(ssh->session, ssh->fd));
	if (rc == 0)
		return 0;
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return error_set(err, ERROR_BROKEN, "host %s: takes the "
				 "connection, but gives no ssh answer within "
				 "%s", target->name,
				 duration_text(limit_ms, limit));
	libssh2.session_last_error(ssh->session, &reason, NULL, 0);
	return error_set(err, ERROR_BROKEN, "host %s: no ssh session (%s)%s%s",
			 target->name, reason,
			 rc == LIBSSH2_ERROR_KEX_FAILURE ?
			 "; perhaps it has no host key of type " : "",
			 rc == LIBSSH2_ERROR_KEX_FAILURE ? key->type : "");
}

static int check_host_key(struct ssh *ssh, const struct ssh_target *target,
			  const struct ssh_public_key *key, struct error *err)
{
	char shown[SSH_FINGERPRINT_SIZE], expected[SSH_FINGERPRINT_SIZE];
	size_t len = 0;
	int type;
	const char *blob = libssh2.session_hostkey(ssh->session, &len, &type);

	if (blob && len == key->len && memcmp(blob, key->blob, len) == 0)
		return 0;
	ssh_key_fingerprint((const unsigned char *)str_or(blob, ""), len,
			    shown);
	ssh_key_fingerprint(key->blob, key->len, expected);
	if (target->refused)
		*target->refused = true;
	return error_set(err, ERROR_BROKEN, "host %s: shows another host's "
			 "ssh key (%s instead of %s)", target->name, shown,
			 expected);
}

/* RFC 4256: every question is taken for that of the password. */
static void answer_questions(const char *name, int name_len,
			     const char *instruction, int instruction_len,
			     int count,
			     const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
			     LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses,
			     void **abstract)
{
	const struct ssh *ssh = *abstract;

	(void)name;
	(void)name_len;
	(void)instruction;
	(void)instruction_len;
	(void)prompts;
	/* libssh2 frees them, by its default with free() */
	for (int i = 0; i < count; i++) {
		responses[i].text = xstrdup(ssh->password);
		responses[i].length = (unsigned int)strlen(ssh->password);
	}
}

static int give_password(struct ssh *ssh, const char *user,
			 const char *password, int64_t deadline)
{
	unsigned int len = (unsigned int)strlen(user);
	int rc = SSH_UNTIL(ssh, deadline,
		libssh2.userauth_password_ex(ssh->session, user, len,
			password, (unsigned int)strlen(password), NULL));

	/* Many devices, and sshd with PAM alone, ask instead. */
	if (rc != LIBSSH2_ERROR_AUTHENTICATION_FAILED)
		return rc;
	ssh->password = password;
	rc = SSH_UNTIL(ssh, deadline,
		libssh2.userauth_keyboard_interactive_ex(ssh->session, user,
			len, answer_questions));
	ssh->password = NULL;
	return rc;
}

static int log_in(struct ssh *ssh, const struct ssh_target *target,
		  int64_t limit_ms, int64_t deadline, struct error *err)
{
	const char *user = str_or(target->user, "root");
	char limit[DURATION_TEXT_SIZE];
	char *reason = NULL;
	int rc;

	if (!target->password && access(target->key_path, R_OK) < 0)
		return error_errno(err, "host %s: cannot read the ssh key %s",
				   target->name, target->key_path);
	rc = target->password ?
		give_password(ssh, user, target->password, deadline) :
		SSH_UNTIL(ssh, deadline,
			  libssh2.userauth_publickey_fromfile_ex(ssh->session,
				user, (unsigned int)strlen(user), NULL,
				target->key_path, NULL));
	if (rc == 0)
		return 0;
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return error_set(err, ERROR_BROKEN, "host %s: login as %s not "
				 "done within %s", target->name, user,
				 duration_text(limit_ms, limit));
	if (target->refused)
		*target->refused = rc != LIBSSH2_ERROR_SOCKET_DISCONNECT &&
				   rc != LIBSSH2_ERROR_SOCKET_RECV &&
				   rc != LIBSSH2_ERROR_SOCKET_SEND;
	libssh2.session_last_error(ssh->session, &reason, NULL, 0);
	return error_set(err, ERROR_BROKEN, "host %s: login refused for %s "
			 "with the %s%s (%s)", target->name, user,
			 target->password ? "password" : "key ",
			 target->password ? "" : target->key_path, reason);
}

static int start_session(struct ssh *ssh, const struct ssh_target *target,
			 int64_t limit_ms, struct error *err)
{
	int64_t deadline = clock_mono_ms() + limit_ms;
	struct ssh_public_key key;

	if (ssh_key_parse(target->host_key, &key, err) < 0)
		return error_prefix(err, "host %s", target->name);
	if (connect_to(ssh, target, target->port ? target->port : 22,
		       limit_ms, err) < 0)
		return -1;
	ssh->session = libssh2.session_init_ex(NULL, NULL, NULL, ssh);
	if (!ssh->session)
		return error_set(err, ERROR_BROKEN, "host %s: libssh2 cannot "
				 "start", target->name);
	libssh2.session_set_blocking(ssh->session, 0);
	if (shake_hands(ssh, target, &key, limit_ms, deadline, err) < 0 ||
	    check_host_key(ssh, target, &key, err) < 0 ||
	    log_in(ssh, target, limit_ms, deadline, err) < 0)
		return -1;
	libssh2.keepalive_config(ssh->session, 0, KEEPALIVE_S);
	return 0;
}

int ssh_connect(struct ssh **out, const struct ssh_target *target,
		int64_t limit_ms, struct error *err)
{
	struct ssh *ssh;

	if (!target->host_key || !target->address ||
	    (!target->key_path && !target->password))
		return error_set(err, ERROR_USAGE, "host %s: %s is not known",
				 target->name, !target->address ?
				 "its address" : !target->host_key ?
				 "its ssh host key" : "the key to log in with");
	if (libssh2_load(err) < 0)
		return -1;
	ssh = xcalloc(1, sizeof(*ssh));
	ssh->fd = -1;
	ssh->name = xstrdup(target->name);
	if (start_session(ssh, target, limit_ms, err) < 0) {
		ssh_close(ssh);
		return -1;
	}
	*out = ssh;
	return 0;
}

void ssh_close(struct ssh *ssh)
{
	if (!ssh)
		return;
	if (ssh->session) {
		/* Polite, if there is room in the socket's buffer. */
		if (!ssh->broken)
			libssh2.session_disconnect_ex(ssh->session,
				SSH_DISCONNECT_BY_APPLICATION, "done", "");
		/* Then nothing waits for the other side any more. */
		shutdown(ssh->fd, SHUT_RDWR);
		for (int i = 0; i < 100; i++)
			if (libssh2.session_free(ssh->session) !=
			    LIBSSH2_ERROR_EAGAIN)
				break;
	}
	close_descriptor(&ssh->fd);
	free_pointer(&ssh->name);
	free_pointer(&ssh);
}
