/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "watch/follow.h"

#define CHUNK 65536
#define MARK_MAX 64		/* bytes remembered from before the offset */
#define GENERATION_BYTES 256

/* One open file: the current one, or the one before the last rotation. */
struct tail {
	struct follow *follow;
	int fd;
	int64_t offset;		/* where to read next */
	struct strbuf line;	/* what came after the last newline */
	struct strbuf mark;	/* the last bytes before offset */
	size_t told;		/* length of line when handed out incomplete */
	bool cut;		/* the rest of this line is dropped */
	uint32_t generation;	/* 0: not known yet */
	sd_event_source *modified;
};

struct follow {
	char *path, *name;
	sd_event *event;
	int64_t partial_ms;
	follow_callback callback;
	void *arg;
	struct tail *now, *before;	/* NULL: none */
	int64_t heard;
	sd_event_source *folder, *more, *silence;
};

static void tail_free(struct tail *tail)
{
	if (!tail)
		return;
	sd_event_source_disable_unref(tail->modified);
	close(tail->fd);
	strbuf_release(&tail->line);
	strbuf_release(&tail->mark);
	free_pointer(&tail);
}

static uint32_t hash_bytes(uint32_t hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	/* FNV-1a */
	while (len--)
		hash = (hash ^ *p++) * 16777619u;
	return hash;
}

/*
 * Inode, time of birth and first line: the first two change with each new
 * file, the last with each truncation. All are the same for all processes.
 */
static uint32_t tail_generation(struct tail *tail)
{
	char head[GENERATION_BYTES];
	struct statx st;
	uint32_t hash = 2166136261u;
	ssize_t n = pread(tail->fd, head, sizeof(head), 0);
	char *end;

	if (n > 0) {
		end = memchr(head, '\n', n);
		hash = hash_bytes(hash, head, end ? end - head : n);
	}
	if (statx(tail->fd, "", AT_EMPTY_PATH, STATX_BTIME | STATX_INO,
		  &st) == 0) {
		hash = hash_bytes(hash, &st.stx_ino, sizeof(st.stx_ino));
		if (st.stx_mask & STATX_BTIME)
			hash = hash_bytes(hash, &st.stx_btime,
					  sizeof(st.stx_btime));
	}
	return hash ? hash : 1;
}

static void tail_restart(struct tail *tail)
{
	/* A writer without O_APPEND leaves a hole where the text was. */
	off_t data = lseek(tail->fd, 0, SEEK_DATA);

	tail->offset = data > 0 ? data : 0;
	tail->told = 0;
	tail->cut = false;
	tail->generation = 0;
	strbuf_clear(&tail->line);
	strbuf_clear(&tail->mark);
}

static void deliver(struct tail *tail, char *text, size_t len, int64_t offset,
		    bool incomplete)
{
	struct follow *follow = tail->follow;
	struct follow_line line = { .incomplete = incomplete };
	size_t holes = 0;
	char *nul;

	while (holes < len && !text[holes])
		holes++;
	text += holes;
	len -= holes;
	if (len && text[len - 1] == '\r' && !incomplete)
		text[--len] = '\0';
	while ((nul = memchr(text, '\0', len)))
		*nul = '?';
	if (!tail->generation)
		tail->generation = tail_generation(tail);
	line.text = text;
	line.len = len;
	line.offset = offset + holes;
	line.generation = tail->generation;
	follow->callback(&line, follow->arg);
}

/* A line over the limit: its first part is handed out, the rest is not. */
static void deliver_cut(struct tail *tail)
{
	struct strbuf *sb = &tail->line;

	if (!tail->cut) {
		sb->buf[FOLLOW_LINE_MAX] = '\0';
		deliver(tail, sb->buf, FOLLOW_LINE_MAX,
			tail->offset - (int64_t)sb->len, false);
	}
	tail->cut = true;
	strbuf_clear(sb);
}

