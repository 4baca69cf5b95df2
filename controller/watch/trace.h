/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A console line by line: what its patterns say, and the lines around a
 * crash. A crash is told once, when 60 lines followed it or the time of its
 * pattern is over, with the ten lines before it.
 */
#ifndef IRONBIRD_WATCH_TRACE_H
#define IRONBIRD_WATCH_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "watch/follow.h"
#include "watch/patterns.h"

struct trace;

struct trace_report {
	const struct pattern *pattern;
	const char *text;	/* the line itself, made plain */
	const char *lines;	/* around it; "" for marks */
	int64_t offset;
	uint32_t generation;
};

typedef void (*trace_callback)(const struct trace_report *report, void *arg);

/* patterns, which must outlive it, may be NULL: then lines are only kept. */
struct trace *trace_new(sd_event *event, const struct patterns *patterns,
			trace_callback callback, void *arg);
/* Whether patterns of the install phase count (default: not). */
void trace_installing(struct trace *trace, bool on);
void trace_free(struct trace *trace);	/* NULL is fine */
/* Is a crash's trace being collected, and not told yet? */
bool trace_collects(const struct trace *trace);
void trace_line(struct trace *trace, const struct follow_line *line);
/* The last line that had any text, and when (monotonic us); or NULL. */
const char *trace_last(const struct trace *trace, int64_t *when);

#endif
