/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a running step tells about itself, on the pipe IRONBIRD_PROGRESS_FD.
 *
 * A line each: "stage TEXT" is what it does now, "reason TEXT" is why it is
 * about to fail, "limit SECONDS" is how long it may take. Of its hosts'
 * consoles: "watches HOST" it looks at one itself, "reboot HOST" it is about to
 * make it begin anew, "up HOST" it is up again, "crash-ends-not PATTERN" (or
 * "all") it means such crashes to happen, "crash-ends PATTERN" no more. Unknown
 * words are passed over, long lines cut: nothing that is written there can do
 * harm.
 */
#ifndef IRONBIRD_RUN_TELLING_H
#define IRONBIRD_RUN_TELLING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/strvec.h"

struct telling {
	struct strbuf line;	/* not yet ended */
	char *stage, *reason;	/* the last ones, or NULL */
	bool stage_new;		/* set here, cleared by the reader */
	bool watches;
	struct strvec crash_off;	/* names of patterns, "all" */
	struct strvec reboots;	/* "reboot HOST", "up HOST": the reader's */
	int64_t limit_ms;	/* 0: not told; cleared by the reader */
};

void telling_init(struct telling *telling);
void telling_release(struct telling *telling);
/* One read of at most 64 KiB: its length, 0 at the end, -1 if none is left
 * at the moment (fd does not block). */
int telling_read(struct telling *telling, int fd);
/* Reads what is left, but not for ever: a flood has no end. */
void telling_drain(struct telling *telling, int fd);
/* Takes text as if it had been read. */
void telling_add(struct telling *telling, const char *text, size_t len);

#endif
