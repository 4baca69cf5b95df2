/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job: what went wrong, its stages in time, logs, runvars. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "report/page.h"
#include "report/print.h"
#include "report/rows.h"

#define TAIL_LINES 30
#define MOMENTS_MAX 100
#define BAR_UNITS 1000		/* of the width of a timeline */

static int make_key(struct page *page, struct db *db, const char *flight,
		    const char *job, struct error *err)
{
	struct job_row row;
	struct step_rows steps;

	if (job_get(db, flight, job, &row, err) < 0)
		return -1;
	page_key(page, "%s %d %lld %lld %s", job_status_name(row.status),
		 row.run, (long long)row.started, (long long)row.finished,
		 str_or(row.reason, ""));
	job_row_release(&row);
	if (step_list(db, flight, job, 0, &steps, err) < 0)
		return -1;
	for (size_t i = 0; i < steps.count; i++)
		page_key(page, "%s %s %lld %s", steps.v[i].testid,
			 step_status_name(steps.v[i].status),
			 (long long)steps.v[i].finished,
			 str_or(steps.v[i].stage, ""));
	step_rows_release(&steps);
	return 0;
}

/* Where a browser finds a log; NULL when it is not below Logs. */
static char *log_address(const struct page *page, const char *path)
{
	const struct pages *pages = page->pages;
	size_t n = strlen(pages->logs_dir);

	if (!path || strncmp(path, pages->logs_dir, n) != 0 ||
	    path[n] != '/' || strstr(path, "/../"))
		return NULL;
	if (strstr(pages->logs_url, "://")) {
		AUTO_FREE char *rest = html_address("%s", path + n);

		return xasprintf("%s%s", pages->logs_url, rest);
	}
	return html_address("%s%s%s", page_up(page), pages->logs_url,
			    path + n);
}

static void put_pairs(struct html *html, const struct strvec *pairs,
		      const char *up)
{
	for (size_t i = 0; i + 1 < pairs->count; i += 2) {
		AUTO_FREE char *address = html_address("%shost/%s.html", up,
						       pairs->v[i + 1]);

		html_open(html, "div", NULL);
		html_leaf(html, "dt", pairs->v[i], NULL);
		html_open(html, "dd", NULL);
		html_leaf(html, "a", pairs->v[i + 1], "href", address, NULL);
		html_close(html);
		html_close(html);
	}
}

static void put_facts(struct page *page, const struct report *report)
{
	const struct report_job *job = &report->jobs[0];
	struct html *html = &page->html;
	char took[DURATION_TEXT_SIZE];

	html_open(html, "p", "class", "verdict", NULL);
	page_badge(html, job_status_name(job->row->status));
	if (!job->first_bad)
		html_leaf(html, "span", job->row->reason, "class", "reason",
			  NULL);
	html_close(html);
	html_open(html, "dl", "class", "facts", NULL);
	page_fact(html, "Recipe", job->row->recipe);
	html_open(html, "div", NULL);
	html_leaf(html, "dt", "Started", NULL);
	html_open(html, "dd", NULL);
	page_time(html, job->row->started);
	html_close(html);
	html_close(html);
	page_fact(html, "Took", job->duration_ms < 0 ? NULL :
		  duration_text(job->duration_ms, took));
	if (job->row->run > 1) {
		AUTO_FREE char *run = xasprintf("%d", job->row->run);

		page_fact(html, "Run", run);
	}
	put_pairs(html, &job->hosts, page_up(page));
	html_close(html);
	html_line(html);
}

static void put_failure(struct page *page, const struct report_job *job)
{
	const struct step_row *step = job->first_bad;
	struct html *html = &page->html;
	AUTO_STRVEC lines = STRVEC_INIT;
	AUTO_FREE char *address = NULL;

	if (!step)
		return;
	html_open(html, "h2", NULL);
	html_textf(html, "First failure: step %d, ", step->stepno);
	html_name(html, step->testid);
	html_close(html);
	html_leaf(html, "p", step->reason, "class", "reason", NULL);
	if (!step->log || !report_log_tail(step->log, TAIL_LINES, &lines))
		return;
	html_open(html, "pre", "tabindex", "0", "aria-label",
		  "The last lines of its log", NULL);
	for (size_t i = 0; i < lines.count; i++) {
		html_text(html, lines.v[i]);
		html_line(html);
	}
	html_close(html);
	address = log_address(page, step->log);
	if (address) {
		html_open(html, "p", NULL);
		html_leaf(html, "a", "The whole log", "href", address, NULL);
		html_close(html);
	}
}

