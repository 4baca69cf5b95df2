/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>

#include "base/library.h"
#include "net/libssh2.h"

#define LIBRARY "libssh2.so.1"

struct libssh2 libssh2;

#define LIBSSH2_SYMBOL(name) { "libssh2_" #name, &libssh2.name },

static const struct library_symbol symbols[] = {
	LIBSSH2_CALLS(LIBSSH2_SYMBOL)
};

int libssh2_load(struct error *err)
{
	static bool loaded;

	if (!loaded && library_load(LIBRARY, "libssh2-1", symbols,
				    ARRAY_SIZE(symbols), err) < 0)
		return -1;
	loaded = true;
	return 0;
}

LIBSSH2_CHANNEL *libssh2_open_channel(LIBSSH2_SESSION *session)
{
	static const char type[] = "session";

	return libssh2.channel_open_ex(session, type, strlen(type),
				       LIBSSH2_CHANNEL_WINDOW_DEFAULT,
				       LIBSSH2_CHANNEL_PACKET_DEFAULT, NULL,
				       0);
}
