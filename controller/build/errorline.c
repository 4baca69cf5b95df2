/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "build/errorline.h"

#define LINE_MAX_BYTES 4096
#define RANK_MAKE 1

static const struct {
	const char *mark;
	int rank;
} marks[] = {
	{ ": fatal error: ", 5 }, { ": error: ", 5 },
	{ "undefined reference to ", 4 }, { "multiple definition of ", 4 },
	{ "Error: ", 3 }, { "error: ", 3 }, { "ERROR: ", 3 },
	{ "No rule to make target", 3 }, { "No space left on device", 3 },
	{ "virtual memory exhausted", 3 }, { "*** ", RANK_MAKE },
};

static const struct {
	const char *mark;
	enum errorline_lack lack;
} lacks[] = {
	{ "No space left on device", ERRORLINE_DISK },
	{ "Disk quota exceeded", ERRORLINE_DISK },
	{ "virtual memory exhausted", ERRORLINE_MEMORY },
	{ "out of memory allocating", ERRORLINE_MEMORY },
	{ "memory exhausted", ERRORLINE_MEMORY },
	{ "Cannot allocate memory", ERRORLINE_MEMORY },
};

void errorline_release(struct errorline *e)
{
	for (size_t i = 0; i < ERRORLINE_LACKS; i++)
		free(e->lacks[i]);
	strbuf_release(&e->line);
	free(e->best);
	free(e->last);
	*e = (struct errorline)ERRORLINE_INIT;
}

static int rank_of(const char *line)
{
	int best = 0;

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (marks[i].rank > best && strstr(line, marks[i].mark))
			best = marks[i].rank;
	return best;
}

static void keep(char **place, char *line)
{
	free(*place);
	*place = line;
}

/* make says where, and whoever it ran said before that what it was. */
static char *explained(const struct errorline *e, int rank)
{
	if (rank == RANK_MAKE && e->last)
		return xasprintf("%s (%s)", e->last, e->line.buf);
	return xstrdup(e->line.buf);
}

static void note_lack(struct errorline *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(lacks); i++) {
		char **line = &e->lacks[lacks[i].lack];

		if (!*line && strstr(e->line.buf, lacks[i].mark))
			*line = xstrdup(e->line.buf);
	}
}

static void take_line(struct errorline *e)
{
	int rank;

	strbuf_rtrim(&e->line);
	note_lack(e);
	rank = rank_of(e->line.buf);
	if (rank > e->rank) {
		keep(&e->best, explained(e, rank));
		e->rank = rank;
	}
	if (e->line.len)
		keep(&e->last, xstrdup(e->line.buf));
	strbuf_clear(&e->line);
}

void errorline_add(struct errorline *e, const char *data, size_t len)
{
	while (len) {
		const char *end = memchr(data, '\n', len);
		size_t n = end ? (size_t)(end - data) : len;
		size_t room = LINE_MAX_BYTES - e->line.len;

		strbuf_add(&e->line, data, n < room ? n : room);
		if (!end)
			return;
		take_line(e);
		data += n + 1;
		len -= n + 1;
	}
}

const char *errorline_text(const struct errorline *e)
{
	return e->best ? e->best : e->last;
}

const char *errorline_short_of(const struct errorline *e,
			       enum errorline_lack lack)
{
	return e->lacks[lack];
}
