/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the console recorder: those who look, and the one who types.
 *
 * A viewer connects and sends one line, "read LINES" or "write LINES". The
 * answer is one line, "read", "write" or "busy PID" (PID types already, so
 * this one only looks); after it come the last LINES lines of the log and
 * then what the device sends. What the writer sends goes to the device. A
 * viewer that closes its sending half gets what there is, and is closed.
 */
#ifndef IRONBIRD_HOST_CONSOLE_VIEWER_H
#define IRONBIRD_HOST_CONSOLE_VIEWER_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/strbuf.h"
#include "host/console.h"
#include "host/console_log.h"
#include "host/console_module.h"

struct viewer;

struct recorder {
	const struct console_record_spec *spec;
	char *name;		/* "console of iron1" */
	sd_event *event;
	struct console_log log;
	struct console_link link;
	sd_event_source *listener_io;
	int device;		/* -1: none connected */
	sd_event_source *device_io;
	sd_event_source *retry;
	int64_t delay_ms, retry_max_ms;
	int64_t linked_at;	/* clock_mono_ms() of its first word; 0 */
	int64_t wanted_at;
	char *reason;		/* why the source is away */
	bool writing_allowed;
	struct viewer *viewers, *writer;
};

/* Takes the connection fd over. */
void viewer_add(struct recorder *r, int fd);
/* Sends every viewer what is new, as far as its socket takes it. */
void viewers_push(struct recorder *r);
/* Reads from the writer, or lets it wait. */
void viewers_allow_writing(struct recorder *r, bool allowed);
void viewers_close(struct recorder *r);

/* Hands what was typed to the device (console_record.c). */
void recorder_type(struct recorder *r, const char *data, size_t len);

#endif
