/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flight: its verdict, what holds the branch, the grid. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "db/judgements.h"
#include "db/retests.h"
#include "report/assess.h"
#include "report/page.h"
#include "report/page_grid.h"

#define DAY_MS 86400000

static void add_jobs_key(struct page *page, const struct job_rows *jobs)
{
	for (size_t i = 0; i < jobs->count; i++) {
		const struct job_row *job = &jobs->v[i];

		page_key(page, "%s %s %d %lld %lld %s", job->job,
			 job_status_name(job->status), job->run,
			 (long long)job->started, (long long)job->finished,
			 str_or(job->reason, ""));
	}
}

/* Steps are many: they count while a job is not over only. */
static int add_steps_key(struct page *page, struct db *db,
			 const struct job_rows *jobs, struct error *err)
{
	for (size_t i = 0; i < jobs->count; i++) {
		const struct job_row *job = &jobs->v[i];
		struct step_rows steps;

		if (job_status_final(job->status) || !job->run)
			continue;
		if (step_list(db, job->flight, job->job, 0, &steps, err) < 0)
			return -1;
		for (size_t s = 0; s < steps.count; s++)
			page_key(page, "%s %s %s", steps.v[s].testid,
				 step_status_name(steps.v[s].status),
				 str_or(steps.v[s].stage, ""));
		step_rows_release(&steps);
	}
	return 0;
}

static int add_judgement_key(struct page *page, struct db *db,
			     const char *flight, int64_t *until,
			     struct error *err)
{
	struct judgement_row row;
	int rc = judgement_get(db, flight, &row, err);

	if (rc > 0) {
		*until = row.horizon;
		page_key(page, "%s %lld %s", row.overall,
			 (long long)row.horizon, str_or(row.pushed, ""));
		judgement_row_release(&row);
	} else if (rc == 0) {
		rc = past_flight_id(db, flight, until, err);
	}
	return rc < 0 ? -1 : 0;
}

static int make_key(struct page *page, struct db *db, const char *flight,
		    int64_t *until, struct error *err)
{
	struct flight_row row;
	struct job_rows jobs;
	int rc;

	if (flight_get(db, flight, &row, err) < 0)
		return -1;
	page_key(page, "%s %s %s %s %lld %lld", row.branch, row.blessing,
		 row.intended, str_or(row.harness, ""),
		 (long long)row.started, (long long)row.finished);
	flight_row_release(&row);
	if (job_list(db, flight, &jobs, err) < 0)
		return -1;
	add_jobs_key(page, &jobs);
	rc = add_steps_key(page, db, &jobs, err);
	job_rows_release(&jobs);
	return rc < 0 ? -1 : add_judgement_key(page, db, flight, until, err);
}

static int add_retests_key(struct page *page, struct db *db,
			   const char *flight, struct error *err)
{
	struct retest_links links;

	if (retest_links_get(db, flight, &links, err) < 0)
		return -1;
	page_key(page, "%s", str_or(links.of, ""));
	for (size_t i = 0; i < links.flights.count; i++)
		page_key(page, "%s", links.flights.v[i]);
	retest_links_release(&links);
	return 0;
}

static void put_verdict_head(struct html *html, const struct report *report)
{
	const struct judgement *judgement = report->judgement;
	AUTO_FREE char *counts = verdict_counts(judgement);

	html_open(html, "p", "class", "verdict", NULL);
	if (!report->flight->finished) {
		page_badge(html, report->started ? "running" : "queued");
		html_close(html);
		return;
	}
	page_badge(html, overall_name(judgement->overall));
	html_open(html, "span", NULL);
	html_text(html, judgement->outcome);
	if (judgement->count)
		html_textf(html, "; %s", counts);
	html_close(html);
	html_close(html);
	html_line(html);
}

static void put_age(struct html *html, const char *name,
		    const struct evidence_flight *flight, int64_t until,
		    int attempts)
{
	int64_t days;

	if (!flight)
		return;
	days = until > flight->started ? (until - flight->started) / DAY_MS :
		0;
	html_open(html, "div", NULL);
	html_leaf(html, "dt", name, NULL);
	html_open(html, "dd", NULL);
	{
		AUTO_FREE char *address = html_address("../%s/index.html",
						       flight->flight);

		html_leaf(html, "a", flight->flight, "href", address, NULL);
	}
	html_textf(html, ", %lld day%s", (long long)days,
		   days == 1 ? "" : "s");
	if (attempts)
		html_textf(html, ", %d attempt%s", attempts,
			   attempts == 1 ? "" : "s");
	html_close(html);
	html_close(html);
}

static void put_flight(struct html *html, const char *name,
		       const char *flight)
{
	AUTO_FREE char *address = html_address("../%s/index.html", flight);

	html_open(html, "div", NULL);
	html_leaf(html, "dt", name, NULL);
	html_open(html, "dd", NULL);
	html_leaf(html, "a", flight, "href", address, NULL);
	html_close(html);
	html_close(html);
}

static void put_retests(struct html *html, const struct retest_links *links)
{
	if (links->of)
		put_flight(html, "Runs once more", links->of);
	for (size_t i = 0; i < links->flights.count; i++)
		put_flight(html, "Run once more in", links->flights.v[i]);
}

static void put_revisions(struct html *html, const char *name,
			  const struct strvec *pairs)
{
	if (!pairs->count)
		return;
	html_open(html, "div", "class", "wide", NULL);
	html_leaf(html, "dt", name, NULL);
	html_open(html, "dd", NULL);
	page_revisions(html, pairs);
	html_close(html);
	html_close(html);
}

