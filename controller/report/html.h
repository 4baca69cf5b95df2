/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTML: the one place that writes it. Tags and names of attributes are ours,
 * constants; every text and every value goes through the same escaping, so
 * that what comes from hosts cannot become markup. Elements nest: html_close
 * ends the one that was opened last.
 */
#ifndef IRONBIRD_REPORT_HTML_H
#define IRONBIRD_REPORT_HTML_H

#include "base/strbuf.h"
#include "base/strvec.h"

#define HTML_DEPTH_MAX 32

struct html {
	struct strbuf text;
	const char *open[HTML_DEPTH_MAX];
	size_t depth;
	struct strvec columns;	/* html_columns */
	size_t column;
};

#define HTML_INIT { .text = STRBUF_INIT, .columns = STRVEC_INIT }

void html_release(struct html *html);
/* Then pairs of name and value, up to a NULL; a value NULL leaves both out. */
void html_open(struct html *html, const char *tag, ...)
	__attribute__((sentinel));
void html_close(struct html *html);
void html_text(struct html *html, const char *text);	/* NULL: nothing */
void html_textf(struct html *html, const char *fmt, ...) printf_like(2, 3);
/* An element with that text; the pairs as html_open. */
void html_leaf(struct html *html, const char *tag, const char *text, ...)
	__attribute__((sentinel));
/* One that has no end: meta, link, img. */
void html_void(struct html *html, const char *tag, ...)
	__attribute__((sentinel));
/* A name that may be broken after '-', '/' and '_'. */
void html_name(struct html *html, const char *name);
/*
 * From here on the cells of each row, but for the first, carry the name of
 * their column (data-name): where a row is shown as a block, each value needs
 * one. NULL: no more.
 */
void html_columns(struct html *html, const struct strvec *names);
void html_line(struct html *html);	/* ends a line of the source */
/*
 * A relative address of path, for a value: what is not [A-Za-z0-9._~/+-] is
 * percent-encoded, so that no path can be a scheme. The caller frees.
 */
char *html_address(const char *fmt, ...) printf_like(1, 2);

#endif
