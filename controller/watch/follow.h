/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One log file, followed line by line through everything that logs go
 * through.
 *
 * inotify tells of the file and of its folder, so nothing is polled. A file
 * that is not there yet is read from its start when it comes. Rotation by
 * rename: the old file stays open, because its writer goes on with it until
 * told, and the new one is read from its start. Truncation in place: read
 * again from the start; it is noticed by the size, or by the bytes before the
 * place reached not being the ones that were read. A wake-up reads at most
 * 64 kB and queues behind the loop's other sources, so that a flooding log
 * starves nobody.
 */
#ifndef IRONBIRD_WATCH_FOLLOW_H
#define IRONBIRD_WATCH_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/error.h"

#define FOLLOW_LINE_MAX 65536	/* longer lines come in pieces of this size */

/*
 * text has no newline; a NUL in it has become '?', NULs at its start (holes
 * that truncation leaves) are gone. It lives during the callback only.
 */
struct follow_line {
	const char *text;
	size_t len;
	int64_t offset;		/* of its first byte in the file */
	/*
	 * Tells this file from others that had or will have its path: the
	 * same number in every process that follows it, another one after a
	 * rotation or truncation.
	 */
	uint32_t generation;
	bool incomplete;	/* no newline yet; comes again when it has */
};

/* Must not close the follower. */
typedef void (*follow_callback)(const struct follow_line *line, void *arg);

struct follow_spec {
	const char *path;	/* its folder must be there */
	bool from_start;	/* else from where the file ends now */
	/*
	 * Hand out text without a newline after this much silence (prompts on
	 * consoles); 0: never.
	 */
	int64_t partial_ms;
	follow_callback callback;
	void *arg;
};

struct follow;

/* ERROR_BROKEN when the folder is missing or cannot be watched. */
int must_check follow_open(struct follow **out, sd_event *event,
			   const struct follow_spec *spec, struct error *err);
void follow_close(struct follow *follow);	/* NULL is fine */
/* When the last bytes were read, lines or not (monotonic ms); 0: none. */
int64_t follow_heard(const struct follow *follow);

#endif
