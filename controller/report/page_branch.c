/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Branches: the newest flights of one, and all of them on one page. */
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "db/judgements.h"
#include "db/past.h"
#include "report/page.h"

#define FLIGHTS_SHOWN 100

/* A line of a branch's page. */
struct flight_line {
	const struct past_flight *flight;
	struct judgement_row judgement;	/* overall NULL: not judged */
	struct strvec revisions;
	bool plan;		/* it runs, and there is a page of its plan */
};

struct flight_lines {
	struct past_flights flights;
	struct flight_line *v;
};

static void release_lines(struct flight_lines *lines)
{
	for (size_t i = 0; lines->v && i < lines->flights.count; i++) {
		judgement_row_release(&lines->v[i].judgement);
		strvec_release(&lines->v[i].revisions);
	}
	free(lines->v);
	past_flights_release(&lines->flights);
}

static int read_lines(struct pages *pages, const char *branch, size_t limit,
		      struct flight_lines *lines, struct error *err)
{
	struct db *db = pages->db;

	*lines = (struct flight_lines){ .v = NULL };
	if (past_flight_list(db, branch, NULL, 0, limit, &lines->flights,
			     err) < 0)
		return -1;
	lines->v = xcalloc(lines->flights.count + 1, sizeof(*lines->v));
	for (size_t i = 0; i < lines->flights.count; i++)
		lines->v[i] = (struct flight_line){
			.flight = &lines->flights.v[i],
			.revisions = STRVEC_INIT,
		};
	for (size_t i = 0; i < lines->flights.count; i++) {
		struct flight_line *line = &lines->v[i];

		line->plan = !line->flight->finished &&
			page_has_plan(pages, line->flight->flight);
		if (judgement_get(db, line->flight->flight, &line->judgement,
				  err) < 0 ||
		    past_built(db, line->flight->flight, &line->revisions,
			       err) < 0) {
			release_lines(lines);
			return -1;
		}
	}
	return 0;
}

static void add_key(struct page *page, const struct flight_lines *lines)
{
	for (size_t i = 0; i < lines->flights.count; i++) {
		const struct flight_line *line = &lines->v[i];
		AUTO_FREE char *built = strvec_join(&line->revisions, " ");

		page_key(page, "%s %s %lld %lld %s %d %s %d %s",
			 line->flight->flight, line->flight->blessing,
			 (long long)line->flight->started,
			 (long long)line->flight->finished,
			 str_or(line->judgement.overall, ""),
			 line->judgement.blocking,
			 str_or(line->judgement.pushed, ""), line->plan, built);
	}
}

/* What came of it; of one that runs, what will. */
static void put_state(struct page *page, const struct flight_line *line)
{
	AUTO_FREE char *address = html_address("%sflight/%s/plan.html",
					       page_up(page),
					       line->flight->flight);
	struct html *html = &page->html;

	html_open(html, "td", NULL);
	if (line->judgement.overall)
		page_badge(html, line->judgement.overall);
	else if (!line->flight->finished)
		page_badge(html, line->flight->started ? "running" : "queued");
	if (line->plan) {
		html_text(html, " ");
		html_leaf(html, "a", "plan", "href", address, NULL);
	}
	html_close(html);
}

static void put_flight(struct page *page, const struct flight_line *line)
{
	const struct past_flight *flight = line->flight;
	AUTO_FREE char *address = html_address("%sflight/%s/index.html",
					       page_up(page), flight->flight);
	AUTO_FREE char *pushed = xstrndup(str_or(line->judgement.pushed, ""),
					  12);
	struct html *html = &page->html;

	html_open(html, "tr", NULL);
	page_cell_link(html, flight->flight, address);
	html_open(html, "td", NULL);
	page_time(html, flight->started);
	html_close(html);
	html_leaf(html, "td", flight->blessing, NULL);
	put_state(page, line);
	html_open(html, "td", "class", "number", NULL);
	if (line->judgement.overall)
		html_textf(html, "%d", line->judgement.blocking);
	html_close(html);
	html_open(html, "td", NULL);
	html_leaf(html, "code", pushed, "title", line->judgement.pushed,
		  NULL);
	html_close(html);
	html_open(html, "td", NULL);
	page_revisions(html, &line->revisions);
	html_close(html);
	html_close(html);
	html_line(html);
}

static void put_branch(struct page *page, const char *branch,
		       const struct flight_lines *lines)
{
	const char *const crumbs[] = {
		"Lab", "index.html", branch, NULL, NULL, NULL,
	};

	page_begin(page, branch, crumbs);
	html_leaf(&page->html, "h1", branch, NULL);
	page_table(&page->html, "stack", "Flights, newest first",
		   "Flight|Started|Blessing|Verdict|>Blocking|Pushed|Built");
	for (size_t i = 0; i < lines->flights.count; i++)
		put_flight(page, &lines->v[i]);
	page_table_end(&page->html);
}

