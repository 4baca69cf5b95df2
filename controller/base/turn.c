/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/turn.h"
#include "base/wait.h"

/* The first byte of the line. */
#define FIRST ((off_t)1 << 40)

struct line {
	int fd;
	struct flock wish;	/* all bytes before our own */
	int granted;		/* eventfd(2): the thread has an answer */
	int failed;		/* its errno, or 0 */
	sd_event *event;
	pthread_t thread;
};

static int ask(int fd, int command, short type, off_t start, off_t length,
	       struct flock *answer)
{
	struct flock lock = {
		.l_type = type, .l_whence = SEEK_SET,
		.l_start = start, .l_len = length,
	};
	int rc = fcntl(fd, command, &lock);

	if (answer)
		*answer = lock;
	return rc;
}

/* Behind everybody who is there now. */
static int find_end(int fd, off_t *place)
{
	struct flock found;

	for (*place = FIRST;; *place = found.l_start + found.l_len) {
		if (ask(fd, F_OFD_GETLK, F_WRLCK, *place, 0, &found) < 0)
			return -1;
		if (found.l_type == F_UNLCK)
			return 0;
	}
}

/*
 * Two may have found the same place, or one before another's: only who has his
 * byte, and then sees nobody behind himself, is the last.
 */
static int stand_in_line(int fd, off_t *place)
{
	struct flock behind;

	for (;;) {
		if (find_end(fd, place) < 0)
			return -1;
		if (ask(fd, F_OFD_SETLK, F_WRLCK, *place, 1, NULL) < 0) {
			if (errno == EAGAIN || errno == EACCES)
				continue;
			return -1;
		}
		if (ask(fd, F_OFD_GETLK, F_WRLCK, *place + 1, 0, &behind) < 0)
			return -1;
		if (behind.l_type == F_UNLCK)
			return 0;
		if (ask(fd, F_OFD_SETLK, F_UNLCK, *place, 1, NULL) < 0)
			return -1;
	}
}

/*
 * A thread, for a lock that is waited for in the kernel knows no deadline. It
 * has nothing on its stack: there it is cancelled, at the deadline.
 */
static void *wait_for_those_before(void *arg)
{
	struct line *line = arg;

	line->failed = fcntl(line->fd, F_OFD_SETLKW, &line->wish) < 0 ?
		errno : 0;
	/* an eventfd that takes no 1 cannot be */
	if (eventfd_write(line->granted, 1) < 0)
		line->failed = errno;
	return NULL;
}

/* The waiting process's signals are not the thread's. */
static int start_thread(struct line *line)
{
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&line->thread, NULL, wait_for_those_before, line);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return rc;
}

static int on_granted(sd_event_source *source, int fd, uint32_t revents,
		      void *arg)
{
	(void)source;
	(void)fd;
	(void)revents;
	(void)arg;
	return 0;
}

static enum wait_answer is_granted(void *arg, struct error *err)
{
	struct line *line = arg;
	eventfd_t count;

	if (eventfd_read(line->granted, &count) < 0)
		return WAIT_MORE;
	if (!line->failed)
		return WAIT_DONE;
	errno = line->failed;
	error_errno(err, "cannot wait in a line");
	return WAIT_FAILED;
}

static int wait_in_line(struct line *line, int64_t limit_ms,
			struct error *err)
{
	const struct wait_spec spec = {
		.what = "its turn", .limit_ms = limit_ms,
		.event = line->event, .check = is_granted, .arg = line,
	};
	int rc = start_thread(line);

	if (rc) {
		errno = rc;
		return error_errno(err, "cannot start a thread");
	}
	rc = wait_for(&spec, err);
	pthread_cancel(line->thread);
	pthread_join(line->thread, NULL);
	return rc;
}

static int await_turn(int fd, off_t place, int64_t limit_ms,
		      struct error *err)
{
	struct line line = {
		.fd = fd, .granted = -1,
		.wish = {
			.l_type = F_RDLCK, .l_whence = SEEK_SET,
			.l_start = FIRST, .l_len = place - FIRST,
		},
	};
	int rc = -1;

	line.granted = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (line.granted < 0 || sd_event_new(&line.event) < 0 ||
	    sd_event_add_io(line.event, NULL, line.granted, EPOLLIN,
			    on_granted, NULL) < 0)
		error_errno(err, "cannot make an event loop");
	else
		rc = wait_in_line(&line, limit_ms, err);
	sd_event_unref(line.event);
	if (line.granted >= 0)
		close(line.granted);
	return rc;
}

static int take(int fd, const char *path, int64_t limit_ms, struct error *err)
{
	int64_t deadline = clock_mono_ms() + limit_ms;
	struct error failure = ERROR_INIT;
	off_t place;

	if (stand_in_line(fd, &place) < 0)
		return error_errno(err, "cannot lock %s", path);
	if (place == FIRST || ask(fd, F_OFD_SETLK, F_RDLCK, FIRST,
				  place - FIRST, NULL) == 0)
		return 0;
	if (limit_ms > 0 && await_turn(fd, place, limit_ms, &failure) == 0)
		return 0;
	if (clock_mono_ms() < deadline)
		return error_set(err, failure.kind, "%s: %s", path,
				 failure.text);
	return error_set(err, ERROR_AGAIN, "%s is locked by another process",
			 path);
}

int turn_take(const char *path, int64_t limit_ms, struct error *err)
{
	int fd;

	if (dir_make_parent(path, err) < 0)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_errno(err, "cannot open the lock %s", path);
	if (take(fd, path, limit_ms, err) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}
