/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "db/flights.h"
#include "flight/forecast.h"
#include "flight/planpage.h"
#include "plan/chart.h"
#include "report/page.h"

#define LOCK_LIMIT_MS (2 * 60 * 1000)
#define MINUTE_MS 60000

/* --- the table ------------------------------------------------------------ */

static const struct forecast *sorted;

/* What runs or ran, then what begins first; what never begins is the last. */
static int compare(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int64_t sx = sorted->slots[x].start, sy = sorted->slots[y].start;
	bool ox = job_status_final(sorted->board.jobs[x].row.status);
	bool oy = job_status_final(sorted->board.jobs[y].row.status);

	if (ox != oy)
		return ox ? 1 : -1;
	if (sx != sy)
		return !sx ? 1 : !sy ? -1 : sx < sy ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void put_time(struct html *html, int64_t at, int64_t now)
{
	AUTO_FREE char *text = at ? board_clock_utc(at, now) : NULL;

	html_leaf(html, "td", text, NULL);
}

static void put_job(struct page *page, const struct forecast *forecast,
		    size_t j)
{
	const struct board *board = &forecast->board;
	const struct job_row *row = &board->jobs[j].row;
	const struct plan_slot *slot = &forecast->slots[j];
	AUTO_FREE char *address = html_address("%s/index.html", row->job);
	AUTO_FREE char *where = slot->start ?
		board_where(board, slot->roles, slot->hosts) : NULL;
	AUTO_FREE char *why = forecast_waits(forecast, j) ?
		board_why_by(board, j, forecast->now, forecast->slots,
			     board_clock_utc) : NULL;
	struct html *html = &page->html;

	html_open(html, "tr", NULL);
	page_cell_link(html, row->job, address);
	html_open(html, "td", NULL);
	page_badge(html, job_status_name(row->status));
	html_close(html);
	html_leaf(html, "td", where, NULL);
	put_time(html, slot->start, forecast->now);
	put_time(html, slot->end, forecast->now);
	html_open(html, "td", "class", "reason", NULL);
	if (why)
		html_textf(html, "waits %s", why);
	else
		html_text(html, row->reason);
	html_close(html);
	html_close(html);
	html_line(html);
}

static void put_table(struct page *page, const struct forecast *forecast)
{
	size_t count = forecast->board.count;
	AUTO_FREE size_t *order = xcalloc(count + 1, sizeof(*order));

	for (size_t j = 0; j < count; j++)
		order[j] = j;
	sorted = forecast;
	qsort(order, count, sizeof(*order), compare);
	page_table(&page->html, "stack", "Jobs, what runs now first",
		   "Job|Status|Where|From|Until|Why");
	for (size_t i = 0; i < count; i++)
		put_job(page, forecast, order[i]);
	page_table_end(&page->html);
}

/* --- the page ------------------------------------------------------------- */

static bool is_over(const struct forecast *forecast)
{
	for (size_t j = 0; j < forecast->board.count; j++)
		if (!job_status_final(forecast->board.jobs[j].row.status))
			return false;
	return true;
}

/* As of this minute, of what is not over. */
static void add_key(struct page *page, const struct forecast *forecast)
{
	const struct board *board = &forecast->board;

	if (!is_over(forecast))
		page_key(page, "%lld", (long long)forecast->now / MINUTE_MS);
	for (size_t j = 0; j < board->count; j++) {
		const struct job_row *row = &board->jobs[j].row;
		const struct plan_slot *slot = &forecast->slots[j];
		AUTO_FREE char *where = board_where(board, slot->roles,
						    slot->hosts);

		page_key(page, "%s %s %d %lld %lld %s %s", row->job,
			 job_status_name(row->status), row->run,
			 (long long)slot->start / MINUTE_MS,
			 (long long)slot->end / MINUTE_MS, where,
			 str_or(row->reason, ""));
	}
}

static void put_head(struct html *html, const struct forecast *forecast)
{
	const struct board *board = &forecast->board;
	AUTO_FREE char *end = board_clock_utc(forecast->last, forecast->now);
	size_t running = 0, waiting = 0;

	for (size_t j = 0; j < board->count; j++) {
		enum plan_state now = plan_job_state(board->plan, j);

		running += now == PLAN_RUNNING;
		waiting += now == PLAN_WAITING;
	}
	html_open(html, "p", NULL);
	if (is_over(forecast)) {
		html_textf(html, "%zu job%s, over since %s.", board->count,
			   board->count == 1 ? "" : "s", end);
	} else {
		html_textf(html, "%zu of %zu jobs run, %zu wait; by what they "
			   "took before, all will be over about %s. As of ",
			   running, board->count, waiting, end);
		page_time(html, forecast->now);
		html_text(html, ".");
	}
	html_close(html);
}

static void put(struct page *page, const struct flight_row *row,
		const struct forecast *forecast)
{
	AUTO_FREE char *title = xasprintf("Plan of flight %s", row->flight);
	AUTO_FREE char *branch = xasprintf("branch/%s.html", row->branch);
	AUTO_FREE char *grid = xasprintf("flight/%s/index.html", row->flight);
	const char *const crumbs[] = {
		"Lab", "index.html", row->branch, branch, row->flight, grid,
		"Plan", NULL, NULL, NULL,
	};
	struct html *html = &page->html;

	page_begin(page, title, crumbs);
	html_leaf(html, "h1", title, NULL);
	put_head(html, forecast);
	html_open(html, "div", "class", "scroll chart", "role", "region",
		  "aria-label", "Chart", "tabindex", "0", NULL);
	html_void(html, "img", "src", "plan.svg", "alt", "Which job is on "
		  "which host, and when; the table below says the same", NULL);
	html_close(html);
	put_table(page, forecast);
}

static int publish_chart(const struct pages *pages,
			 const struct forecast *forecast, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/flight/%s/plan.svg", pages->root,
					 forecast->board.flight);
	AUTO_STRBUF out = STRBUF_INIT;

	plan_chart(forecast->board.plan, forecast->now, forecast->last,
		   forecast->slots, board_clock_utc, &out);
	return file_publish_quick(path, out.buf, out.len, 0644, err);
}