static void put_bar(struct html *html, const struct report_job *job,
		    const struct step_row *step)
{
	int64_t whole = job->duration_ms > 0 ? job->duration_ms : 1;
	int64_t took = report_duration(step->started, step->finished);
	int64_t from = step->started - job->row->started;
	AUTO_FREE char *x = xasprintf("%lld", (long long)(from < 0 ? 0 :
				      from * BAR_UNITS / whole));
	AUTO_FREE char *width = xasprintf("%lld", (long long)
		((took < 0 ? 0 : took) * BAR_UNITS / whole + 3));

	html_open(html, "td", "class", "bar", NULL);
	if (step->started && job->duration_ms > 0) {
		html_open(html, "svg", "viewBox", "0 0 1003 10",
			  "preserveAspectRatio", "none", "aria-hidden", "true",
			  NULL);
		html_leaf(html, "rect", NULL, "class",
			  page_look(step_status_name(step->status)), "x", x,
			  "width", width, "height", "10", NULL);
		html_close(html);
	}
	html_close(html);
}

static void put_step(struct page *page, const struct report *report,
		     const struct step_row *step)
{
	const struct report_job *job = &report->jobs[0];
	AUTO_FREE char *anchor = xasprintf("s%d", step->stepno);
	AUTO_FREE char *number = xasprintf("%d", step->stepno);
	AUTO_FREE char *address = log_address(page, step->log);
	struct html *html = &page->html;

	html_open(html, "tr", "id", anchor, NULL);
	html_leaf(html, "td", number, "class", "number", NULL);
	page_cell_link(html, step->testid, address);
	html_open(html, "td", NULL);
	page_badge(html, step_status_name(step->status));
	html_close(html);
	html_open(html, "td", "class", "number", NULL);
	page_duration(html, report_duration(step->started, step->finished));
	html_close(html);
	put_bar(html, job, step);
	html_open(html, "td", "class", "reason", NULL);
	html_text(html, step->reason);
	if (step->stage && step->status != STEP_PASS) {
		html_text(html, step->reason ? " " : "");
		html_open(html, "span", "class", "soft", NULL);
		html_textf(html, "last stage: %s", step->stage);
		html_close(html);
	}
	html_close(html);
	html_close(html);
	html_line(html);
}

static void put_steps(struct page *page, const struct report *report)
{
	const struct report_job *job = &report->jobs[0];

	if (!job->step_count)
		return;
	html_leaf(&page->html, "h2", "Steps", NULL);
	page_table(&page->html, "stack steps",
		   "Steps, when they ran, and their logs",
		   ">#|Step|Result|>Time|When|Reason");
	for (size_t i = 0; i < job->step_count; i++)
		put_step(page, report, &job->steps[i]);
	page_table_end(&page->html);
}

static void put_timeline(struct html *html,
			 const struct report_timeline *line)
{
	AUTO_FREE char *caption = xasprintf("What was seen of host %s",
					    line->host);

	html_leaf(html, "h2", caption, NULL);
	page_table(html, NULL, caption, ">Since power-on|By|Stage|Detail");
	for (size_t i = 0; i < line->count && i < MOMENTS_MAX; i++) {
		const struct report_moment *moment = &line->moments[i];

		html_open(html, "tr", NULL);
		html_open(html, "td", "class", "number", NULL);
		page_duration(html, moment->since_power_ms);
		html_close(html);
		html_leaf(html, "td", moment->source, NULL);
		html_leaf(html, "td", moment->stage, NULL);
		html_leaf(html, "td", moment->detail, "class", "reason",
			  NULL);
		html_close(html);
		html_line(html);
	}
	page_table_end(html);
}

