/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/strbuf.h"
#include "base/strvec.h"
#include "build/patch.h"

void patch_header_release(struct patch_header *header)
{
	free(header->name);
	free(header->email);
	free(header->subject);
	free(header->body);
	*header = (struct patch_header){ .name = NULL };
}

/* Where the changes begin. */
static bool is_change(const char *line)
{
	return strcmp(line, "---") == 0 || str_starts(line, "--- ") ||
	       str_starts(line, "diff ") || str_starts(line, "Index: ");
}

static char *trimmed(const char *text, size_t len)
{
	while (len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	return xstrndup(text, len);
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* RFC 2047, "Q": '_' is a space, "=C3" a byte. */
static void decode_q(struct strbuf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '=' && i + 2 < n && hex_digit(s[i + 1]) >= 0 &&
		    hex_digit(s[i + 2]) >= 0) {
			strbuf_addch(out, (char)(hex_digit(s[i + 1]) * 16 +
						 hex_digit(s[i + 2])));
			i += 2;
		} else {
			strbuf_addch(out, s[i] == '_' ? ' ' : s[i]);
		}
	}
}

/* RFC 2047, "B": base64. */
static void decode_b(struct strbuf *out, const char *s, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < n && s[i] != '='; i++) {
		const char *at = strchr(digits, s[i]);

		if (!at)
			continue;
		bits = bits << 6 | (unsigned)(at - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			strbuf_addch(out, (char)(bits >> have));
		}
	}
}

/* "=?utf-8?q?Marek_G=C3=B3recki?=" as a reader of mail shows it. */
static char *decoded(const char *value)
{
	AUTO_STRBUF out = STRBUF_INIT;

	while (*value) {
		const char *text = strncasecmp(value, "=?utf-8?", 8) == 0 &&
			value[8] && value[9] == '?' ? value + 10 : NULL;
		const char *end = text ? strstr(text, "?=") : NULL;

		if (!end) {
			strbuf_addch(&out, *value++);
			continue;
		}
		if (tolower((unsigned char)value[8]) == 'b')
			decode_b(&out, text, end - text);
		else
			decode_q(&out, text, end - text);
		value = end + 2;
	}
	return strbuf_detach(&out);
}

/* "Ada Example <ada@example.org>" */
static void take_author(struct patch_header *header, const char *value)
{
	const char *open = strrchr(value, '<');
	const char *close = open ? strchr(open, '>') : NULL;

	if (!close || close == open + 1 || header->email)
		return;
	header->name = trimmed(value, open - value);
	header->email = trimmed(open + 1, close - open - 1);
	for (char *p = header->name; *p; p++)
		if (*p == '"')
			memmove(p, p + 1, strlen(p));
}

static void take_date(struct patch_header *header, const char *value)
{
	static const char *const forms[] = {
		"%a, %d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M:%S %z",
		"%a %b %d %H:%M:%S %Y %z", "%Y-%m-%d %H:%M:%S %z",
		"%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d",
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms) && !header->when; i++) {
		struct tm tm = { .tm_isdst = 0 };
		long offset;

		if (!strptime(value, forms[i], &tm))
			continue;
		offset = tm.tm_gmtoff;	/* timegm forgets it */
		header->when = timegm(&tm) - offset;
		snprintf(header->zone, sizeof(header->zone), "%c%02d%02d",
			 offset < 0 ? '-' : '+',
			 abs((int)(offset / 3600)) % 24,
			 abs((int)(offset / 60)) % 60);
	}
}

static void take_subject(struct patch_header *header, const char *value)
{
	const char *close = strchr(value, ']');

	if (strncasecmp(value, "[PATCH", 6) == 0 && close)
		value = close + 1;
	if (!header->subject)
		header->subject = trimmed(value, strlen(value));
}

static const char *field(const char *line, const char *name)
{
	size_t n = strlen(name);

	if (strncasecmp(line, name, n) != 0 || line[n] != ':')
		return NULL;
	for (line += n + 1; *line == ' ' || *line == '\t'; line++)
		;
	return line;
}

/* Is it a header's line? Others belong to the message. */
static bool take_field(struct patch_header *header, const char *text)
{
	AUTO_FREE char *line = decoded(text);
	const char *value;

	if ((value = field(line, "From")) || (value = field(line, "Author")))
		take_author(header, value);
	else if ((value = field(line, "Date")) ||
		 (value = field(line, "Last-Update")))
		take_date(header, value);
	else if ((value = field(line, "Subject")) ||
		 (value = field(line, "Description")))
		take_subject(header, value);
	else
		return false;
	return true;
}

/* The next line, a header's continuation put behind it. */
static char *next_line(const char **text, bool fold)
{
	AUTO_STRBUF line = STRBUF_INIT;

	do {
		size_t n = strcspn(*text, "\n");

		strbuf_add(&line, *text, n);
		*text += n + ((*text)[n] == '\n');
	} while (fold && line.len && isgraph((unsigned char)*line.buf) &&
		 (**text == ' ' || **text == '\t') &&
		 !strchr("\n", (*text)[1]));
	return strbuf_detach(&line);
}

void patch_header_parse(struct patch_header *header, const char *text)
{
	AUTO_STRBUF body = STRBUF_INIT;
	bool in_header = true;

	*header = (struct patch_header){ .zone = "+0000" };
	while (*text) {
		AUTO_FREE char *line = next_line(&text, in_header);

		if (is_change(line))
			break;
		if (!*line && header->subject)
			in_header = false;
		/* mbox: "From 0123abc Mon Sep 17 00:00:00 2001" */
		if (in_header && (take_field(header, line) ||
				  str_starts(line, "From ")))
			continue;
		strbuf_addf(&body, "%s\n", line);
	}
	header->body = trimmed(body.buf, body.len);
}
