/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

char strbuf_empty[1];

void strbuf_init(struct strbuf *sb)
{
	*sb = (struct strbuf)STRBUF_INIT;
}

void strbuf_release(struct strbuf *sb)
{
	if (sb->size)
		free(sb->buf);
	strbuf_init(sb);
}

void strbuf_clear(struct strbuf *sb)
{
	sb->len = 0;
	if (sb->size)
		sb->buf[0] = '\0';
}

char *strbuf_detach(struct strbuf *sb)
{
	char *s = sb->size ? sb->buf : xstrdup("");

	strbuf_init(sb);
	return s;
}

static void reserve(struct strbuf *sb, size_t extra)
{
	size_t need = sb->len + extra + 1;
	size_t size = sb->size ? sb->size : 64;

	if (need <= sb->size)
		return;
	while (size < need)
		size *= 2;
	sb->buf = xrealloc(sb->size ? sb->buf : NULL, size, 1);
	sb->size = size;
	sb->buf[sb->len] = '\0';
}

void strbuf_add(struct strbuf *sb, const void *data, size_t len)
{
	if (!len)
		return;
	reserve(sb, len);
	memcpy(sb->buf + sb->len, data, len);
	sb->len += len;
	sb->buf[sb->len] = '\0';
}

void strbuf_addstr(struct strbuf *sb, const char *s)
{
	strbuf_add(sb, s, strlen(s));
}

void strbuf_addch(struct strbuf *sb, char c)
{
	strbuf_add(sb, &c, 1);
}

void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
{
	AUTO_FREE char *s = xvasprintf(fmt, ap);

	strbuf_addstr(sb, s);
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(sb, fmt, ap);
	va_end(ap);
}

void strbuf_consume(struct strbuf *sb, size_t n)
{
	if (n >= sb->len) {
		strbuf_clear(sb);
		return;
	}
	memmove(sb->buf, sb->buf + n, sb->len - n + 1);
	sb->len -= n;
}

void strbuf_replace_nuls(struct strbuf *sb)
{
	for (size_t i = 0; i < sb->len; i++)
		if (!sb->buf[i])
			sb->buf[i] = '?';
}

void strbuf_rtrim(struct strbuf *sb)
{
	while (sb->len && isspace((unsigned char)sb->buf[sb->len - 1]))
		sb->buf[--sb->len] = '\0';
}

void strbuf_add_quoted(struct strbuf *sb, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-";

	if (*s && !s[strspn(s, plain)]) {
		strbuf_addstr(sb, s);
		return;
	}
	strbuf_addch(sb, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			strbuf_addstr(sb, "'\\''");
		else
			strbuf_addch(sb, *s);
	}
	strbuf_addch(sb, '\'');
}

/* Bytes of the UTF-8 character at s (RFC 3629), 0 when it is none. */
static size_t utf8_length(const char *s)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = *s;
	size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	unsigned value = n == 1 ? c : c & (0x7f >> n);

	if (c >= 0xf8 || (c >= 0x80 && c < 0xc0))
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (s[i] & 0x3f);
	}
	if ((n > 1 && value < least[n]) || value > 0x10ffff ||
	    (value >= 0xd800 && value < 0xe000))
		return 0;
	return n;
}

/*
 * As utf8_length, 0 also for what does not print: controls, the second set
 * of them (U+0080 to U+009F: a terminal may obey those, too), and the two
 * that XML forbids (U+FFFE, U+FFFF).
 */
size_t printable_length(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = utf8_length(s);

	if (n == 1)
		return u[0] >= ' ' && u[0] != 0x7f;
	if (n == 2 && u[0] == 0xc2 && u[1] < 0xa0)
		return 0;
	if (n == 3 && u[0] == 0xef && u[1] == 0xbf && u[2] >= 0xbe)
		return 0;
	return n;
}

void strbuf_add_utf8(struct strbuf *sb, const char *s)
{
	while (*s) {
		size_t n = utf8_length(s);

		if (n)
			strbuf_add(sb, s, n);
		else
			strbuf_addstr(sb, "\357\277\275");	/* U+FFFD */
		s += n ? n : 1;
	}
}

static void add_text_character(struct strbuf *sb, const char *s, size_t n)
{
	if (n)
		strbuf_add(sb, s, n);
	else
		strbuf_addch(sb, *s == '\n' || *s == '\t' ? *s : '?');
}

void strbuf_add_escaped(struct strbuf *sb, const char *s)
{
	size_t n;

	for (; *s; s += n ? n : 1) {
		n = printable_length(s);
		switch (*s) {
		case '&': strbuf_addstr(sb, "&amp;"); break;
		case '<': strbuf_addstr(sb, "&lt;"); break;
		case '>': strbuf_addstr(sb, "&gt;"); break;
		case '"': strbuf_addstr(sb, "&quot;"); break;
		case '\'': strbuf_addstr(sb, "&#39;"); break;
		default: add_text_character(sb, s, n);
		}
	}
}

void strbuf_add_printable(struct strbuf *sb, const char *s)
{
	while (*s) {
		size_t n = printable_length(s);

		if (n)
			strbuf_add(sb, s, n);
		else
			strbuf_addf(sb, "\\x%02x", (unsigned char)*s);
		s += n ? n : 1;
	}
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}
