/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "report/page_grid.h"

static ssize_t place_of(const struct strvec *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->v[i], word) == 0)
			return (ssize_t)i;
	return -1;
}

static void insert(struct strvec *words, size_t at, const char *word)
{
	char *added;

	strvec_push(words, word);
	added = words->v[words->count - 1];
	memmove(&words->v[at + 1], &words->v[at],
		(words->count - 1 - at) * sizeof(*words->v));
	words->v[at] = added;
}

static int by_length(const void *a, const void *b)
{
	const struct report_job *const *x = a, *const *y = b;

	if ((*x)->step_count != (*y)->step_count)
		return (*x)->step_count < (*y)->step_count ? 1 : -1;
	return *x < *y ? -1 : *x > *y;
}

/* The longest job lays the ground, the others put theirs in between. */
void grid_columns(const struct report *report, struct strvec *testids)
{
	const struct report_job **jobs = xcalloc(report->job_count + 1,
						 sizeof(*jobs));

	for (size_t i = 0; i < report->job_count; i++)
		jobs[i] = &report->jobs[i];
	qsort(jobs, report->job_count, sizeof(*jobs), by_length);
	for (size_t i = 0; i < report->job_count; i++) {
		size_t next = 0;

		for (size_t s = 0; s < jobs[i]->step_count; s++) {
			const struct step_row *step = &jobs[i]->steps[s];
			ssize_t at = place_of(testids, step->testid);

			if (report_was_run_again(step))
				continue;
			if (at < 0) {
				insert(testids, next, step->testid);
				at = (ssize_t)next;
			}
			next = (size_t)at + 1;
		}
	}
	free(jobs);
}

static void put_head(struct html *html, const struct strvec *testids)
{
	html_open(html, "thead", NULL);
	html_open(html, "tr", NULL);
	html_leaf(html, "th", "Job", "scope", "col", NULL);
	html_leaf(html, "th", "Result", "scope", "col", NULL);
	for (size_t i = 0; i < testids->count; i++) {
		html_open(html, "th", "scope", "col", NULL);
		html_leaf(html, "span", testids->v[i], NULL);
		html_close(html);
	}
	html_close(html);
	html_close(html);
	html_line(html);
}

static void put_cell(struct html *html, const struct report *report,
		     const struct report_job *job,
		     const struct step_row *step)
{
	const char *status = step_status_name(step->status);
	const struct verdict *verdict = report_verdict(report, job->row->job,
						       step->testid);
	AUTO_FREE char *words = verdict ?
		verdict_words(verdict, report->evidence) : NULL;
	AUTO_FREE char *label = words ? xasprintf("%s: %s", step->testid,
						  words) : NULL;
	AUTO_FREE char *look = xasprintf("%s%s", page_look(status),
					 verdict && verdict->blocking ?
					 " blocks" : "");
	AUTO_FREE char *page = html_address("%s/index.html#s%d",
					    job->row->job, step->stepno);
	bool quiet = step->status == STEP_PASS || step->status == STEP_SKIP;

	html_open(html, "td", "class", look, NULL);
	html_leaf(html, "a", page_sign(status), "href", page, "tabindex",
		  quiet ? "-1" : NULL, "aria-label", str_or(label, status),
		  "title", label, NULL);
	html_close(html);
}

static const struct step_row *step_named(const struct report_job *job,
					 const char *testid, size_t *from)
{
	/* jobs follow the columns' order: nearly always the next one */
	for (size_t n = 0; n < job->step_count; n++) {
		size_t i = (*from + n) % job->step_count;

		if (strcmp(job->steps[i].testid, testid) == 0) {
			*from = i + 1;
			return &job->steps[i];
		}
	}
	return NULL;
}

static void put_job(struct html *html, const struct report *report,
		    const struct report_job *job,
		    const struct strvec *testids)
{
	AUTO_FREE char *page = html_address("%s/index.html", job->row->job);
	size_t from = 0;

	html_open(html, "tr", NULL);
	html_open(html, "th", "scope", "row", NULL);
	html_open(html, "a", "href", page, NULL);
	html_name(html, job->row->job);
	html_close(html);
	html_close(html);
	html_open(html, "td", "class", "word", NULL);
	page_badge(html, job_status_name(job->row->status));
	html_close(html);
	for (size_t i = 0; i < testids->count; i++) {
		const struct step_row *step = step_named(job, testids->v[i],
							 &from);

		if (step)
			put_cell(html, report, job, step);
		else
			html_leaf(html, "td", NULL, NULL);
	}
	html_close(html);
	html_line(html);
}

void page_grid(struct html *html, const struct report *report)
{
	AUTO_STRVEC testids = STRVEC_INIT;

	if (!report->job_count)
		return;
	grid_columns(report, &testids);
	html_leaf(html, "h2", "Jobs and steps", "id", "grid", NULL);
	html_open(html, "div", "class", "scroll", "role", "region",
		  "aria-labelledby", "grid", "tabindex", "0", NULL);
	html_open(html, "table", "class", "grid", NULL);
	html_leaf(html, "caption", "What each step of each job came to",
		  "class", "hidden", NULL);
	put_head(html, &testids);
	html_open(html, "tbody", NULL);
	for (size_t i = 0; i < report->job_count; i++)
		put_job(html, report, &report->jobs[i], &testids);
	html_close(html);
	html_close(html);
	html_close(html);
	html_line(html);
}
