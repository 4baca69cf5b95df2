/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report/html.h"

void html_release(struct html *html)
{
	strbuf_release(&html->text);
	strvec_release(&html->columns);
	html->depth = 0;
}

void html_columns(struct html *html, const struct strvec *names)
{
	strvec_release(&html->columns);
	for (size_t i = 0; names && i < names->count; i++)
		strvec_push(&html->columns, names->v[i]);
}

/* Which column the cell is in; the first needs no name. */
static void add_column(struct html *html, const char *tag)
{
	if (strcmp(tag, "tr") == 0)
		html->column = 0;
	if (strcmp(tag, "td") != 0 || html->column++ == 0 ||
	    html->column > html->columns.count)
		return;
	strbuf_addstr(&html->text, " data-name=\"");
	strbuf_add_escaped(&html->text, html->columns.v[html->column - 1]);
	strbuf_addch(&html->text, '"');
}

static void add_tag(struct html *html, const char *tag, va_list ap)
{
	const char *name;

	strbuf_addf(&html->text, "<%s", tag);
	add_column(html, tag);
	while ((name = va_arg(ap, const char *))) {
		const char *value = va_arg(ap, const char *);

		if (!value)
			continue;
		strbuf_addf(&html->text, " %s=\"", name);
		strbuf_add_escaped(&html->text, value);
		strbuf_addch(&html->text, '"');
	}
	strbuf_addch(&html->text, '>');
}

static void push(struct html *html, const char *tag)
{
	if (html->depth == HTML_DEPTH_MAX)
		abort();	/* a page of ours that forgets to close */
	html->open[html->depth++] = tag;
}

void html_open(struct html *html, const char *tag, ...)
{
	va_list ap;

	va_start(ap, tag);
	add_tag(html, tag, ap);
	va_end(ap);
	push(html, tag);
}

void html_close(struct html *html)
{
	if (!html->depth)
		abort();
	strbuf_addf(&html->text, "</%s>", html->open[--html->depth]);
}

void html_text(struct html *html, const char *text)
{
	if (text)
		strbuf_add_escaped(&html->text, text);
}

void html_textf(struct html *html, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	html_text(html, text);
}

void html_leaf(struct html *html, const char *tag, const char *text, ...)
{
	va_list ap;

	va_start(ap, text);
	add_tag(html, tag, ap);
	va_end(ap);
	html_text(html, text);
	strbuf_addf(&html->text, "</%s>", tag);
}

void html_void(struct html *html, const char *tag, ...)
{
	va_list ap;

	va_start(ap, tag);
	add_tag(html, tag, ap);
	va_end(ap);
}

void html_name(struct html *html, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, "-/_");
		AUTO_FREE char *part = NULL;

		n += name[n] != '\0';
		part = xstrndup(name, n);
		html_text(html, part);
		name += n;
		if (*name)
			html_void(html, "wbr", NULL);
	}
}

void html_line(struct html *html)
{
	strbuf_addch(&html->text, '\n');
}

char *html_address(const char *fmt, ...)
{
	struct strbuf address = STRBUF_INIT;
	AUTO_FREE char *path = NULL;
	va_list ap;

	va_start(ap, fmt);
	path = xvasprintf(fmt, ap);
	va_end(ap);
	for (const char *p = path; *p; p++)
		if (isalnum((unsigned char)*p) || strchr("._~/+-#", *p))
			strbuf_addch(&address, *p);
		else
			strbuf_addf(&address, "%%%02X", (unsigned char)*p);
	return strbuf_detach(&address);
}