static void put_facts(struct html *html, const struct report *report)
{
	const struct flight_row *flight = report->flight;
	const struct verdict_ages *ages = &report->judgement->ages;
	int64_t until = flight->started ? flight->started : flight->created;
	char took[DURATION_TEXT_SIZE];

	html_open(html, "dl", "class", "facts", NULL);
	page_fact(html, "Blessing", flight->blessing);
	html_open(html, "div", NULL);
	html_leaf(html, "dt", "Started", NULL);
	html_open(html, "dd", NULL);
	page_time(html, report->started);
	html_close(html);
	html_close(html);
	page_fact(html, "Run by Ironbird", flight->harness);
	page_fact(html, "Took", report->duration_ms < 0 ? NULL :
		  duration_text(report->duration_ms, took));
	put_retests(html, report->retests);
	if (report->evidence->that_revisions.count) {
		put_age(html, "Last test of the baseline", ages->basis, until,
			0);
		put_age(html, "Failing since", ages->failing, until,
			ages->failing_count);
		put_age(html, "Testing same since", ages->same, until,
			ages->same_count);
	}
	put_revisions(html, "Under test",
		      &report->evidence->this_revisions);
	put_revisions(html, "Baseline", &report->evidence->that_revisions);
	html_close(html);
	html_line(html);
}

/* What was not run yet is no news while the flight is not over. */
static bool is_news(const struct report *report,
		    const struct verdict *verdict)
{
	return report->flight->finished ||
		(verdict->testid && (strcmp(verdict->status, "fail") == 0 ||
				     strcmp(verdict->status, "broken") == 0));
}

/* The step on its job's page, of whichever flight it is. */
static void put_verdict(struct html *html, const struct report *report,
			const struct verdict *verdict)
{
	AUTO_FREE char *words = verdict_words(verdict, report->evidence);
	AUTO_FREE char *page = html_address("../%s/%s/index.html",
					    verdict->flight, verdict->job);
	AUTO_FREE char *step = xasprintf("%s#s%d", page, verdict->stepno);
	AUTO_FREE char *look = xasprintf("chip %s",
					 page_look(verdict->status));

	html_open(html, "tr", NULL);
	page_cell_link(html, verdict->job, page);
	page_cell_link(html, str_or(verdict->testid, "(the job)"),
		       verdict->testid ? step : NULL);
	html_open(html, "td", NULL);
	html_leaf(html, "span", words, "class", look, NULL);
	html_close(html);
	html_leaf(html, "td", str_or(verdict->reason, ""), "class", "reason",
		  NULL);
	html_close(html);
	html_line(html);
}

static void put_verdicts(struct html *html, const struct report *report,
			 const char *heading, bool blocking)
{
	const struct judgement *judgement = report->judgement;
	bool any = false;

	for (size_t i = 0; i < judgement->count; i++) {
		if (judgement->v[i].blocking != blocking ||
		    !is_news(report, &judgement->v[i]))
			continue;
		if (!any) {
			html_leaf(html, "h2", heading, NULL);
			page_table(html, "stack", heading,
				   "Job|Step|Verdict|Reason");
		}
		any = true;
		put_verdict(html, report, &judgement->v[i]);
	}
	if (any)
		page_table_end(html);
}

static void put_plan(struct page *page, const struct report *report)
{
	struct html *html = &page->html;

	if (!page_has_plan(page->pages, report->flight->flight))
		return;
	html_open(html, "p", NULL);
	html_leaf(html, "a", report->flight->finished ?
		  "Which job was on which host, and when" :
		  "The plan: which job is on which host, and when", "href",
		  "plan.html", NULL);
	html_close(html);
	html_line(html);
}

static void put(struct page *page, const struct report *report)
{
	const struct flight_row *flight = report->flight;
	AUTO_FREE char *title = xasprintf("Flight %s: %s", flight->flight,
					  flight->branch);
	AUTO_FREE char *branch = xasprintf("branch/%s.html", flight->branch);
	const char *const crumbs[] = {
		"Lab", "index.html", flight->branch, branch,
		flight->flight, NULL, NULL, NULL,
	};
	bool judged = report->judgement->overall != OVERALL_UNJUDGED &&
		flight->finished;

	page_begin(page, title, crumbs);
	html_leaf(&page->html, "h1", title, NULL);
	put_verdict_head(&page->html, report);
	put_facts(&page->html, report);
	put_plan(page, report);
	put_verdicts(&page->html, report, judged ? "What holds the branch" :
		     "What did not succeed", true);
	put_verdicts(&page->html, report, "What did not succeed, but holds "
		     "nothing", false);
	page_grid(&page->html, report);
}

int page_flight(struct pages *pages, const char *flight, struct error *err)
{
	struct evidence_request request = {
		.flight = flight, .these = STRVEC_INIT, .those = STRVEC_INIT,
	};
	AUTO_FREE char *path = xasprintf("flight/%s/index.html", flight);
	struct assessment assessment;
	struct page page;
	int rc;

	page_init(&page, pages, path);
	page_key(&page, "%d", page_has_plan(pages, flight));
	rc = make_key(&page, pages->db, flight, &request.until, err);
	if (rc == 0)
		rc = add_retests_key(&page, pages->db, flight, err);
	if (rc == 0 && !page_is_current(&page, pages)) {
		rc = assess(pages->db, &request, NULL, &assessment, err);
		if (rc == 0) {
			put(&page, &assessment.report);
			assessment_release(&assessment);
			rc = page_publish(&page, pages, err);
		}
	}
	page_release(&page);
	return rc;
}