static int put_artifacts(struct page *page, const struct report *report,
			 struct error *err)
{
	const struct job_row *job = report->jobs[0].row;
	struct html *html = &page->html;
	struct artifact_rows rows;

	if (artifact_list(page->pages->db, job->flight, job->job, 0, 0, &rows,
			  err) < 0)
		return -1;
	if (rows.count) {
		html_leaf(html, "h2", "Files", NULL);
		page_table(html, NULL, "Files that steps left",
			   ">Step|File|>Bytes");
	}
	for (size_t i = 0; i < rows.count; i++) {
		AUTO_FREE char *address = log_address(page, rows.v[i].path);
		AUTO_FREE char *number = xasprintf("%d", rows.v[i].stepno);
		AUTO_FREE char *bytes = xasprintf("%lld",
						  (long long)rows.v[i].bytes);

		html_open(html, "tr", NULL);
		html_leaf(html, "td", number, "class", "number", NULL);
		page_cell_link(html, rows.v[i].name, address);
		html_leaf(html, "td", bytes, "class", "number", NULL);
		html_close(html);
		html_line(html);
	}
	if (rows.count)
		page_table_end(html);
	artifact_rows_release(&rows);
	return 0;
}

static void put_runvars(struct html *html, const struct runvars *vars)
{
	if (!vars->count)
		return;
	html_leaf(html, "h2", "Runvars", NULL);
	page_table(html, NULL, "Runvars", "Name|Value|Found while it ran");
	for (size_t i = 0; i < vars->count; i++) {
		html_open(html, "tr", NULL);
		page_cell_link(html, vars->v[i].name, NULL);
		html_leaf(html, "td", vars->v[i].value, "class", "reason",
			  NULL);
		html_leaf(html, "td", vars->v[i].synth ? "yes" : "", NULL);
		html_close(html);
		html_line(html);
	}
	page_table_end(html);
}

static int put(struct page *page, const struct report *report,
	       const struct report_rows *rows, struct error *err)
{
	const struct report_job *job = &report->jobs[0];
	const char *name = job->row->job, *flight = report->flight->flight;
	AUTO_FREE char *title = xasprintf("%s, flight %s", name, flight);
	AUTO_FREE char *branch = xasprintf("branch/%s.html",
					   report->flight->branch);
	AUTO_FREE char *grid = xasprintf("flight/%s/index.html", flight);
	AUTO_FREE char *history = html_address("%shistory/%s/%s.html",
					       page_up(page), name,
					       report->flight->branch);
	const char *const crumbs[] = {
		"Lab", "index.html", report->flight->branch, branch,
		flight, grid, name, NULL, NULL, NULL,
	};
	struct html *html = &page->html;

	page_begin(page, title, crumbs);
	html_open(html, "h1", NULL);
	html_name(html, name);
	html_close(html);
	put_facts(page, report);
	html_open(html, "p", NULL);
	html_leaf(html, "a", "What this job did before", "href", history,
		  NULL);
	html_close(html);
	put_failure(page, job);
	put_steps(page, report);
	for (size_t i = 0; i < job->timeline_count; i++)
		put_timeline(html, &job->timelines[i]);
	if (put_artifacts(page, report, err) < 0)
		return -1;
	put_runvars(html, &rows->vars);
	return 0;
}

int page_job(struct pages *pages, const char *flight, const char *job,
	     struct error *err)
{
	AUTO_FREE char *path = xasprintf("flight/%s/%s/index.html", flight,
					 job);
	struct report_rows rows;
	struct report report;
	struct page page;
	int rc;

	page_init(&page, pages, path);
	rc = make_key(&page, pages->db, flight, job, err);
	if (rc == 0 && !page_is_current(&page, pages)) {
		rc = report_gather(pages->db, flight, job, &rows, err);
		if (rc == 0) {
			report_summarise(&rows, &report);
			rc = put(&page, &report, &rows, err);
			report_release(&report);
			report_rows_release(&rows);
		}
		if (rc == 0)
			rc = page_publish(&page, pages, err);
	}
	page_release(&page);
	return rc;
}
