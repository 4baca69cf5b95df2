/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serial consoles: recorded always, read by many, written by one.
 *
 * A recorder (one process a host) holds the device. What comes is appended,
 * untouched, to LOG; beside it LOG.times gets one line "OFFSET UTC-MS" for
 * each burst, so that every byte has an arrival time. Viewers connect to the
 * recorder's socket LOG.sock: they get the last lines and then what comes;
 * the first one that asks to write is the writer until it leaves.
 */
#ifndef IRONBIRD_HOST_CONSOLE_H
#define IRONBIRD_HOST_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "host/host.h"

struct console_record_spec {
	const char *name;	/* host */
	const char *log;	/* path of the log */
	/* A unix socket the recorder listens on; the device (QEMU's chardev
	 * as client with reconnect=1) connects to it. */
	const char *device_socket;
	int64_t max_bytes;	/* rotate to LOG.1 beyond; 0: 64 MiB */
};

/* Runs until SIGTERM. */
int must_check console_record(const struct console_record_spec *spec,
			      struct error *err);
struct console_view {
	int in, out;		/* descriptors */
	bool write;		/* what comes from in goes to the host */
	int lines;		/* of the log, shown first */
};

#define CONSOLE_VIEW_LINES 20

/*
 * As console_attach, with a choice of how much is shown first. ERROR_AGAIN
 * when write was asked for and somebody else is typing; at the end of in,
 * what was recorded up to then is still copied to out.
 */
int must_check console_view(const struct host *host,
			    const struct console_view *view,
			    struct error *err);
/*
 * Writes to the file out what the log has received since the time since (UTC
 * ms), found by its .times.
 */
int must_check console_slice(const char *log, int64_t since, const char *out,
			     struct error *err);
/*
 * Joins descriptors in and out (a terminal is put into raw mode, escape
 * Ctrl-] quits) with the host's console until end of input or escape.
 */
int must_check console_attach(const struct host *host, int in, int out,
			      bool write, struct error *err);

#endif
