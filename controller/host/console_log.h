/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of a console, as its recorder writes it.
 *
 * LOG has the console's bytes and nothing else. LOG.times has a line for each
 * burst and for each time that the source went or came:
 *
 *	OFFSET UTC-MS			bytes from OFFSET on came then
 *	OFFSET UTC-MS away REASON	the source is not there from then on
 *	OFFSET UTC-MS back		it is there again: what it said in
 *					between, nobody has
 *
 * Beyond max_bytes LOG becomes LOG.1, and so on up to LOG.keep.
 */
#ifndef IRONBIRD_HOST_CONSOLE_LOG_H
#define IRONBIRD_HOST_CONSOLE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct console_log {
	const char *path;
	int64_t max_bytes;
	int keep;
	int fd, times_fd;	/* -1 before it is opened */
	int64_t size;
	unsigned generation;	/* grows when another file becomes the log */
	int64_t burst_until;	/* clock_mono_ms() */
	bool away;
};

int must_check console_log_open(struct console_log *log, struct error *err);
void console_log_close(struct console_log *log);
/* A full disk loses bytes of the log, never the console. */
void console_log_add(struct console_log *log, const char *data, size_t len);
void console_log_away(struct console_log *log, const char *reason);
void console_log_back(struct console_log *log);

#endif
