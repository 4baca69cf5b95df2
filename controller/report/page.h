/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all pages share: head and foot, the words for states, and the rule by
 * which they are cheap. A page begins with a key, a hash of the rows it was
 * made of; one whose key has not changed is left as it is.
 */
#ifndef IRONBIRD_REPORT_PAGE_H
#define IRONBIRD_REPORT_PAGE_H

#include <stdbool.h>

#include "db/past.h"
#include "report/html.h"
#include "report/pages.h"
#include "report/verdict.h"

struct page {
	const struct pages *pages;
	const char *path;	/* below the root: "flight/12/index.html" */
	struct html html;
	struct strbuf key;	/* the facts it is made of, as text */
};

void page_init(struct page *page, struct pages *pages, const char *path);
void page_release(struct page *page);
void page_key(struct page *page, const char *fmt, ...) printf_like(2, 3);
/* True, counted: there is such a page of that key. */
bool page_is_current(struct page *page, struct pages *pages);
/*
 * Head, style, navigation; crumbs are pairs of text and address from the
 * root, NULL address: this page. Opens <main>.
 */
void page_begin(struct page *page, const char *title,
		const char *const *crumbs);
int must_check page_publish(struct page *page, struct pages *pages,
			    struct error *err);
/* "../../": from this page to the root. */
const char *page_up(const struct page *page);

/* Is there a chart of the flight's plan? flight/planpage.h makes it. */
bool page_has_plan(const struct pages *pages, const char *flight);

/* A coloured word: "pass", "broken", "tolerable", ... */
void page_badge(struct html *html, const char *word);
/* The class of its colours. */
const char *page_look(const char *word);
/* Its sign, for where there is no room for the word. */
const char *page_sign(const char *word);
/* A row of a description list; text NULL: nothing. */
void page_fact(struct html *html, const char *name, const char *text);
/* <time>; 0: "not yet". */
void page_time(struct html *html, int64_t utc_ms);
void page_duration(struct html *html, int64_t ms);	/* -1: "-" */
/*
 * Headings of a table, words with '|' between them ('>': of numbers); opens
 * <tbody>. look "stack": where there is no room rows become blocks of named
 * values; NULL: it scrolls.
 */
void page_table(struct html *html, const char *look, const char *caption,
		const char *headings);
void page_table_end(struct html *html);
/* A cell with a link; address NULL: text alone. */
void page_cell_link(struct html *html, const char *text, const char *address);
/* Revisions as "xen 0123456789ab": pairs. */
void page_revisions(struct html *html, const struct strvec *pairs);

#endif
