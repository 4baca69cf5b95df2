/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "watch/trace.h"

#define TEXT_MAX 1024		/* of a line that is looked at and kept */
#define BEFORE 10
#define AFTER 60
/* A console that repeats itself must not fill the database. */
#define BURST 100
#define A_SECOND 10

struct trace {
	sd_event *event;
	const struct patterns *patterns;
	bool installing;
	trace_callback callback;
	void *arg;
	char *before[BEFORE];	/* a ring; next is the oldest */
	unsigned int next;
	char last[TEXT_MAX];
	int64_t last_at;
	int64_t allowed, allowed_at;

	/* The line that was told last, which may come again complete. */
	const struct pattern *told;
	int64_t told_offset;
	uint32_t told_generation;

	const struct pattern *crash;	/* while its lines are collected */
	struct strbuf lines;
	unsigned int count;
	char first[TEXT_MAX];
	int64_t offset;
	uint32_t generation;
	sd_event_source *timer;
};

struct trace *trace_new(sd_event *event, const struct patterns *patterns,
			trace_callback callback, void *arg)
{
	struct trace *trace = xcalloc(1, sizeof(*trace));

	trace->event = event;
	trace->patterns = patterns;
	trace->callback = callback;
	trace->arg = arg;
	trace->allowed = BURST;
	strbuf_init(&trace->lines);
	return trace;
}

bool trace_collects(const struct trace *trace)
{
	return trace->crash != NULL;
}

void trace_installing(struct trace *trace, bool on)
{
	trace->installing = on;
}

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	sd_event_source_disable_unref(trace->timer);
	for (size_t i = 0; i < BEFORE; i++)
		free_pointer(&trace->before[i]);
	strbuf_release(&trace->lines);
	free_pointer(&trace);
}

static void keep_before(struct trace *trace, const char *text)
{
	free_pointer(&trace->before[trace->next]);
	trace->before[trace->next] = xstrdup(text);
	trace->next = (trace->next + 1) % BEFORE;
}

static void add_text(struct strbuf *sb, const char *text)
{
	strbuf_addstr(sb, text);
	strbuf_addch(sb, '\n');
}

static void lines_begin(struct trace *trace, const char *text)
{
	strbuf_clear(&trace->lines);
	for (unsigned int i = 0; i < BEFORE; i++) {
		const char *old = trace->before[(trace->next + i) % BEFORE];

		if (old)
			add_text(&trace->lines, old);
	}
	add_text(&trace->lines, text);
}

static bool allowed(struct trace *trace)
{
	int64_t now = clock_mono_ms();
	int64_t more = (now - trace->allowed_at) * A_SECOND / 1000;

	if (more > 0) {
		trace->allowed_at = now;
		trace->allowed += more;
		if (trace->allowed > BURST)
			trace->allowed = BURST;
	}
	if (trace->allowed <= 0)
		return false;
	trace->allowed--;
	return true;
}

static void crash_end(struct trace *trace)
{
	struct trace_report report = {
		.pattern = trace->crash,
		.text = trace->first,
		.lines = trace->lines.buf,
		.offset = trace->offset,
		.generation = trace->generation,
	};

	trace->timer = sd_event_source_disable_unref(trace->timer);
	trace->crash = NULL;
	trace->callback(&report, trace->arg);
}

static int on_grace_over(sd_event_source *source, uint64_t usec, void *arg)
{
	(void)source;
	(void)usec;
	crash_end(arg);
	return 0;
}

static void crash_begin(struct trace *trace, const struct pattern *pattern,
			const char *text, const struct follow_line *line)
{
	trace->crash = pattern;
	trace->count = 0;
	trace->offset = line->offset;
	trace->generation = line->generation;
	memcpy(trace->first, text, strlen(text) + 1);
	lines_begin(trace, text);
	if (sd_event_add_time_relative(trace->event, &trace->timer,
				       CLOCK_MONOTONIC,
				       (uint64_t)pattern->grace_ms * 1000,
				       1000, on_grace_over, trace) < 0)
		crash_end(trace);
}

static void crash_more(struct trace *trace, const char *text)
{
	add_text(&trace->lines, text);
	if (++trace->count >= AFTER)
		crash_end(trace);
}

static bool told_already(struct trace *trace, const struct pattern *pattern,
			 const struct follow_line *line)
{
	bool again = trace->told == pattern &&
		     trace->told_offset == line->offset &&
		     trace->told_generation == line->generation;

	trace->told = pattern;
	trace->told_offset = line->offset;
	trace->told_generation = line->generation;
	return again;
}

static void tell(struct trace *trace, const struct pattern *pattern,
		 const char *text, const struct follow_line *line)
{
	struct trace_report report = {
		.pattern = pattern,
		.text = text,
		.lines = "",
		.offset = line->offset,
		.generation = line->generation,
	};

	if (pattern->class != PATTERN_MARK) {
		lines_begin(trace, text);
		report.lines = trace->lines.buf;
	}
	if (allowed(trace))
		trace->callback(&report, trace->arg);
}

void trace_line(struct trace *trace, const struct follow_line *line)
{
	size_t len = line->len < TEXT_MAX ? line->len : TEXT_MAX - 1;
	const struct pattern *pattern;
	char text[TEXT_MAX];

	memcpy(text, line->text, len);
	text[len] = '\0';
	console_clean(text);
	if (!*text)
		return;
	memcpy(trace->last, text, strlen(text) + 1);
	trace->last_at = clock_mono_us();
	if (trace->crash) {
		if (!line->incomplete)
			crash_more(trace, text);
		return;
	}
	pattern = trace->patterns ? patterns_match(trace->patterns, text,
						    trace->installing) :
				    NULL;
	if (pattern && !told_already(trace, pattern, line)) {
		if (pattern->class == PATTERN_CRASH)
			crash_begin(trace, pattern, text, line);
		else
			tell(trace, pattern, text, line);
	}
	if (!line->incomplete)
		keep_before(trace, text);
}

const char *trace_last(const struct trace *trace, int64_t *when)
{
	*when = trace->last_at;
	return trace->last[0] ? trace->last : NULL;
}