/* Hands out each complete line; the first seen bytes have no newline. */
static void deliver_lines(struct tail *tail, size_t seen)
{
	struct strbuf *sb = &tail->line;
	int64_t start = tail->offset - (int64_t)sb->len;
	size_t from = 0;
	char *end;

	while ((end = memchr(sb->buf + seen, '\n', sb->len - seen))) {
		size_t len = end - (sb->buf + from);

		*end = '\0';
		if (!tail->cut)
			deliver(tail, sb->buf + from, len,
				start + (int64_t)from, false);
		tail->cut = false;
		tail->told = 0;
		from += len + 1;
		seen = from;
	}
	strbuf_consume(sb, from);
	if (sb->len > FOLLOW_LINE_MAX || (tail->cut && sb->len))
		deliver_cut(tail);
}

static void remember(struct tail *tail, const char *data, size_t len)
{
	strbuf_add(&tail->mark, data, len);
	if (tail->mark.len > MARK_MAX)
		strbuf_consume(&tail->mark, tail->mark.len - MARK_MAX);
}

/* Reads once; true when there may be more. */
static bool tail_read(struct tail *tail)
{
	char chunk[MARK_MAX + CHUNK];
	size_t known = tail->mark.len, seen = tail->line.len;
	ssize_t n = pread(tail->fd, chunk, known + CHUNK,
			  tail->offset - (int64_t)known);

	if (n < 0)
		return false;
	if ((size_t)n < known || memcmp(chunk, tail->mark.buf, known) != 0) {
		/* what was written since may be shorter than what was read */
		tail_restart(tail);
		return true;
	}
	n -= (ssize_t)known;
	if (n == 0)
		return false;
	remember(tail, chunk + known, n);
	tail->follow->heard = clock_mono_ms();
	tail->offset += n;
	strbuf_add(&tail->line, chunk + known, n);
	deliver_lines(tail, seen);
	return n == CHUNK;
}

/* The old file ends here: what it has without newline is a line too. */
static void tail_finish(struct tail *tail)
{
	if (!tail->line.len)
		return;
	deliver(tail, tail->line.buf, tail->line.len,
		tail->offset - (int64_t)tail->line.len, false);
	strbuf_clear(&tail->line);
	tail->told = 0;
}

static int on_silence(sd_event_source *source, uint64_t usec, void *arg)
{
	struct follow *follow = arg;
	struct tail *tail = follow->now;

	(void)source;
	(void)usec;
	if (!tail || !tail->line.len || tail->told == tail->line.len)
		return 0;
	tail->told = tail->line.len;
	deliver(tail, tail->line.buf, tail->line.len,
		tail->offset - (int64_t)tail->line.len, true);
	return 0;
}

static void arm_silence(struct follow *follow)
{
	struct tail *tail = follow->now;

	if (!follow->partial_ms || !tail || !tail->line.len ||
	    tail->told == tail->line.len)
		return;
	sd_event_source_set_time(follow->silence,
				 (clock_mono_ms() + follow->partial_ms) * 1000);
	sd_event_source_set_enabled(follow->silence, SD_EVENT_ONESHOT);
}

static int on_change(sd_event_source *source,
		     const struct inotify_event *event, void *arg);

/* Opens what is at the path now; NULL when nothing is. */
static struct tail *tail_open(struct follow *follow)
{
	int fd = open(follow->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct tail *tail;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return NULL;
	}
	tail = xcalloc(1, sizeof(*tail));
	tail->follow = follow;
	tail->fd = fd;
	strbuf_init(&tail->line);
	strbuf_init(&tail->mark);
	if (sd_event_add_inotify_fd(follow->event, &tail->modified, fd,
				    IN_MODIFY | IN_ATTRIB, on_change,
				    follow) < 0) {
		tail_free(tail);
		return NULL;
	}
	return tail;
}

/* To the end of the file, or to the start of a line that is being written. */
static void tail_seek_end(struct tail *tail, bool exact)
{
	char last[4096];
	off_t end = lseek(tail->fd, 0, SEEK_END);
	off_t from = end > (off_t)sizeof(last) ? end - (off_t)sizeof(last) : 0;
	ssize_t n = pread(tail->fd, last, end - from, from);
	char *newline;

	if (n <= 0)
		return;
	if (!exact) {
		newline = memrchr(last, '\n', n);
		n = newline ? newline + 1 - last : from ? n : 0;
	}
	tail->offset = from + n;
	remember(tail, n > MARK_MAX ? last + n - MARK_MAX : last,
		 n > MARK_MAX ? MARK_MAX : n);
}

