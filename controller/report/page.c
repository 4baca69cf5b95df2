/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/files.h"
#include "report/page.h"

#define FORMAT "2"		/* another one: every page is made anew */
#define KEY_LINE "<!-- ironbird %s -->\n"
#define MAIN_DEPTH 3		/* html, body, main */
#define SHORT_REVISION 12

void page_init(struct page *page, struct pages *pages, const char *path)
{
	*page = (struct page){
		.pages = pages, .path = path, .html = HTML_INIT,
		.key = STRBUF_INIT,
	};
	page_key(page, FORMAT " %s", path);
}

void page_release(struct page *page)
{
	html_release(&page->html);
	strbuf_release(&page->key);
}

void page_key(struct page *page, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&page->key, fmt, ap);
	va_end(ap);
	strbuf_addch(&page->key, '\n');
}

static char *key_line(const struct page *page)
{
	char hex[SHA256_HEX_SIZE];

	data_sha256(page->key.buf, page->key.len, hex);
	return xasprintf(KEY_LINE, hex);
}

bool page_is_current(struct page *page, struct pages *pages)
{
	AUTO_FREE char *file = xasprintf("%s/%s", pages->root, page->path);
	AUTO_FREE char *wanted = key_line(page);
	char line[200] = "";
	FILE *in;

	if (pages->force)
		return false;
	in = fopen(file, "re");
	if (!in)
		return false;
	/* the second line, after the document type */
	if (!fgets(line, sizeof(line), in) || !fgets(line, sizeof(line), in))
		*line = '\0';
	fclose(in);
	if (strcmp(line, wanted) != 0)
		return false;
	pages->kept++;
	return true;
}

const char *page_up(const struct page *page)
{
	static const char up[] = "../../../../../../";
	size_t depth = 0;

	for (const char *p = page->path; *p; p++)
		depth += *p == '/';
	return up + sizeof(up) - 1 - 3 * (depth < 6 ? depth : 6);
}

static void add_crumbs(struct page *page, const char *const *crumbs)
{
	struct html *html = &page->html;

	html_open(html, "nav", "aria-label", "Where this page is", NULL);
	html_open(html, "ol", NULL);
	for (; crumbs[0]; crumbs += 2) {
		AUTO_FREE char *address = crumbs[1] ?
			html_address("%s%s", page_up(page), crumbs[1]) : NULL;

		html_open(html, "li", NULL);
		html_leaf(html, address ? "a" : "span", crumbs[0], "href",
			  address, "aria-current", address ? NULL : "page",
			  NULL);
		html_close(html);
	}
	html_close(html);
	html_close(html);
}

void page_begin(struct page *page, const char *title,
		const char *const *crumbs)
{
	AUTO_FREE char *style = xasprintf("%sstyle.css", page_up(page));
	AUTO_FREE char *key = key_line(page);
	struct html *html = &page->html;

	strbuf_addf(&html->text, "<!DOCTYPE html>\n%s", key);
	html_open(html, "html", "lang", "en", NULL);
	html_open(html, "head", NULL);
	html_void(html, "meta", "charset", "utf-8", NULL);
	html_void(html, "meta", "name", "viewport", "content",
		  "width=device-width, initial-scale=1", NULL);
	html_void(html, "meta", "http-equiv", "Content-Security-Policy",
		  "content", "default-src 'none'; style-src 'self'; "
		  "img-src 'self' data:", NULL);
	html_leaf(html, "title", title, NULL);
	/* the browser would ask for /favicon.ico otherwise */
	html_void(html, "link", "rel", "icon", "href", "data:,", NULL);
	html_void(html, "link", "rel", "stylesheet", "href", style, NULL);
	html_close(html);
	html_line(html);
	html_open(html, "body", NULL);
	html_leaf(html, "a", "Skip to the content", "class", "jump", "href",
		  "#main", NULL);
	html_open(html, "header", NULL);
	add_crumbs(page, crumbs);
	html_close(html);
	html_line(html);
	html_open(html, "main", "id", "main", NULL);
}

int page_publish(struct page *page, struct pages *pages, struct error *err)
{
	AUTO_FREE char *file = xasprintf("%s/%s", pages->root, page->path);
	struct html *html = &page->html;

	while (html->depth > MAIN_DEPTH)
		html_close(html);
	html_leaf(html, "footer", "All times are UTC.", NULL);
	while (html->depth)
		html_close(html);
	html_line(html);
	if (file_publish_quick(file, html->text.buf, html->text.len, 0644,
			       err) < 0)
		return -1;
	pages->built++;
	return 0;
}

