/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/strbuf.h"
#include "base/table.h"

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

void table_print(const struct table *t, FILE *out)
{
	AUTO_FREE size_t *widths = xcalloc(t->columns, sizeof(*widths));

	if (t->cells.count <= t->columns)
		return;
	for (size_t i = 0; i < t->cells.count; i++)
		if (width(t->cells.v[i]) > widths[i % t->columns])
			widths[i % t->columns] = width(t->cells.v[i]);
	for (size_t i = 0; i < t->cells.count; i++) {
		size_t column = i % t->columns;
		const char *cell = t->cells.v[i];

		if (column + 1 == t->columns)
			fprintf(out, "%s\n", cell);
		else
			fprintf(out, "%s%*s", cell,
				(int)(widths[column] - width(cell) + 2), "");
	}
}
