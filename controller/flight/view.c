/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "db/steps.h"
#include "flight/view.h"

#define NARROWEST 40
#define LOWEST 8
#define WIDTH_UNKNOWN 80
#define HEIGHT_UNKNOWN 24
#define JOB_WIDTH_MAX 36
#define INDENT "      "

struct flight_view {
	const struct board *board;
	bool quiet, live;
	size_t width, height;
	int shown;		/* lines now below the rest */
};

struct flight_view *flight_view_new(const struct board *board, bool quiet)
{
	struct flight_view *view = xcalloc(1, sizeof(*view));
	const char *term = getenv("TERM");

	view->board = board;
	view->quiet = quiet;
	view->live = !quiet && isatty(STDOUT_FILENO) && term &&
		strcmp(term, "dumb") != 0;
	return view;
}

bool flight_view_live(const struct flight_view *view)
{
	return view->live;
}

static void measure(struct flight_view *view)
{
	struct winsize size;

	view->width = WIDTH_UNKNOWN;
	view->height = HEIGHT_UNKNOWN;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return;
	if (size.ws_col >= NARROWEST)
		view->width = size.ws_col;
	if (size.ws_row >= LOWEST)
		view->height = size.ws_row;
}

/* How many bytes of printable text fit into a line; the last column is kept
 * free, or some terminals go on to the next line. */
static size_t fitting(const char *text, size_t width)
{
	size_t at = 0;

	for (size_t n = 0; n + 1 < width && text[at]; n++) {
		size_t length = printable_length(text + at);

		at += length ? length : 1;
	}
	return at;
}

/* The text as far as the line goes. */
static void add_cut(struct strbuf *out, const char *text, size_t width)
{
	AUTO_STRBUF safe = STRBUF_INIT;
	size_t at;

	strbuf_add_printable(&safe, text);
	at = fitting(safe.buf, width);
	strbuf_add(out, safe.buf, at);
	strbuf_addch(out, '\n');
}

/* Where a line that is too long is best broken; 0: it fits. */
static size_t break_of(const char *text, size_t width)
{
	size_t at = fitting(text, width);

	if (!text[at])
		return 0;
	for (size_t i = at; i > at / 2; i--)
		if (text[i] == ' ')
			return i;
	return at;
}

static void add_erase(const struct flight_view *view, struct strbuf *out)
{
	if (view->shown)
		strbuf_addf(out, "\r\033[%dA\033[J", view->shown);
}