static bool path_is(const struct follow *follow, const struct tail *tail)
{
	struct stat there, ours;

	return stat(follow->path, &there) == 0 &&
	       fstat(tail->fd, &ours) == 0 &&
	       there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
}

static bool is_deleted(const struct tail *tail)
{
	struct stat st;

	return fstat(tail->fd, &st) < 0 || st.st_nlink == 0;
}

/* The path names another file than before: that one is read from now on. */
static bool rotate(struct follow *follow)
{
	struct tail *next = tail_open(follow);

	if (!next)
		return false;
	if (follow->before)
		tail_finish(follow->before);
	tail_free(follow->before);
	follow->before = follow->now;
	follow->now = next;
	return true;
}

/* One bounded piece of work; true when there is more to do. */
static bool look(struct follow *follow)
{
	bool more = false;

	if (follow->before) {
		more = tail_read(follow->before);
		if (!more && is_deleted(follow->before)) {
			tail_finish(follow->before);
			tail_free(follow->before);
			follow->before = NULL;
		}
	}
	if (more)
		return true;
	if (!follow->now)
		return rotate(follow);
	if (tail_read(follow->now))
		return true;
	return !path_is(follow, follow->now) && rotate(follow);
}

/*
 * A timer that is over at once, and not a deferred source: sd-event arms no
 * timers as long as one of those is pending, so that everybody's would wait.
 */
static void look_again(struct follow *follow)
{
	sd_event_source_set_time(follow->more, 0);
	sd_event_source_set_enabled(follow->more, SD_EVENT_ONESHOT);
}

static int on_more(sd_event_source *source, uint64_t usec, void *arg)
{
	struct follow *follow = arg;

	(void)source;
	(void)usec;
	if (look(follow))
		look_again(follow);
	else
		arm_silence(follow);
	return 0;
}

static int on_change(sd_event_source *source,
		     const struct inotify_event *event, void *arg)
{
	struct follow *follow = arg;

	/* Other files of the folder come and go as they like. */
	if (event->len && strcmp(event->name, follow->name) != 0)
		return 0;
	return on_more(source, 0, follow);
}

static int set_up(struct follow *follow, sd_event *event, struct error *err)
{
	AUTO_FREE char *copy = xstrdup(follow->path);
	const char *folder = dirname(copy);
	int rc;

	rc = sd_event_add_inotify(event, &follow->folder, folder,
				  IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM |
				  IN_DELETE | IN_ONLYDIR, on_change, follow);
	if (rc >= 0)
		rc = sd_event_add_time(event, &follow->more, CLOCK_MONOTONIC,
				       0, 1, on_more, follow);
	if (rc >= 0)
		rc = sd_event_add_time(event, &follow->silence,
				       CLOCK_MONOTONIC, 0, 1000, on_silence,
				       follow);
	if (rc < 0) {
		errno = -rc;
		return error_errno(err, "cannot follow %s: its folder cannot "
				   "be watched", follow->path);
	}
	sd_event_source_set_enabled(follow->silence, SD_EVENT_OFF);
	return 0;
}

int follow_open(struct follow **out, sd_event *event,
		const struct follow_spec *spec, struct error *err)
{
	struct follow *follow = xcalloc(1, sizeof(*follow));
	char *slash = strrchr(spec->path, '/');

	follow->path = xstrdup(spec->path);
	follow->name = xstrdup(slash ? slash + 1 : spec->path);
	follow->event = event;
	follow->partial_ms = spec->partial_ms;
	follow->callback = spec->callback;
	follow->arg = spec->arg;
	if (set_up(follow, event, err) < 0) {
		follow_close(follow);
		return -1;
	}
	follow->now = tail_open(follow);
	if (follow->now && !spec->from_start)
		tail_seek_end(follow->now, spec->partial_ms > 0);
	*out = follow;
	return 0;
}

void follow_close(struct follow *follow)
{
	if (!follow)
		return;
	sd_event_source_disable_unref(follow->folder);
	sd_event_source_disable_unref(follow->more);
	sd_event_source_disable_unref(follow->silence);
	tail_free(follow->before);
	tail_free(follow->now);
	free_pointer(&follow->path);
	free_pointer(&follow->name);
	free_pointer(&follow);
}

int64_t follow_heard(const struct follow *follow)
{
	return follow->heard;
}