bool page_has_plan(const struct pages *pages, const char *flight)
{
	AUTO_FREE char *file = xasprintf("%s/flight/%s/plan.html",
					 pages->root, flight);

	return file_exists(file);
}

/* A class of colours and a sign; words not known are plain. */
static const struct {
	const char *word, *look, *sign;
} states[] = {
	{ "pass", "pass", "\u2713" }, { "fail", "fail", "\u2717" },
	{ "broken", "broken", "!" }, { "blocked", "blocked", "\u25AA" },
	{ "skip", "skip", "\u2013" }, { "running", "run", "\u2026" },
	{ "preparing", "run", "\u2026" }, { "queued", "skip", "\u00B7" },
	{ "starved", "broken", "!" }, { "aborted", "broken", "\u25A0" },
	{ "lost", "broken", "?" },
	{ "perfect", "pass", "\u2713" }, { "tolerable", "pass", "\u2713" },
	{ "regressions", "fail", "\u2717" }, { "trouble", "broken", "!" },
	{ "unjudged", "skip", "\u00B7" }, { "failed", "fail", "\u2717" },
	{ "verified", "pass", "\u2713" },
};

const char *page_look(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (strcmp(states[i].word, word) == 0)
			return states[i].look;
	return "skip";
}

const char *page_sign(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (strcmp(states[i].word, word) == 0)
			return states[i].sign;
	return "\u00B7";
}

void page_badge(struct html *html, const char *word)
{
	AUTO_FREE char *look = xasprintf("badge %s", page_look(word));

	html_open(html, "span", "class", look, NULL);
	html_leaf(html, "span", page_sign(word), "aria-hidden", "true", NULL);
	html_text(html, " ");
	html_text(html, word);
	html_close(html);
}

void page_fact(struct html *html, const char *name, const char *text)
{
	if (!text)
		return;
	html_open(html, "div", NULL);
	html_leaf(html, "dt", name, NULL);
	html_leaf(html, "dd", text, NULL);
	html_close(html);
}

void page_time(struct html *html, int64_t utc_ms)
{
	char stamp[CLOCK_STAMP_SIZE], shown[32];
	time_t seconds = utc_ms / 1000;
	struct tm tm;

	if (!utc_ms) {
		html_text(html, "not yet");
		return;
	}
	gmtime_r(&seconds, &tm);
	strftime(shown, sizeof(shown), "%Y-%m-%d %H:%M", &tm);
	html_leaf(html, "time", shown, "datetime",
		  clock_stamp(utc_ms, stamp), NULL);
}

void page_duration(struct html *html, int64_t ms)
{
	char text[DURATION_TEXT_SIZE];

	html_text(html, ms < 0 ? "-" : duration_text(ms, text));
}

void page_table(struct html *html, const char *look, const char *caption,
		const char *headings)
{
	AUTO_STRVEC words = STRVEC_INIT;
	AUTO_STRVEC names = STRVEC_INIT;

	strvec_split(&words, headings, "|");
	html_open(html, "div", "class", "scroll", "role", "region",
		  "aria-label", caption, "tabindex", "0", NULL);
	html_open(html, "table", "class", look, NULL);
	html_leaf(html, "caption", caption, "class", "hidden", NULL);
	html_open(html, "thead", NULL);
	html_open(html, "tr", NULL);
	for (size_t i = 0; i < words.count; i++) {
		bool number = words.v[i][0] == '>';

		html_leaf(html, "th", words.v[i] + number, "scope", "col",
			  "class", number ? "number" : NULL, NULL);
		strvec_push(&names, words.v[i] + number);
	}
	html_close(html);
	html_close(html);
	html_line(html);
	html_columns(html, look && strcmp(look, "stack") == 0 ? &names :
		     NULL);
	html_open(html, "tbody", NULL);
}

void page_table_end(struct html *html)
{
	html_columns(html, NULL);
	html_close(html);
	html_close(html);
	html_close(html);
	html_line(html);
}

void page_cell_link(struct html *html, const char *text, const char *address)
{
	html_open(html, "td", NULL);
	if (address) {
		html_open(html, "a", "href", address, NULL);
		html_name(html, text);
		html_close(html);
	} else {
		html_name(html, text);
	}
	html_close(html);
}

void page_revisions(struct html *html, const struct strvec *pairs)
{
	for (size_t i = 0; i + 1 < pairs->count; i += 2) {
		AUTO_FREE char *shown = xstrndup(pairs->v[i + 1],
						 SHORT_REVISION);

		html_open(html, "span", "class", "revision", "title",
			  pairs->v[i + 1], NULL);
		html_text(html, pairs->v[i]);
		html_text(html, " ");
		html_leaf(html, "code", shown, NULL);
		html_close(html);
		html_text(html, " ");
	}
}