/* The stage of the step that runs, or its testid; the caller frees. */
static char *stage_of(const struct board *board, const char *job)
{
	struct step_rows rows;
	char *text = NULL;

	if (step_list(board->db, board->flight, job, 0, &rows, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < rows.count; i++) {
		const struct step_row *row = &rows.v[i];

		if (row->status != STEP_RUNNING)
			continue;
		free(text);
		text = row->stage ? xasprintf("%s: %s", row->testid,
					      row->stage) :
			xstrdup(row->testid);
	}
	step_rows_release(&rows);
	return text;
}

struct drawing {
	struct flight_view *view;
	const struct plan_slot *slots;
	int64_t now;
	struct strbuf *out;
	size_t room;		/* lines that there is room for */
	bool wraps;		/* ... two for each job */
	int name_width;		/* of the column of jobs */
};

static void add_line(struct drawing *d, const char *text)
{
	add_cut(d->out, text, d->view->width);
	d->view->shown++;
	d->room--;
}

/* A line of a job, or two: what is at its end is what one wants to know. */
static void add_job_line(struct drawing *d, const char *text)
{
	size_t at = d->wraps ? break_of(text, d->view->width) : 0;
	AUTO_FREE char *first = at ? xstrndup(text, at) : NULL;
	AUTO_FREE char *rest = at ? xasprintf(INDENT "%s", text + at +
					      (text[at] == ' ')) : NULL;

	add_line(d, first ? first : text);
	if (rest)
		add_line(d, rest);
}

static void add_running(struct drawing *d, size_t j)
{
	const struct board *board = d->view->board;
	AUTO_FREE char *where = board_where(board, d->slots[j].roles,
					    d->slots[j].hosts);
	AUTO_FREE char *end = board_clock(d->slots[j].end, d->now);
	AUTO_FREE char *stage = stage_of(board, board->jobs[j].job);
	AUTO_FREE char *line = xasprintf("  %-*s %s until %s  %s",
					 d->name_width, board->jobs[j].job,
					 where, end, stage ? stage : "");

	add_job_line(d, line);
}

static void add_waiting(struct drawing *d, size_t j)
{
	const struct board *board = d->view->board;
	AUTO_FREE char *why = board_why(board, j, d->now, d->slots);
	AUTO_FREE char *line = xasprintf("  %-*s waits %s", d->name_width,
					 board->jobs[j].job, why);

	add_job_line(d, line);
}

/* All jobs in the state for which there is room, and how many there are not. */
static void add_jobs(struct drawing *d, enum plan_state state,
		     void (*add)(struct drawing *d, size_t job))
{
	const struct board *board = d->view->board;
	size_t left = 0;

	for (size_t j = 0; j < board->count; j++) {
		if (plan_job_state(board->plan, j) != state)
			continue;
		if (d->room > 2)
			add(d, j);
		else
			left++;
	}
	if (left) {
		AUTO_FREE char *line = xasprintf("  and %zu more %s", left,
						 state == PLAN_RUNNING ?
						 "that run" : "that wait");

		add_line(d, line);
	}
}

static void add_counts(struct drawing *d, int64_t last)
{
	const struct board *board = d->view->board;
	size_t counts[PLAN_BLOCKED + 1] = { 0 };
	AUTO_FREE char *end = board_clock(last, d->now);
	AUTO_FREE char *line = NULL;

	for (size_t j = 0; j < board->count; j++)
		counts[plan_job_state(board->plan, j)]++;
	line = xasprintf("%zu running, %zu waiting, %zu passed, %zu not "
			 "passed, %zu blocked; over about %s",
			 counts[PLAN_RUNNING], counts[PLAN_WAITING],
			 counts[PLAN_PASSED], counts[PLAN_ENDED],
			 counts[PLAN_BLOCKED], end);
	add_line(d, line);
}

static int longest_name(const struct board *board)
{
	size_t longest = 0;

	for (size_t j = 0; j < board->count; j++) {
		enum plan_state now = plan_job_state(board->plan, j);
		size_t length = strlen(board->jobs[j].job);

		if ((now == PLAN_RUNNING || now == PLAN_WAITING) &&
		    length > longest)
			longest = length;
	}
	return longest < JOB_WIDTH_MAX ? (int)longest : JOB_WIDTH_MAX;
}

/* Is there room for two lines of each job? */
static bool room_for_two(const struct flight_view *view)
{
	size_t jobs = 0;

	for (size_t j = 0; j < view->board->count; j++) {
		enum plan_state now = plan_job_state(view->board->plan, j);

		jobs += now == PLAN_RUNNING || now == PLAN_WAITING;
	}
	return 2 * jobs + 2 < view->height;
}

static void add_block(struct flight_view *view, struct strbuf *out)
{
	const struct board *board = view->board;
	AUTO_FREE struct plan_slot *slots = xcalloc(board->count + 1,
						    sizeof(*slots));
	struct drawing d = {
		.view = view, .slots = slots, .now = clock_now_ms(),
		.out = out, .name_width = longest_name(board),
	};
	int64_t last = plan_project(board->plan, d.now, slots);

	measure(view);
	d.room = view->height;
	d.wraps = room_for_two(view);
	view->shown = 0;
	add_counts(&d, last);
	add_jobs(&d, PLAN_RUNNING, add_running);
	add_jobs(&d, PLAN_WAITING, add_waiting);
}

/* One write for everything: no half-drawn block is ever to be seen. */
static void put(const struct strbuf *out)
{
	fwrite(out->buf, 1, out->len, stdout);
	fflush(stdout);
}

void flight_view_draw(struct flight_view *view)
{
	AUTO_STRBUF out = STRBUF_INIT;

	if (!view->live)
		return;
	add_erase(view, &out);
	add_block(view, &out);
	put(&out);
}

void flight_view_line(struct flight_view *view, const char *word,
		      const char *fmt, ...)
{
	int64_t now = clock_now_ms();
	AUTO_FREE char *clock = board_clock(now, now);
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	va_list ap;

	if (view->quiet)
		return;
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	if (view->live)
		add_erase(view, &out);
	strbuf_addf(&out, "%s %-8s ", clock, word);
	strbuf_add_printable(&out, text.buf);
	strbuf_addch(&out, '\n');
	if (view->live)
		add_block(view, &out);
	put(&out);
}

void flight_view_free(struct flight_view *view)
{
	AUTO_STRBUF out = STRBUF_INIT;

	if (!view)
		return;
	add_erase(view, &out);
	put(&out);
	free(view);
}
