/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "base/files.h"
#include "host/console.h"

#define SLICE_MAX (64 << 20)

/* The offset of the first burst at or after since; -1: none came. */
static int64_t offset_since(FILE *times, int64_t since)
{
	int64_t offset, at;

	while (fscanf(times, "%" SCNd64 " %" SCNd64, &offset, &at) == 2)
		if (at >= since)
			return offset;
	return -1;
}

/* The log from offset on; a log longer than SLICE_MAX loses its beginning. */
static int read_from(const char *log, int64_t offset, struct strbuf *text,
		     struct error *err)
{
	int64_t cut;

	if (file_read_tail(log, SLICE_MAX, text, err) < 0)
		return -1;
	cut = file_size(log) - (int64_t)text->len;
	if (offset > cut)
		strbuf_consume(text, (size_t)(offset - cut));
	return 0;
}

int console_slice(const char *log, int64_t since, const char *out,
		  struct error *err)
{
	AUTO_FREE char *times_path = xasprintf("%s.times", log);
	AUTO_STRBUF text = STRBUF_INIT;
	FILE *times = fopen(times_path, "re");
	int64_t offset = 0;

	if (times) {
		offset = offset_since(times, since);
		fclose(times);
	}
	if (offset >= 0 && read_from(log, offset, &text, err) < 0)
		return -1;
	return file_publish(out, text.buf, text.len, 0644, err);
}
