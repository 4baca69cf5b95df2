/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a job did before, and what a host did. */
#include <stdlib.h>
#include <string.h>

#include "db/hosts.h"
#include "db/states.h"
#include "report/page.h"
#include "report/runs.h"
#include "report/summary.h"
#include "report/verdict.h"

#define SHORT_REVISION 12

static void add_key(struct page *page, const struct run_lines *lines)
{
	for (size_t i = 0; i < lines->runs.count; i++) {
		const struct past_run *run = &lines->runs.v[i];
		AUTO_FREE char *built = strvec_join(&lines->v[i].revisions,
						    " ");

		page_key(page, "%s %s %d %s %lld %s %s %s", run->flight,
			 run->job, run->run, job_status_name(run->status),
			 (long long)run->started, run->blessing,
			 str_or(lines->v[i].failure, ""), built);
	}
}

/* The newest last, as one reads time. */
static void put_strip(struct page *page, const struct run_lines *lines)
{
	struct html *html = &page->html;

	html_open(html, "ol", "class", "strip", "aria-label",
		  "Results, oldest first", NULL);
	for (size_t i = lines->runs.count; i-- > 0; ) {
		const struct past_run *run = &lines->runs.v[i];
		const char *word = job_status_name(run->status);
		AUTO_FREE char *label = xasprintf("flight %s: %s",
						  run->flight, word);
		AUTO_FREE char *address =
			html_address("%sflight/%s/%s/index.html",
				     page_up(page), run->flight, run->job);

		html_open(html, "li", NULL);
		html_leaf(html, "a", page_sign(word), "class",
			  page_look(word), "href", address, "title", label,
			  "aria-label", label, "tabindex", "-1", NULL);
		html_close(html);
	}
	html_close(html);
	html_line(html);
}

static void put_hosts(struct page *page, const struct run_line *line)
{
	struct html *html = &page->html;

	html_open(html, "td", NULL);
	for (size_t i = 0; i + 1 < line->hosts.count; i += 2) {
		AUTO_FREE char *address = html_address("%shost/%s.html",
			page_up(page), line->hosts.v[i + 1]);

		html_leaf(html, "a", line->hosts.v[i + 1], "href", address,
			  "title", line->hosts.v[i], NULL);
		html_text(html, " ");
	}
	html_close(html);
}

/* As OSSTest: an arrow when it is that of the run before. */
static void put_trees(struct html *html, const struct run_lines *lines,
		      size_t i)
{
	for (size_t t = 0; t < lines->trees.count; t++) {
		const char *tree = lines->trees.v[t];
		const char *now = revision_of(&lines->v[i].revisions, tree);
		const char *then = i + 1 < lines->runs.count ?
			revision_of(&lines->v[i + 1].revisions, tree) : NULL;
		AUTO_FREE char *shown = xstrndup(str_or(now, ""),
						 SHORT_REVISION);

		html_open(html, "td", "title", now, NULL);
		if (now && then && strcmp(now, then) == 0)
			html_leaf(html, "span", "\u2190 same", "class",
				  "soft", NULL);
		else if (now)
			html_leaf(html, "code", shown, NULL);
		html_close(html);
	}
}

static void put_run(struct page *page, const struct run_lines *lines,
		    size_t i, bool host)
{
	const struct past_run *run = &lines->runs.v[i];
	struct html *html = &page->html;
	const char *up = page_up(page);
	AUTO_FREE char *flight = html_address("%sflight/%s/index.html", up,
					      run->flight);
	AUTO_FREE char *job = html_address("%sflight/%s/%s/index.html", up,
					   run->flight, run->job);

	html_open(html, "tr", NULL);
	html_open(html, "td", NULL);
	page_time(html, run->started);
	html_close(html);
	page_cell_link(html, run->flight, flight);
	page_cell_link(html, host ? run->job : run->branch, host ? job : NULL);
	html_open(html, "td", NULL);
	if (host) {
		page_badge(html, job_status_name(run->status));
	} else {
		html_open(html, "a", "href", job, NULL);
		page_badge(html, job_status_name(run->status));
		html_close(html);
	}
	html_close(html);
	html_leaf(html, "td", str_or(lines->v[i].failure, run->reason),
		  "class", "reason", NULL);
	if (host) {
		html_leaf(html, "td", run->ident, NULL);
		html_open(html, "td", "class", "number", NULL);
		page_duration(html, report_duration(run->started,
						    run->finished));
		html_close(html);
	} else {
		put_hosts(page, &lines->v[i]);
		put_trees(html, lines, i);
	}
	html_close(html);
	html_line(html);
}

static void put_runs(struct page *page, const struct run_lines *lines,
		     bool host)
{
	AUTO_FREE char *trees = strvec_join(&lines->trees, "|");
	AUTO_FREE char *headings = host ?
		xstrdup("Started|Flight|Job|Result|What failed|Role|>Time") :
		xasprintf("Started|Flight|Branch|Result|What failed|Hosts|%s",
			  trees);

	if (!lines->runs.count) {
		html_leaf(&page->html, "p", "Nothing yet.", NULL);
		return;
	}
	put_strip(page, lines);
	page_table(&page->html, "stack", "Runs, newest first", headings);
	for (size_t i = 0; i < lines->runs.count; i++)
		put_run(page, lines, i, host);
	page_table_end(&page->html);
}

