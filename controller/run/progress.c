/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "run/progress.h"

#define NARROWEST 20
#define WIDTH_UNKNOWN 80

/* A step that runs. */
struct line {
	bool used;
	char *testid, *stage;
	int64_t since, expected_ms;
};

struct progress {
	bool quiet, live, colour;
	struct line *lines;
	int line_count;
	int shown;		/* lines now on the terminal below the rest */
};

struct progress *progress_new(bool quiet)
{
	struct progress *p = xcalloc(1, sizeof(*p));
	const char *term = getenv("TERM");

	p->quiet = quiet;
	p->live = !quiet && isatty(STDOUT_FILENO) && term &&
		strcmp(term, "dumb") != 0;
	p->colour = p->live && !getenv("NO_COLOR");
	return p;
}

bool progress_live(const struct progress *p)
{
	return p->live;
}

static size_t terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 ||
	    size.ws_col < NARROWEST)
		return WIDTH_UNKNOWN;
	return size.ws_col;
}

/* Cuts to a width in characters; a cut UTF-8 character would be a mess. */
static void cut(struct strbuf *text, size_t from, size_t width)
{
	size_t seen = 0;

	for (size_t i = from; i < text->len; i++) {
		if (((unsigned char)text->buf[i] & 0xc0) == 0x80)
			continue;
		if (seen++ == width) {
			text->len = i;
			text->buf[i] = '\0';
			return;
		}
	}
}

/* Whole seconds: tenths that stand still for a second look broken. */
static void add_seconds(struct strbuf *out, int64_t ms)
{
	char text[DURATION_TEXT_SIZE];

	if (ms < 120000)
		strbuf_addf(out, "%lld s", (long long)ms / 1000);
	else
		strbuf_addstr(out, duration_text(ms, text));
}

static void add_running(struct strbuf *out, const struct line *line,
			size_t width)
{
	size_t from = out->len;

	strbuf_addf(out, "     ... %s  ", line->testid);
	add_seconds(out, clock_mono_ms() - line->since);
	if (line->expected_ms >= 0) {
		strbuf_addstr(out, " of about ");
		add_seconds(out, line->expected_ms + 500);
	}
	if (line->stage) {
		strbuf_addstr(out, "  ");
		strbuf_add_printable(out, line->stage);
	}
	cut(out, from, width - 1);
}

static void add_erase(const struct progress *p, struct strbuf *out)
{
	if (p->shown)
		strbuf_addf(out, "\r\033[%dA\033[J", p->shown);
}

static void add_block(struct progress *p, struct strbuf *out)
{
	size_t width = terminal_width();

	p->shown = 0;
	for (int i = 0; i < p->line_count; i++) {
		if (!p->lines[i].used)
			continue;
		add_running(out, &p->lines[i], width);
		strbuf_addch(out, '\n');
		p->shown++;
	}
}

/* One write for everything: no half-drawn block is ever to be seen. */
static void put(const struct strbuf *out)
{
	fwrite(out->buf, 1, out->len, stdout);
	fflush(stdout);
}

static void redraw(struct progress *p)
{
	AUTO_STRBUF out = STRBUF_INIT;

	if (!p->live)
		return;
	add_erase(p, &out);
	add_block(p, &out);
	put(&out);
}

void progress_tick(struct progress *p)
{
	redraw(p);
}

static int free_line(struct progress *p)
{
	for (int i = 0; i < p->line_count; i++)
		if (!p->lines[i].used)
			return i;
	p->lines = xrealloc(p->lines, p->line_count + 1, sizeof(*p->lines));
	return p->line_count++;
}

int progress_start(struct progress *p, const char *testid,
		   int64_t expected_ms)
{
	int i = free_line(p);

	p->lines[i] = (struct line){
		.used = true, .testid = xstrdup(testid),
		.since = clock_mono_ms(), .expected_ms = expected_ms,
	};
	redraw(p);
	return i;
}

void progress_stage(struct progress *p, int handle, const char *stage)
{
	free(p->lines[handle].stage);
	p->lines[handle].stage = xstrdup(stage);
	redraw(p);
}

static void forget(struct line *line)
{
	free(line->testid);
	free(line->stage);
	*line = (struct line){ .used = false };
}

void progress_stop(struct progress *p, int handle)
{
	forget(&p->lines[handle]);
}

static const char *colour_of(enum step_status status)
{
	switch (status) {
	case STEP_PASS: return "32";
	case STEP_FAIL: return "31";
	case STEP_SKIP: return "36";
	default: return "33";
	}
}

void progress_line(struct progress *p, enum step_status status,
		   const char *testid, int64_t ms, const char *reason)
{
	AUTO_STRBUF out = STRBUF_INIT;
	char took[DURATION_TEXT_SIZE];

	if (p->quiet)
		return;
	add_erase(p, &out);
	if (p->colour)
		strbuf_addf(&out, "\033[%sm%-8s\033[0m", colour_of(status),
			    step_status_name(status));
	else
		strbuf_addf(&out, "%-8s", step_status_name(status));
	strbuf_addf(&out, " %s", testid);
	if (ms >= 0)
		strbuf_addf(&out, "  %s", duration_text(ms, took));
	strbuf_addch(&out, '\n');
	if (reason && *reason) {
		strbuf_addstr(&out, "         ");
		strbuf_add_printable(&out, reason);
		strbuf_addch(&out, '\n');
	}
	if (p->live)
		add_block(p, &out);
	put(&out);
}

void progress_free(struct progress *p)
{
	AUTO_STRBUF out = STRBUF_INIT;

	if (!p)
		return;
	if (p->live) {
		add_erase(p, &out);
		put(&out);
	}
	for (int i = 0; i < p->line_count; i++)
		forget(&p->lines[i]);
	free(p->lines);
	free(p);
}
