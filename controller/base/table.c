/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/table.h"

#define GAP 2
#define NARROWEST 10		/* no column is folded below that */

void table_init(struct table *t, ...)
{
	const char *heading;
	va_list ap;

	*t = (struct table){ .cells = STRVEC_INIT };
	va_start(ap, t);
	while ((heading = va_arg(ap, const char *))) {
		strvec_push(&t->cells, heading);
		t->columns++;
	}
	va_end(ap);
}

void table_release(struct table *t)
{
	strvec_release(&t->cells);
}

void table_add(struct table *t, const char *const *cells)
{
	for (size_t i = 0; i < t->columns; i++) {
		AUTO_STRBUF cell = STRBUF_INIT;

		strbuf_add_printable(&cell, cells[i] && *cells[i] ?
				     cells[i] : "-");
		strvec_push(&t->cells, cell.buf);
	}
}

/* Width in characters, not bytes: continuation bytes of UTF-8 do not count. */
static size_t width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* --- narrower than its contents ------------------------------------------- */

/* Takes from the widest until all fit, or none can be narrower. */
static void narrow(size_t *widths, size_t columns, size_t room)
{
	size_t sum = GAP * (columns - 1);

	for (size_t i = 0; i < columns; i++)
		sum += widths[i];
	for (; sum > room; sum--) {
		size_t widest = 0;

		for (size_t i = 1; i < columns; i++)
			if (widths[i] > widths[widest])
				widest = i;
		if (widths[widest] <= NARROWEST)
			return;
		widths[widest]--;
	}
}

/* Bytes of s that make one line of at most so many characters. */
static size_t line_length(const char *s, size_t most)
{
	size_t chars = 0, good = 0, i;

	for (i = 0; s[i]; i++) {
		if (((unsigned char)s[i] & 0xc0) == 0x80)
			continue;
		if (chars++ == most)
			return good ? good : i;
		if (s[i] == ' ' && i)
			good = i;
		else if (strchr("-/,", s[i]) && chars <= most)
			good = i + 1;
	}
	return i;
}

static void print_part(const char **cell, size_t column_width, bool last,
		       FILE *out)
{
	size_t n = line_length(*cell, column_width);
	AUTO_FREE char *part = xstrndup(*cell, n);

	fputs(part, out);
	if (!last)
		fprintf(out, "%*s", (int)(column_width + GAP - width(part)),
			"");
	*cell += n;
	*cell += strspn(*cell, " ");
}

static void print_row(char *const *cells, size_t columns,
		      const size_t *widths, FILE *out)
{
	AUTO_FREE const char **rest = xcalloc(columns, sizeof(*rest));
	size_t left;

	for (size_t i = 0; i < columns; i++)
		rest[i] = cells[i];
	do {
		/* nothing behind the last of them on this line */
		for (left = columns; left && !*rest[left - 1]; left--)
			;
		for (size_t i = 0; i < left; i++)
			print_part(&rest[i], widths[i], i + 1 == left, out);
		if (left)
			fputc('\n', out);
	} while (left);
}

void table_print_within(const struct table *t, FILE *out, size_t room)
{
	AUTO_FREE size_t *widths = xcalloc(t->columns, sizeof(*widths));

	if (t->cells.count <= t->columns)
		return;
	for (size_t i = 0; i < t->cells.count; i++)
		if (width(t->cells.v[i]) > widths[i % t->columns])
			widths[i % t->columns] = width(t->cells.v[i]);
	if (room)
		narrow(widths, t->columns, room);
	for (size_t i = 0; i < t->cells.count; i += t->columns)
		print_row(t->cells.v + i, t->columns, widths, out);
}

void table_print(const struct table *t, FILE *out)
{
	struct winsize size = { .ws_col = 0 };
	int fd = fileno(out);

	if (fd < 0 || !isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) < 0)
		size.ws_col = 0;
	table_print_within(t, out, size.ws_col);
}
