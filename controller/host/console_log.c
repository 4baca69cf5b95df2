/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "host/console_log.h"

/* Bytes that come within this time of the first one are one burst. */
#define BURST_MS 20
#define REASON_MAX 200

int console_log_open(struct console_log *log, struct error *err)
{
	AUTO_FREE char *times = xasprintf("%s.times", log->path);
	const int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC;
	struct stat st;

	if (dir_make_parent(log->path, err) < 0)
		return -1;
	log->fd = open(log->path, flags, 0644);
	log->times_fd = open(times, flags, 0644);
	if (log->fd < 0 || log->times_fd < 0 || fstat(log->fd, &st) < 0)
		return error_errno(err, "cannot open the console log %s",
				   log->path);
	log->size = st.st_size;
	log->burst_until = 0;
	log->generation++;
	return 0;
}

void console_log_close(struct console_log *log)
{
	close_descriptor(&log->fd);
	close_descriptor(&log->times_fd);
	log->fd = log->times_fd = -1;
}

/* "LOG.2", "LOG"; with ending "times" "LOG.2.times". */
static char *name_of(const struct console_log *log, int i, const char *ending)
{
	AUTO_FREE char *number = i ? xasprintf(".%d", i) : xstrdup("");

	return xasprintf("%s%s%s", log->path, number, ending);
}

static void move_up(const struct console_log *log, int i, const char *ending)
{
	AUTO_FREE char *from = name_of(log, i, ending);
	AUTO_FREE char *to = name_of(log, i + 1, ending);

	if (rename(from, to) < 0 && errno != ENOENT)
		log_warn("cannot rotate %s: %s", from, strerror(errno));
}

static int rotate(struct console_log *log, struct error *err)
{
	console_log_close(log);
	for (int i = log->keep - 1; i >= 0; i--) {
		move_up(log, i, "");
		move_up(log, i, ".times");
	}
	return console_log_open(log, err);
}

static void note(struct console_log *log, const char *words)
{
	char line[REASON_MAX + 80];
	int n = snprintf(line, sizeof(line), "%" PRId64 " %" PRId64 "%s\n",
			 log->size, clock_now_ms(), words);

	if (write(log->times_fd, line, n) != n)
		log_warn("cannot write %s.times: %s", log->path,
			 strerror(errno));
}

static void note_burst(struct console_log *log)
{
	int64_t now = clock_mono_ms();

	if (now < log->burst_until)
		return;
	log->burst_until = now + BURST_MS;
	note(log, "");
}

void console_log_add(struct console_log *log, const char *data, size_t len)
{
	struct error err = ERROR_INIT;

	if (log->size > 0 && log->size + (int64_t)len > log->max_bytes &&
	    rotate(log, &err) < 0)
		log_err("%s", err.text);
	note_burst(log);
	while (len) {
		ssize_t n = write(log->fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			log_warn("cannot write %s: %s", log->path,
				 strerror(errno));
			break;
		}
		log->size += n;
		data += n;
		len -= n;
	}
}

void console_log_away(struct console_log *log, const char *reason)
{
	AUTO_STRBUF plain = STRBUF_INIT;
	AUTO_FREE char *words = NULL;

	strbuf_add_printable(&plain, reason);
	words = xasprintf(" away %.*s", REASON_MAX, plain.buf);
	log->away = true;
	note(log, words);
}

void console_log_back(struct console_log *log)
{
	log->away = false;
	log->burst_until = 0;
	note(log, " back");
}
