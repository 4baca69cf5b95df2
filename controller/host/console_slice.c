/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "host/console.h"

#define SLICE_MAX (64 << 20)
#define TAIL_MAX 65536
#define FILES_MAX 100

/* One line of LOG.times: whether it is a burst's; its words, if any. */
static bool parse(const char *line, int64_t *offset, int64_t *at,
		  const char **words)
{
	int n = 0;

	if (sscanf(line, "%" SCNd64 " %" SCNd64 "%n", offset, at, &n) != 2)
		return false;
	*words = line[n] == ' ' ? line + n + 1 : NULL;
	return true;
}

/* Where the burst that came first at or after the time begins; -1: none. */
static int64_t offset_at(const char *times_path, int64_t time)
{
	FILE *times = fopen(times_path, "re");
	int64_t offset, at, found = -1;
	const char *words;
	char *line = NULL;
	size_t size = 0;

	while (times && found < 0 && getline(&line, &size, times) > 0)
		if (parse(line, &offset, &at, &words) && !words &&
		    at >= time)
			found = offset;
	free(line);
	if (times)
		fclose(times);
	return found;
}

/* Bytes from offset to end (-1: all) of a log; too long, it loses its head. */
static int read_part(const char *log, int64_t offset, int64_t end,
		     struct strbuf *text, struct error *err)
{
	AUTO_STRBUF whole = STRBUF_INIT;
	int64_t cut;

	if (file_read_tail(log, SLICE_MAX, &whole, err) < 0)
		return -1;
	cut = file_size(log) - (int64_t)whole.len;
	cut = cut > 0 ? cut : 0;
	if (end >= 0 && end - cut < (int64_t)whole.len)
		whole.len = end > cut ? (size_t)(end - cut) : 0;
	if (offset > cut)
		strbuf_consume(&whole, (size_t)(offset - cut));
	strbuf_add(text, whole.buf, whole.len);
	if (text->len > SLICE_MAX)
		strbuf_consume(text, text->len - SLICE_MAX);
	return 0;
}

static int add_part(const char *log, int64_t since, int64_t until,
		    struct strbuf *text, struct error *err)
{
	AUTO_FREE char *times = xasprintf("%s.times", log);
	int64_t offset = 0, end = -1;

	if (file_exists(times)) {
		offset = offset_at(times, since);
		if (until > 0)
			end = offset_at(times, until + 1);
	}
	return offset < 0 ? 0 : read_part(log, offset, end, text, err);
}

int console_between(const char *log, int64_t since, int64_t until,
		    struct strbuf *text, struct error *err)
{
	int oldest = 0;

	while (oldest < FILES_MAX) {
		AUTO_FREE char *older = xasprintf("%s.%d", log, oldest + 1);

		if (!file_exists(older))
			break;
		oldest++;
	}
	for (int i = oldest; i > 0; i--) {
		AUTO_FREE char *part = xasprintf("%s.%d", log, i);

		if (add_part(part, since, until, text, err) < 0)
			return -1;
	}
	return add_part(log, since, until, text, err);
}

bool console_tail_has(const char *log, const char *words)
{
	AUTO_STRBUF tail = STRBUF_INIT;

	return file_read_tail(log, TAIL_MAX, &tail, NULL) == 0 &&
		memmem(tail.buf, tail.len, words, strlen(words));
}

int console_slice(const char *log, int64_t since, const char *out,
		  struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;

	if (console_between(log, since, 0, &text, err) < 0)
		return -1;
	return file_publish(out, text.buf, text.len, 0644, err);
}

static void take_line(struct console_state *state, const char *line)
{
	const char *words;
	int64_t offset, at;

	if (!parse(line, &offset, &at, &words))
		return;
	if (!words) {
		state->last = at;
		return;
	}
	free(state->away);
	state->away = NULL;
	state->since = at;
	if (str_starts(words, "away "))
		state->away = xstrdup(words + 5);
}

static bool is_recorded(const char *log)
{
	AUTO_FREE char *lock = xasprintf("%s.lock", log);
	int fd = file_exists(lock) ? file_lock(lock, 0, NULL) : -1;
	bool recorded = fd < 0 && file_exists(lock);

	close_descriptor(&fd);
	return recorded;
}

void console_state_read(const char *log, struct console_state *state)
{
	AUTO_FREE char *path = xasprintf("%s.times", log);
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRVEC lines = STRVEC_INIT;

	*state = (struct console_state){ .bytes = file_size(log) };
	state->recorded = is_recorded(log);
	if (file_read_tail(path, TAIL_MAX, &text, NULL) < 0)
		return;
	strvec_split(&lines, text.buf, "\n");
	for (size_t i = 0; i < lines.count; i++)
		take_line(state, lines.v[i]);
}

void console_state_release(struct console_state *state)
{
	free(state->away);
	*state = (struct console_state){ .bytes = -1 };
}