static void put_job_history(struct page *page, const char *job,
			    const char *branch,
			    const struct run_lines *lines)
{
	AUTO_FREE char *all = xasprintf("history/%s/ALL.html", job);
	const char *const crumbs[] = {
		"Lab", "index.html", "history", NULL, job, all,
		str_or(branch, "all branches"), NULL, NULL, NULL,
	};
	AUTO_FREE char *title = xasprintf("%s on %s", job,
					  str_or(branch, "all branches"));

	page_begin(page, title, crumbs);
	html_open(&page->html, "h1", NULL);
	html_name(&page->html, title);
	html_close(&page->html);
	put_runs(page, lines, false);
}

int page_job_history(struct pages *pages, const char *job, const char *branch,
		     const char *blessings, size_t limit, struct error *err)
{
	AUTO_FREE char *path = xasprintf("history/%s/%s.html", job,
					 str_or(branch, "ALL"));
	struct run_lines lines;
	struct page page;
	int rc = 0;

	if (run_lines_of_job(pages->db, job, branch, blessings, limit, &lines,
			     err) < 0)
		return -1;
	page_init(&page, pages, path);
	add_key(&page, &lines);
	if (!page_is_current(&page, pages)) {
		put_job_history(&page, job, branch, &lines);
		rc = page_publish(&page, pages, err);
	}
	page_release(&page);
	run_lines_release(&lines);
	return rc;
}

/* Who has it now, and what is known of what is on it. */
struct host_facts {
	struct allocation_rows all;
	const struct allocation_row *holder;	/* NULL: nobody */
	struct host_state state;
	bool known;
};

static int read_facts(struct db *db, const char *host,
		      struct host_facts *facts, struct error *err)
{
	int rc;

	*facts = (struct host_facts){ .known = false };
	if (allocation_list(db, &facts->all, err) < 0)
		return -1;
	for (size_t i = 0; i < facts->all.count; i++) {
		const struct allocation_row *row = &facts->all.v[i];

		if (strcmp(row->host, host) == 0 &&
		    (!row->owner.pid || owner_alive(&row->owner)))
			facts->holder = row;
	}
	rc = host_state_get(db, host, &facts->state, err);
	facts->known = rc > 0;
	return rc < 0 ? -1 : 0;
}

static void release_facts(struct host_facts *facts)
{
	allocation_rows_release(&facts->all);
	if (facts->known)
		host_state_release(&facts->state);
}

static void put_holder(struct page *page, const struct allocation_row *row)
{
	struct html *html = &page->html;
	AUTO_FREE char *text = NULL, *address = NULL;

	html_open(html, "div", NULL);
	html_leaf(html, "dt", "Has it now", NULL);
	html_open(html, "dd", NULL);
	if (row) {
		text = xasprintf("%s.%s", row->flight, row->job);
		address = html_address("%sflight/%s/%s/index.html",
				       page_up(page), row->flight, row->job);
		html_leaf(html, "a", text, "href", address, NULL);
		html_text(html, " since ");
		page_time(html, row->since);
	} else {
		html_text(html, "nobody");
	}
	html_close(html);
	html_close(html);
}

static void put_host_facts(struct page *page, const struct host_facts *facts)
{
	struct html *html = &page->html;
	AUTO_FREE char *trouble = facts->known ?
		host_state_trouble(&facts->state) : NULL;

	html_open(html, "dl", "class", "facts", NULL);
	put_holder(page, facts->holder);
	page_fact(html, "What is on it", !facts->known ? "not known" :
		  host_condition_name(facts->state.condition));
	if (facts->known) {
		html_open(html, "div", NULL);
		html_leaf(html, "dt", "Since", NULL);
		html_open(html, "dd", NULL);
		page_time(html, facts->state.since);
		html_close(html);
		html_close(html);
		page_fact(html, "Why", trouble);
	}
	html_close(html);
	html_line(html);
}

static void add_facts_key(struct page *page, const struct host_facts *facts)
{
	if (facts->holder)
		page_key(page, "%s %s %lld", facts->holder->flight,
			 facts->holder->job, (long long)facts->holder->since);
	if (facts->known)
		page_key(page, "%d %lld %s", facts->state.condition,
			 (long long)facts->state.since,
			 str_or(facts->state.reason, ""));
}

int page_host_history(struct pages *pages, const char *host, size_t limit,
		      struct error *err)
{
	AUTO_FREE char *path = xasprintf("host/%s.html", host);
	const char *const crumbs[] = {
		"Lab", "index.html", "hosts", NULL, host, NULL, NULL, NULL,
	};
	AUTO_FREE char *title = xasprintf("Host %s", host);
	struct host_facts facts;
	struct run_lines lines;
	struct page page;
	int rc = 0;

	if (run_lines_of_host(pages->db, host, limit, &lines, err) < 0)
		return -1;
	if (read_facts(pages->db, host, &facts, err) < 0) {
		release_facts(&facts);
		run_lines_release(&lines);
		return -1;
	}
	page_init(&page, pages, path);
	add_key(&page, &lines);
	add_facts_key(&page, &facts);
	if (!page_is_current(&page, pages)) {
		page_begin(&page, title, crumbs);
		html_leaf(&page.html, "h1", title, NULL);
		put_host_facts(&page, &facts);
		put_runs(&page, &lines, true);
		rc = page_publish(&page, pages, err);
	}
	page_release(&page);
	release_facts(&facts);
	run_lines_release(&lines);
	return rc;
}
