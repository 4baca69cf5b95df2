/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/console_viewer.h"

#define REQUEST_MAX 64
#define LINES_MAX 100000
/* Sent to one viewer before the others get their turn. */
#define TURN_BYTES 262144
#define LOOK_BACK_MAX (4 << 20)

struct viewer {
	struct recorder *recorder;
	struct viewer *next;
	int fd;
	sd_event_source *io;
	int log_fd;		/* its own descriptor of the log it reads */
	unsigned generation;
	int64_t offset;		/* how far it has been sent */
	struct strbuf request;	/* until the first line is whole */
	bool greeted, leaving, full;
};

static void viewer_close(struct viewer *viewer)
{
	struct recorder *r = viewer->recorder;
	struct viewer **p = &r->viewers;

	while (*p != viewer)
		p = &(*p)->next;
	*p = viewer->next;
	if (r->writer == viewer)
		r->writer = NULL;
	sd_event_source_disable_unref(viewer->io);
	close(viewer->fd);
	if (viewer->log_fd >= 0)
		close(viewer->log_fd);
	strbuf_release(&viewer->request);
	free(viewer);
}

static void viewer_watch(struct viewer *viewer)
{
	struct recorder *r = viewer->recorder;
	uint32_t events = 0;

	if (!viewer->leaving &&
	    (viewer != r->writer || r->writing_allowed))
		events |= EPOLLIN;
	if (viewer->full)
		events |= EPOLLOUT;
	sd_event_source_set_io_events(viewer->io, events);
}

static int open_current(struct viewer *viewer)
{
	struct recorder *r = viewer->recorder;

	if (viewer->log_fd >= 0)
		close(viewer->log_fd);
	viewer->log_fd = fcntl(r->log.fd, F_DUPFD_CLOEXEC, 3);
	viewer->generation = r->log.generation;
	viewer->offset = 0;
	return viewer->log_fd;
}

/* Sends one piece: 1 more may follow, 0 not now, -1 the viewer is gone. */
static int push_piece(struct viewer *viewer)
{
	char chunk[16384];
	ssize_t n = pread(viewer->log_fd, chunk, sizeof(chunk),
			  viewer->offset);

	if (n <= 0 && viewer->generation != viewer->recorder->log.generation)
		return open_current(viewer) < 0 ? -1 : 1;
	if (n <= 0)
		return viewer->leaving ? -1 : 0;
	n = send(viewer->fd, chunk, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		viewer->full = true;
		return 0;
	}
	if (n < 0)
		return -1;
	viewer->offset += n;
	return 1;
}

/* False when the viewer is gone. */
static bool viewer_push(struct viewer *viewer)
{
	int rc = 1;

	if (!viewer->greeted)
		return true;
	viewer->full = false;
	for (int sent = 0; rc > 0 && sent < TURN_BYTES; sent += 16384)
		rc = push_piece(viewer);
	if (rc < 0) {
		viewer_close(viewer);
		return false;
	}
	if (rc > 0)
		viewer->full = true;
	viewer_watch(viewer);
	return true;
}

/* Where the last lines of the log begin. */
static int64_t look_back(int fd, int64_t size, int64_t lines)
{
	int64_t limit = size > LOOK_BACK_MAX ? size - LOOK_BACK_MAX : 0;
	int64_t at = size;
	char chunk[4096];

	if (lines <= 0)
		return size;
	while (at > limit) {
		int64_t from = at - limit > (int64_t)sizeof(chunk) ?
			at - (int64_t)sizeof(chunk) : limit;
		ssize_t n = pread(fd, chunk, at - from, from);

		if (n <= 0)
			break;
		for (ssize_t i = n - 1; i >= 0; i--)
			if (chunk[i] == '\n' && from + i + 1 < size &&
			    --lines == 0)
				return from + i + 1;
		at = from;
	}
	return limit;
}

static int peer_pid(int fd)
{
	struct ucred peer = { .pid = 0 };
	socklen_t len = sizeof(peer);

	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	return peer.pid;
}

