/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libssh2, loaded with the first session: it brings OpenSSL's libcrypto, a
 * sixth of the time from exec to main() of programs most of which open none.
 *
 * Its calls are libssh2.NAME() for libssh2_NAME(). What <libssh2.h> has as
 * macros (channel_write, channel_exec...) is the function behind it.
 */
#ifndef IRONBIRD_NET_LIBSSH2_H
#define IRONBIRD_NET_LIBSSH2_H

#include <libssh2.h>

#include "base/error.h"

#define LIBSSH2_CALLS(CALL) \
	CALL(channel_eof) CALL(channel_free) CALL(channel_get_exit_signal) \
	CALL(channel_get_exit_status) CALL(channel_open_ex) \
	CALL(channel_process_startup) CALL(channel_read_ex) \
	CALL(channel_request_pty_ex) CALL(channel_send_eof) \
	CALL(channel_wait_closed) CALL(channel_write_ex) CALL(free) \
	CALL(keepalive_config) CALL(keepalive_send) \
	CALL(session_block_directions) CALL(session_disconnect_ex) \
	CALL(session_free) CALL(session_handshake) CALL(session_hostkey) \
	CALL(session_init_ex) CALL(session_last_errno) \
	CALL(session_last_error) CALL(session_method_pref) \
	CALL(session_set_blocking) CALL(userauth_keyboard_interactive_ex) \
	CALL(userauth_password_ex) CALL(userauth_publickey_fromfile_ex)

#define LIBSSH2_POINTER(name) __typeof__(libssh2_##name) *name;

struct libssh2 {
	LIBSSH2_CALLS(LIBSSH2_POINTER)
};

extern struct libssh2 libssh2;

/* ERROR_BROKEN names the package that is missing. */
int must_check libssh2_load(struct error *err);
/* A channel of the session "session", with the window that is usual. */
LIBSSH2_CHANNEL *libssh2_open_channel(LIBSSH2_SESSION *session);

#endif
