/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/telling.h"

#define LINE_MAX_BYTES 800
#define LIMIT_MAX_S (30 * 86400)
#define DRAIN_READS 16

void telling_init(struct telling *t)
{
	*t = (struct telling){ .line = STRBUF_INIT };
}

void telling_release(struct telling *t)
{
	strbuf_release(&t->line);
	free(t->stage);
	free(t->reason);
}

static char *printable(const char *text)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_add_printable(&sb, text);
	return strbuf_detach(&sb);
}

static void take_stage(struct telling *t, const char *text)
{
	char *stage = printable(text);

	t->stage_new |= !t->stage || strcmp(t->stage, stage) != 0;
	free(t->stage);
	t->stage = stage;
}

static void take_reason(struct telling *t, const char *text)
{
	free(t->reason);
	t->reason = printable(text);
}

static void take_limit(struct telling *t, const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end != text && !*end && seconds > 0 && seconds <= LIMIT_MAX_S)
		t->limit_ms = (int64_t)(seconds * 1000);
}

static void take_line(struct telling *t)
{
	const char *line = t->line.buf;

	if (str_starts(line, "stage ") && line[6])
		take_stage(t, line + 6);
	else if (str_starts(line, "reason ") && line[7])
		take_reason(t, line + 7);
	else if (str_starts(line, "limit "))
		take_limit(t, line + 6);
	strbuf_clear(&t->line);
}

void telling_add(struct telling *t, const char *text, size_t len)
{
	while (len) {
		const char *newline = memchr(text, '\n', len);
		size_t part = newline ? (size_t)(newline - text) : len;
		size_t room = LINE_MAX_BYTES - t->line.len;

		strbuf_add(&t->line, text, part < room ? part : room);
		if (newline)
			take_line(t);
		part += newline != NULL;
		text += part;
		len -= part;
	}
}

int telling_read(struct telling *t, int fd)
{
	char chunk[65536];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? -1 : 0;
	telling_add(t, chunk, (size_t)n);
	return (int)n;
}

void telling_drain(struct telling *t, int fd)
{
	for (int i = 0; fd >= 0 && i < DRAIN_READS; i++)
		if (telling_read(t, fd) <= 0)
			break;
	if (t->line.len)
		take_line(t);
}
