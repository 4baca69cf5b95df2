/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "plan/chart.h"

/* Pixels. */
#define LEFT 170
#define WIDTH 1000
#define ROW 26
#define BAR 20
#define TOP 30
#define CHARACTER 7
#define TICKS 6

/* The colours of the pages (report/pages.css), by day and by night. */
#define STYLE \
	"text{font:12px system-ui,sans-serif;fill:#1d2430}" \
	".time{text-anchor:middle;fill:#5d6675}line{stroke:#e4e1db}" \
	"rect{stroke-width:1}.page{fill:#fff}.now{stroke:#a8201a}" \
	".runs rect{fill:#cfe9f5;stroke:#0c5f86}" \
	".waits rect{fill:#f2f0ec;stroke:#5d6675;stroke-dasharray:3 2}" \
	".passed rect{fill:#d5ecdd;stroke:#1f6b41}" \
	".ended rect{fill:#fbe4e2;stroke:#a8201a}" \
	"@media (prefers-color-scheme:dark){" \
	"text{fill:#e3e6ea}.time{fill:#9aa4b2}line{stroke:#2e343d}" \
	".page{fill:#1b1f26}.now{stroke:#ff9f97}" \
	".runs rect{fill:#123041;stroke:#83cdee}" \
	".waits rect{fill:#20252d;stroke:#9aa4b2}" \
	".passed rect{fill:#17301f;stroke:#85d6a4}" \
	".ended rect{fill:#451d1b;stroke:#ff9f97}}"

struct chart {
	const struct plan *plan;
	const struct plan_slot *slots;
	plan_clock_fn *clock;
	int64_t now, first, last;
	struct strbuf *out;
};

/* Anything that runs already began before now. */
static int64_t first_start(const struct plan *plan,
			   const struct plan_slot *slots, int64_t now)
{
	for (size_t j = 0; j < plan_job_count(plan); j++)
		if (slots[j].start && slots[j].start < now)
			now = slots[j].start;
	return now;
}

static int64_t place(const struct chart *chart, int64_t at)
{
	int64_t span = chart->last - chart->first;

	return LEFT + (at - chart->first) * WIDTH / (span > 0 ? span : 1);
}

/* As much of the text as there is room for; that it is cut is seen. */
static void add_escaped(struct strbuf *out, const char *text, size_t most)
{
	AUTO_FREE char *cut = xstrndup(text, most);

	if (strlen(text) > most && most > 1)
		cut[most - 1] = '\0';
	strbuf_add_escaped(out, cut);
	if (strlen(text) > most && most > 1)
		strbuf_addstr(out, "\u2026");
}

static const char *look_of(enum plan_state state)
{
	switch (state) {
	case PLAN_RUNNING: return "runs";
	case PLAN_PASSED: return "passed";
	case PLAN_ENDED: case PLAN_BLOCKED: return "ended";
	default: return "waits";
	}
}

static void add_bar(const struct chart *chart, size_t job, size_t row)
{
	const struct plan_slot *slot = &chart->slots[job];
	const char *name = plan_job_name(chart->plan, job);
	const char *look = look_of(plan_job_state(chart->plan, job));
	int64_t x = place(chart, slot->start);
	int64_t width = place(chart, slot->end) - x;
	int64_t y = TOP + (int64_t)row * ROW;
	AUTO_FREE char *start = chart->clock(slot->start, chart->now);
	AUTO_FREE char *end = chart->clock(slot->end, chart->now);

	if (width < 1)
		width = 1;
	strbuf_addf(chart->out, "<g class=\"%s\"><title>",
		    look);
	strbuf_add_escaped(chart->out, name);
	strbuf_addf(chart->out, ", %s until about %s</title>"
		    "<rect x=\"%lld\" y=\"%lld\" width=\"%lld\" height=\"%d\"/>"
		    "<text x=\"%lld\" y=\"%lld\">", start, end, (long long)x,
		    (long long)y, (long long)width, BAR, (long long)x + 3,
		    (long long)y + 14);
	add_escaped(chart->out, name, (size_t)width / CHARACTER);
	strbuf_addstr(chart->out, "</text></g>\n");
}

static void add_row(const struct chart *chart, size_t row, const char *name)
{
	strbuf_addf(chart->out, "<text class=\"host\" x=\"0\" y=\"%zu\">",
		    TOP + row * ROW + 14);
	add_escaped(chart->out, name, LEFT / CHARACTER - 1);
	strbuf_addstr(chart->out, "</text>\n");
}

/* Bars of those on the host; host PLAN_NONE: without one. */
static void add_jobs(const struct chart *chart, size_t row, size_t host)
{
	for (size_t j = 0; j < plan_job_count(chart->plan); j++) {
		const struct plan_slot *slot = &chart->slots[j];

		if (!slot->start)
			continue;
		if (host == PLAN_NONE && !slot->roles)
			add_bar(chart, j, row);
		for (size_t i = 0; i < slot->roles; i++)
			if (slot->hosts[i] == host)
				add_bar(chart, j, row);
	}
}

static void add_axis(const struct chart *chart, size_t rows)
{
	for (int i = 0; i <= TICKS; i++) {
		int64_t at = chart->first +
			(chart->last - chart->first) * i / TICKS;
		AUTO_FREE char *text = chart->clock(at, chart->now);

		strbuf_addf(chart->out, "<line x1=\"%lld\" x2=\"%lld\" "
			    "y1=\"%d\" y2=\"%zu\"/><text class=\"time\" "
			    "x=\"%lld\" y=\"14\">%s</text>\n",
			    (long long)place(chart, at),
			    (long long)place(chart, at), TOP - 8,
			    TOP + rows * ROW, (long long)place(chart, at),
			    text);
	}
}

static void add_head(const struct chart *chart, size_t rows)
{
	strbuf_addf(chart->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		    "role=\"img\" viewBox=\"0 0 %d %zu\">\n"
		    "<title>Which job is on which host until when</title>\n"
		    "<style>" STYLE "</style>\n"
		    "<rect class=\"page\" width=\"100%%\" "
		    "height=\"100%%\"/>\n",
		    LEFT + WIDTH + 40, TOP + rows * ROW + 10);
}

void plan_chart(const struct plan *plan, int64_t now, int64_t last,
		const struct plan_slot *slots, plan_clock_fn *clock,
		struct strbuf *out)
{
	size_t hosts = plan_host_count(plan);
	struct chart chart = {
		.plan = plan, .slots = slots, .clock = clock, .now = now,
		.first = first_start(plan, slots, now), .last = last,
		.out = out,
	};

	add_head(&chart, hosts + 1);
	add_axis(&chart, hosts + 1);
	for (size_t h = 0; h < hosts; h++) {
		add_row(&chart, h, plan_host_name(plan, h));
		add_jobs(&chart, h, h);
	}
	add_row(&chart, hosts, "controller");
	add_jobs(&chart, hosts, PLAN_NONE);
	strbuf_addf(out, "<line class=\"now\" x1=\"%lld\" x2=\"%lld\" "
		    "y1=\"%d\" y2=\"%zu\"/>\n</svg>\n",
		    (long long)place(&chart, now),
		    (long long)place(&chart, now), TOP - 8,
		    TOP + (hosts + 1) * ROW);
}