int page_branch(struct pages *pages, const char *branch, struct error *err)
{
	AUTO_FREE char *path = xasprintf("branch/%s.html", branch);
	struct flight_lines lines;
	struct page page;
	int rc = 0;

	if (read_lines(pages, branch, FLIGHTS_SHOWN, &lines, err) < 0)
		return -1;
	page_init(&page, pages, path);
	add_key(&page, &lines);
	if (!page_is_current(&page, pages)) {
		put_branch(&page, branch, &lines);
		rc = page_publish(&page, pages, err);
	}
	page_release(&page);
	release_lines(&lines);
	return rc;
}

/* The newest flight, and the newest that was let through. */
static void put_branch_line(struct page *page, const char *branch,
			    const struct flight_lines *lines)
{
	const struct flight_line *newest = NULL, *pushed = NULL;
	AUTO_FREE char *address = html_address("branch/%s.html", branch);
	struct html *html = &page->html;

	for (size_t i = 0; i < lines->flights.count; i++) {
		if (!newest)
			newest = &lines->v[i];
		if (!pushed && lines->v[i].judgement.pushed)
			pushed = &lines->v[i];
	}
	html_open(html, "tr", NULL);
	page_cell_link(html, branch, address);
	if (newest) {
		AUTO_FREE char *flight = html_address("flight/%s/index.html",
			newest->flight->flight);

		page_cell_link(html, newest->flight->flight, flight);
	} else {
		html_leaf(html, "td", NULL, NULL);
	}
	html_open(html, "td", NULL);
	if (newest)
		page_time(html, newest->flight->started);
	html_close(html);
	if (newest)
		put_state(page, newest);
	else
		html_leaf(html, "td", NULL, NULL);
	html_open(html, "td", NULL);
	if (pushed)
		page_time(html, pushed->flight->started);
	html_close(html);
	html_close(html);
	html_line(html);
}

static void put_hosts(struct page *page, const struct strvec *hosts)
{
	struct html *html = &page->html;

	if (!hosts->count)
		return;
	html_leaf(html, "h2", "Hosts", NULL);
	html_open(html, "ul", "class", "hosts", NULL);
	for (size_t i = 0; i < hosts->count; i++) {
		AUTO_FREE char *address = html_address("host/%s.html",
						       hosts->v[i]);

		html_open(html, "li", NULL);
		html_leaf(html, "a", hosts->v[i], "href", address, NULL);
		html_close(html);
	}
	html_close(html);
}

struct index {
	struct strvec branches, hosts;
	struct flight_lines *lines;	/* one a branch */
};

static int read_index(struct pages *pages, struct index *index,
		      struct error *err)
{
	if (past_branches(pages->db, &index->branches, err) < 0 ||
	    past_hosts(pages->db, &index->hosts, err) < 0)
		return -1;
	index->lines = xcalloc(index->branches.count + 1,
			       sizeof(*index->lines));
	for (size_t i = 0; i < index->branches.count; i++)
		if (read_lines(pages, index->branches.v[i], 20,
			       &index->lines[i], err) < 0)
			return -1;
	return 0;
}

static void release_index(struct index *index)
{
	for (size_t i = 0; index->lines && i < index->branches.count; i++)
		release_lines(&index->lines[i]);
	free(index->lines);
	strvec_release(&index->branches);
	strvec_release(&index->hosts);
}

static void put_index(struct page *page, const struct index *index)
{
	static const char *const crumbs[] = { "Lab", NULL, NULL, NULL };
	struct html *html = &page->html;

	page_begin(page, "Ironbird", crumbs);
	html_leaf(html, "h1", "Branches", NULL);
	if (index->branches.count) {
		page_table(html, "stack", "Branches",
			   "Branch|Newest flight|Started|Verdict|Last push");
		for (size_t i = 0; i < index->branches.count; i++)
			put_branch_line(page, index->branches.v[i],
					&index->lines[i]);
		page_table_end(html);
	} else {
		html_leaf(html, "p", "No flight yet.", NULL);
	}
	put_hosts(page, &index->hosts);
}

int page_index(struct pages *pages, struct error *err)
{
	struct index index = { .branches = STRVEC_INIT, .hosts = STRVEC_INIT };
	struct page page;
	int rc = read_index(pages, &index, err);

	page_init(&page, pages, "index.html");
	for (size_t i = 0; rc == 0 && i < index.branches.count; i++) {
		page_key(&page, "%s", index.branches.v[i]);
		add_key(&page, &index.lines[i]);
	}
	for (size_t i = 0; i < index.hosts.count; i++)
		page_key(&page, "%s", index.hosts.v[i]);
	if (rc == 0 && !page_is_current(&page, pages)) {
		put_index(&page, &index);
		rc = page_publish(&page, pages, err);
	}
	page_release(&page);
	release_index(&index);
	return rc;
}
