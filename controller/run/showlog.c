/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "run/showlog.h"

#define LINE_MAX_BYTES 65536
#define READ_BYTES 65536

struct showlog {
	int fd;
	sd_event_source *changed;
	struct strbuf line;	/* begun, not yet shown */
};

static void show_line(const char *text)
{
	AUTO_STRBUF shown = STRBUF_INIT;

	strbuf_add_printable(&shown, text);
	puts(shown.buf);
}

static void take(struct showlog *show, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *stop = memchr(text, '\n', end - text);

		strbuf_add(&show->line, text, (stop ? stop : end) - text);
		if (stop || show->line.len > LINE_MAX_BYTES) {
			show_line(show->line.buf);
			strbuf_clear(&show->line);
		}
		text = stop ? stop + 1 : end;
	}
}

/* One read: a flooding log must not keep its step's limit from working. */
static bool show_more(struct showlog *show)
{
	char buf[READ_BYTES];
	ssize_t got = read(show->fd, buf, sizeof(buf));

	if (got <= 0)
		return false;
	take(show, buf, got);
	fflush(stdout);
	return true;
}

static int on_change(sd_event_source *source,
		     const struct inotify_event *event, void *arg)
{
	(void)source;
	(void)event;
	show_more(arg);
	return 0;
}

int showlog_open(struct showlog **out, sd_event *event, const char *path,
		 struct error *err)
{
	struct showlog *show;
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return error_errno(err, "cannot read the log %s", path);
	show = xcalloc(1, sizeof(*show));
	show->fd = fd;
	strbuf_init(&show->line);
	rc = sd_event_add_inotify(event, &show->changed, path, IN_MODIFY,
				  on_change, show);
	if (rc < 0) {
		showlog_close(show);
		errno = -rc;
		return error_errno(err, "cannot watch the log %s", path);
	}
	show_more(show);
	*out = show;
	return 0;
}

void showlog_close(struct showlog *show)
{
	if (!show)
		return;
	/* its writer has ended: this comes to an end */
	while (show_more(show))
		;
	if (show->line.len)
		show_line(show->line.buf);
	fflush(stdout);
	sd_event_source_disable_unref(show->changed);
	close_descriptor(&show->fd);
	strbuf_release(&show->line);
	free(show);
}
