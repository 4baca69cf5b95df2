/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serial consoles: recorded always, read by many, written by one.
 *
 * A recorder (one process a stream) holds the link to the device
 * (console_module.h) and tries again, later each time, while it is away. What
 * comes is appended, untouched, to LOG, arrival times and gaps to LOG.times
 * (console_log.h). Viewers connect to the recorder's socket LOG.sock: they get
 * the last lines and then what comes; the first one that asks to write is the
 * writer until it leaves.
 *
 * Who runs the recorder? That of a lab's host its lab, as long as it is up.
 * That of another host is started in the background by whoever begins to use
 * the host (console_ensure), and ends by itself when nobody has the host and
 * nobody looks at its console. No daemon has to be there.
 */
#ifndef IRONBIRD_HOST_CONSOLE_H
#define IRONBIRD_HOST_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "host/host.h"

struct console_source;

struct console_record_spec {
	const char *name;	/* host, for sentences */
	const char *log;	/* path of the log */
	const struct console_source *source;
	int64_t max_bytes;	/* rotate to LOG.1 beyond */
	int keep;		/* how many of LOG.1, LOG.2, ... */
	int64_t retry_max_ms;	/* between two attempts to connect */
	/* It ends when this was false for linger_ms and nobody looks; NULL:
	 * it stays. */
	bool (*wanted)(void *arg);
	void *arg;
	int64_t linger_ms;
};

/* Runs until SIGTERM, or until it is not wanted any more. */
int must_check console_record(const struct console_record_spec *spec,
			      struct error *err);
/* The limits of the settings: max_bytes, keep, retry_max_ms, linger_ms. */
void console_record_limits(struct console_record_spec *spec,
			   const struct config *config);
/*
 * A recorder for each stream that the host's property Console names and that
 * none is at work for; it is at work when this returns.
 */
int must_check console_ensure(const struct host *host, struct error *err);
/* The recorder itself that console_ensure starts. */
int must_check console_keep(struct db *db, const struct host *host,
			    const char *stream, struct error *err);

/* What LOG.times says of the source. */
struct console_state {
	int64_t bytes;		/* of the log; -1: there is none */
	int64_t last;		/* arrival of the last burst, UTC ms; 0 */
	char *away;		/* why the source is not there, or NULL */
	int64_t since;		/* of away or back, UTC ms; 0: not known */
	bool recorded;		/* a recorder is at work */
};

void console_state_read(const char *log, struct console_state *state);
void console_state_release(struct console_state *state);

struct console_view {
	int in, out;		/* descriptors */
	bool write;		/* what comes from in goes to the host */
	int lines;		/* of the log, shown first */
	const char *log;	/* of another stream; NULL: "console" */
};

#define CONSOLE_VIEW_LINES 20

/* Where a stream is recorded ("console", "bmc"), or NULL; caller frees. */
char *console_stream_log(const struct host *host, const char *stream);

/*
 * Joins in and out (a terminal is put into raw mode, escape Ctrl-] quits) with
 * the host's console until end of input or escape. ERROR_AGAIN when write was
 * asked for and somebody else is typing; at the end of in, what was recorded
 * up to then is still copied to out.
 */
int must_check console_view(const struct host *host,
			    const struct console_view *view,
			    struct error *err);
/*
 * Appends what the log, and what it was before rotations, received from since
 * to until (UTC ms; 0: now), found by .times: the bytes of a step are those
 * between its start and its end.
 */
int must_check console_between(const char *log, int64_t since, int64_t until,
			       struct strbuf *text, struct error *err);
/* Are these words in the log's last 64 KiB? There may be zeros before them, as
 * serial ports send when the power comes. */
bool console_tail_has(const char *log, const char *words);
/* All since then, as the file out. */
int must_check console_slice(const char *log, int64_t since, const char *out,
			     struct error *err);

#endif
