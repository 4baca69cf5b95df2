/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/telling.h"

#define LINE_MAX_BYTES 800
#define LIMIT_MAX_S (30 * 86400)
#define DRAIN_READS 16
#define WORDS_MAX 100

void telling_init(struct telling *t)
{
	*t = (struct telling){
		.line = STRBUF_INIT, .crash_off = STRVEC_INIT,
		.reboots = STRVEC_INIT,
	};
}

void telling_release(struct telling *t)
{
	strbuf_release(&t->line);
	strvec_release(&t->crash_off);
	strvec_release(&t->reboots);
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

static void take_crash(struct telling *t, const char *name, bool ends)
{
	struct strvec rest = STRVEC_INIT;

	for (size_t i = 0; i < t->crash_off.count; i++)
		if (strcmp(t->crash_off.v[i], name) != 0)
			strvec_push(&rest, t->crash_off.v[i]);
	if (!ends && rest.count < WORDS_MAX)
		strvec_push(&rest, name);
	strvec_release(&t->crash_off);
	t->crash_off = rest;
}

static void take_console(struct telling *t, const char *line)
{
	if (str_starts(line, "watches "))
		t->watches = true;
	else if (str_starts(line, "crash-ends "))
		take_crash(t, line + strlen("crash-ends "), true);
	else if (str_starts(line, "crash-ends-not "))
		take_crash(t, line + strlen("crash-ends-not "), false);
	else if ((str_starts(line, "reboot ") || str_starts(line, "up ")) &&
		 t->reboots.count < WORDS_MAX)
		strvec_push(&t->reboots, line);
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
	else
		take_console(t, line);
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