/* False when the line is none of ours. */
static bool greet(struct viewer *viewer, const char *line)
{
	struct recorder *r = viewer->recorder;
	bool write = strncmp(line, "write ", 6) == 0;
	char answer[REQUEST_MAX], *end;
	long lines;
	int n;

	if (!write && strncmp(line, "read ", 5) != 0)
		return false;
	lines = strtol(strchr(line, ' ') + 1, &end, 10);
	if (*end || lines < 0 || lines > LINES_MAX)
		return false;
	if (write && !r->writer)
		r->writer = viewer;
	if (write && r->writer != viewer)
		n = snprintf(answer, sizeof(answer), "busy %d\n",
			     peer_pid(r->writer->fd));
	else
		n = snprintf(answer, sizeof(answer), "%s\n",
			     write ? "write" : "read");
	if (send(viewer->fd, answer, n, MSG_NOSIGNAL) != n ||
	    open_current(viewer) < 0)
		return false;
	viewer->offset = look_back(r->log.fd, r->log.size, lines);
	viewer->greeted = true;
	return true;
}

/* False when the viewer is gone. */
static bool take_request(struct viewer *viewer, const char *data, size_t len)
{
	char *end;

	strbuf_add(&viewer->request, data, len);
	end = strchr(viewer->request.buf, '\n');
	if (end)
		*end = '\0';
	if (end ? !greet(viewer, viewer->request.buf) :
		  viewer->request.len > REQUEST_MAX) {
		viewer_close(viewer);
		return false;
	}
	if (!end)
		return true;
	strbuf_consume(&viewer->request,
		       end + 1 - viewer->request.buf);
	if (viewer == viewer->recorder->writer)
		recorder_type(viewer->recorder, viewer->request.buf,
			      viewer->request.len);
	return viewer_push(viewer);
}

static void read_viewer(struct viewer *viewer)
{
	char chunk[4096];
	ssize_t n = recv(viewer->fd, chunk, sizeof(chunk), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		viewer->leaving = true;
		if (n < 0 || !viewer->greeted)
			viewer_close(viewer);
		else
			viewer_push(viewer);
		return;
	}
	if (!viewer->greeted)
		take_request(viewer, chunk, n);
	else if (viewer == viewer->recorder->writer)
		recorder_type(viewer->recorder, chunk, n);
}

static int on_viewer(sd_event_source *source, int fd, uint32_t events,
		     void *arg)
{
	struct viewer *viewer = arg;

	(void)source;
	(void)fd;
	if ((events & EPOLLOUT) && !viewer_push(viewer))
		return 0;
	if (events & (EPOLLERR | EPOLLHUP) && !(events & EPOLLIN)) {
		viewer_close(viewer);
		return 0;
	}
	if (events & EPOLLIN)
		read_viewer(viewer);
	return 0;
}

void viewer_add(struct recorder *r, int fd)
{
	struct viewer *viewer = xcalloc(1, sizeof(*viewer));

	viewer->recorder = r;
	viewer->fd = fd;
	viewer->log_fd = -1;
	strbuf_init(&viewer->request);
	viewer->next = r->viewers;
	r->viewers = viewer;
	if (sd_event_add_io(r->event, &viewer->io, fd, EPOLLIN, on_viewer,
			    viewer) < 0)
		viewer_close(viewer);
}

void viewers_push(struct recorder *r)
{
	struct viewer *next;

	for (struct viewer *v = r->viewers; v; v = next) {
		next = v->next;
		if (!v->full)
			viewer_push(v);
	}
}

void viewers_allow_writing(struct recorder *r, bool allowed)
{
	if (r->writing_allowed == allowed)
		return;
	r->writing_allowed = allowed;
	if (r->writer)
		viewer_watch(r->writer);
}

void viewers_close(struct recorder *r)
{
	while (r->viewers)
		viewer_close(r->viewers);
}
