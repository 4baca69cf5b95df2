/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/wrap.h"

#define NARROWEST 20

static bool begins_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static size_t width_of(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += begins_character(*s);
	return n;
}

/* Bytes of s that width columns hold, whole characters only. */
static size_t bytes_in(const char *s, size_t width)
{
	size_t i = 0, columns = 0;

	for (; s[i]; i++)
		if (begins_character(s[i]) && columns++ == width)
			break;
	return i;
}

/* Where to break: after the last space that fits, else where it is full. */
static size_t line_length(const char *s, size_t width)
{
	size_t fits = bytes_in(s, width);

	if (!s[fits])
		return fits;
	for (size_t i = fits; i > 0; i--)
		if (s[i] == ' ')
			return i;
	return fits;
}

void wrap_print(FILE *out, const char *label, const char *text)
{
	AUTO_STRBUF clean = STRBUF_INIT;
	size_t indent = width_of(label);
	size_t width = indent + NARROWEST > WRAP_WIDTH ? NARROWEST
						       : WRAP_WIDTH - indent;
	const char *s;

	strbuf_add_printable(&clean, text);
	s = clean.buf;
	fputs(label, out);
	do {
		size_t n = line_length(s, width);

		if (s != clean.buf)
			fprintf(out, "%*s", (int)indent, "");
		fprintf(out, "%.*s\n", (int)n, s);
		s += n;
		s += strspn(s, " ");
	} while (*s);
}

void wrap_cut(FILE *out, const char *label, const char *text)
{
	AUTO_STRBUF line = STRBUF_INIT;

	strbuf_addstr(&line, label);
	strbuf_add_printable(&line, text);
	if (width_of(line.buf) > WRAP_WIDTH)
		fprintf(out, "%.*s...\n",
			(int)bytes_in(line.buf, WRAP_WIDTH - 3), line.buf);
	else
		fprintf(out, "%s\n", line.buf);
}