static int make(struct pages *pages, const struct flight_row *row,
		const struct forecast *forecast, struct error *err)
{
	AUTO_FREE char *path = xasprintf("flight/%s/plan.html", row->flight);
	struct page page;
	int rc = 0;

	page_init(&page, pages, path);
	add_key(&page, forecast);
	if (!page_is_current(&page, pages)) {
		put(&page, row, forecast);
		/* the page must not be seen without its chart */
		rc = publish_chart(pages, forecast, err);
		if (rc == 0)
			rc = page_publish(&page, pages, err);
	}
	page_release(&page);
	return rc;
}

static int plan_page(struct pages *pages, const struct config *config,
		     const char *flight, struct error *err)
{
	struct forecast forecast;
	struct flight_row row;
	int rc = 0;

	if (flight_get(pages->db, flight, &row, err) < 0)
		return -1;
	if (row.started) {
		rc = forecast_load(config, pages->db, flight, &forecast, err);
		if (rc == 0) {
			rc = forecast_add_past(&forecast, err);
			if (rc == 0)
				rc = make(pages, &row, &forecast, err);
			forecast_release(&forecast);
		}
	}
	flight_row_release(&row);
	return rc;
}

/* --- all of them ---------------------------------------------------------- */

static int lock(const struct pages *pages, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/.lock", pages->root);

	return file_lock(path, LOCK_LIMIT_MS, err);
}

int flight_pages(struct pages *pages, const struct config *config,
		 const char *flight, struct error *err)
{
	AUTO_CLOSE int held = lock(pages, err);
	struct error plan_err = ERROR_INIT;
	int rc;

	if (held < 0)
		return -1;
	/* pages link to the plan when it is there */
	rc = plan_page(pages, config, flight, &plan_err);
	if (pages_build_flight(pages, flight, err) < 0)
		return -1;
	if (rc < 0)
		*err = plan_err;
	return rc;
}

int flight_pages_all(struct pages *pages, const struct config *config,
		     size_t count, struct error *err)
{
	AUTO_CLOSE int held = lock(pages, err);
	struct flight_rows rows = { .v = NULL };
	int rc = held < 0 ? -1 : flight_list(pages->db, "running", 0, &rows,
					     err);

	for (size_t i = 0; i < rows.count && rc == 0; i++) {
		struct error why = ERROR_INIT;

		/* one that cannot be planned is no reason to show nothing */
		if (plan_page(pages, config, rows.v[i].flight, &why) < 0)
			log_warn("flight %s has no plan: %s",
				 rows.v[i].flight, why.text);
	}
	flight_rows_release(&rows);
	return rc < 0 ? -1 : pages_build(pages, count, err);
}
