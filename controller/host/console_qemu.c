/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's serial port as a unix socket. The recorder listens and QEMU connects
 * (-chardev socket,server=off,reconnect=1), so that it can be switched off
 * and on; or, "connect=", it is QEMU that listens (server=on,wait=off).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "host/console_module.h"
#include "net/local.h"

#define CONNECT "connect="
#define CONNECT_LIMIT_MS 2000

static int qemu_check(const struct console_source *source, struct error *err)
{
	const char *word = source->args.v[0];

	if (str_starts(word, CONNECT))
		word += strlen(CONNECT);
	return local_path_check(word, err);
}

static int qemu_open(struct console_link *link, struct error *err)
{
	const char *word = link->source->args.v[0];

	link->listening = !str_starts(word, CONNECT);
	if (link->listening) {
		link->fd = local_listen(word, err);
		return link->fd < 0 ? -1 : 0;
	}
	link->fd = local_connect(word + strlen(CONNECT), CONNECT_LIMIT_MS,
				 err);
	if (link->fd < 0)
		return -1;
	if (fcntl(link->fd, F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "cannot use %s", word);
	return 0;
}

static void qemu_close(struct console_link *link)
{
	const char *word = link->source->args.v[0];

	if (!str_starts(word, CONNECT))
		unlink(word);
}

const struct console_module console_qemu = {
	.name = "qemu",
	.summary = "a virtual machine's serial port, by a unix socket",
	.usage = "SOCKET | connect=SOCKET",
	.min_words = 1, .max_words = 1,
	.check = qemu_check, .open = qemu_open, .close = qemu_close,
};
