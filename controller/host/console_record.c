/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The recorder. The log file itself is the buffer of every viewer: each one
 * has its own place in it, so a slow one costs no memory and delays nobody.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "host/console.h"
#include "host/console_viewer.h"
#include "net/local.h"

#define DEFAULT_MAX_BYTES (64 << 20)
/* Bytes that come within this time of the first one are one burst. */
#define BURST_MS 20
/* What the device has not taken yet; beyond it the writer has to wait. */
#define TO_DEVICE_MAX 65536

static int open_log(struct recorder *r, struct error *err)
{
	AUTO_FREE char *times = xasprintf("%s.times", r->log);
	const int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC;
	struct stat st;

	if (dir_make_parent(r->log, err) < 0)
		return -1;
	r->log_fd = open(r->log, flags, 0644);
	r->times_fd = open(times, flags, 0644);
	if (r->log_fd < 0 || r->times_fd < 0 || fstat(r->log_fd, &st) < 0)
		return error_errno(err, "cannot open the console log %s",
				   r->log);
	r->size = st.st_size;
	r->burst_until = 0;
	r->generation++;
	return 0;
}

static void close_log(struct recorder *r)
{
	close_descriptor(&r->log_fd);
	close_descriptor(&r->times_fd);
	r->log_fd = r->times_fd = -1;
}

static int rotate(struct recorder *r, struct error *err)
{
	AUTO_FREE char *old = xasprintf("%s.1", r->log);
	AUTO_FREE char *times = xasprintf("%s.times", r->log);
	AUTO_FREE char *old_times = xasprintf("%s.1.times", r->log);

	close_log(r);
	if (rename(r->log, old) < 0 || rename(times, old_times) < 0)
		log_warn("cannot rotate %s: %s", r->log, strerror(errno));
	return open_log(r, err);
}

static void note_time(struct recorder *r)
{
	int64_t now = clock_mono_ms();
	char line[64];
	int n;

	if (now < r->burst_until)
		return;
	r->burst_until = now + BURST_MS;
	n = snprintf(line, sizeof(line), "%" PRId64 " %" PRId64 "\n",
		     r->size, clock_now_ms());
	if (write(r->times_fd, line, n) != n)
		log_warn("cannot write %s.times: %s", r->log, strerror(errno));
}

/* A full disk loses bytes of the log, never the console. */
static void record(struct recorder *r, const char *data, size_t len)
{
	struct error err = ERROR_INIT;

	if (r->size > 0 && r->size + (int64_t)len > r->max_bytes &&
	    rotate(r, &err) < 0)
		log_err("%s", err.text);
	note_time(r);
	while (len) {
		ssize_t n = write(r->log_fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			log_warn("cannot write %s: %s", r->log,
				 strerror(errno));
			break;
		}
		r->size += n;
		data += n;
		len -= n;
	}
	viewers_push(r);
}

static void close_device(struct recorder *r)
{
	r->device_io = sd_event_source_disable_unref(r->device_io);
	if (r->device >= 0)
		close(r->device);
	r->device = -1;
	strbuf_clear(&r->to_device);
	viewers_allow_writing(r, true);
}

static void watch_device(struct recorder *r)
{
	uint32_t events = EPOLLIN;

	if (!r->device_io)
		return;
	if (r->to_device.len)
		events |= EPOLLOUT;
	sd_event_source_set_io_events(r->device_io, events);
	viewers_allow_writing(r, r->to_device.len < TO_DEVICE_MAX);
}

static void feed_device(struct recorder *r)
{
	while (r->device >= 0 && r->to_device.len) {
		ssize_t n = send(r->device, r->to_device.buf, r->to_device.len,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n <= 0)
			break;
		strbuf_consume(&r->to_device, n);
	}
	watch_device(r);
}

void recorder_type(struct recorder *r, const char *data, size_t len)
{
	if (r->device < 0)
		return;
	strbuf_add(&r->to_device, data, len);
	feed_device(r);
}

static int on_device(sd_event_source *source, int fd, uint32_t events,
		     void *arg)
{
	struct recorder *r = arg;
	char chunk[16384];
	ssize_t n;

	(void)source;
	if (events & EPOLLOUT)
		feed_device(r);
	n = recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT);
	if (n > 0)
		record(r, chunk, n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_device(r);
	return 0;
}

/* The device that connects last is the one: it was switched off and on. */
static int on_device_connects(sd_event_source *source, int fd,
			      uint32_t events, void *arg)
{
	struct recorder *r = arg;
	int device = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)source;
	(void)events;
	if (device < 0)
		return 0;
	close_device(r);
	r->device = device;
	return sd_event_add_io(r->event, &r->device_io, device, EPOLLIN,
			       on_device, r);
}

static int on_viewer_connects(sd_event_source *source, int fd,
			      uint32_t events, void *arg)
{
	int viewer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)source;
	(void)events;
	if (viewer >= 0)
		viewer_add(arg, viewer);
	return 0;
}

static int listen_at(struct recorder *r, const char *path,
		     sd_event_io_handler_t handler, int *fd,
		     struct error *err)
{
	int rc;

	*fd = local_listen(path, err);
	if (*fd < 0)
		return -1;
	rc = sd_event_add_io(r->event, NULL, *fd, EPOLLIN, handler, r);
	if (rc >= 0)
		return 0;
	errno = -rc;
	return error_errno(err, "cannot watch %s", path);
}

static int catch_signals(sd_event *event, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 ||
	    sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL) < 0 ||
	    sd_event_add_signal(event, NULL, SIGINT, NULL, NULL) < 0)
		return error_errno(err, "cannot catch signals");
	return 0;
}

static int run(struct recorder *r, const struct console_record_spec *spec,
	       struct error *err)
{
	AUTO_FREE char *socket_path = xasprintf("%s.sock", spec->log);
	AUTO_CLOSE int device_listener = -1, viewer_listener = -1;
	int rc = -1;

	if (catch_signals(r->event, err) == 0 && open_log(r, err) == 0 &&
	    listen_at(r, spec->device_socket, on_device_connects,
		      &device_listener, err) == 0 &&
	    listen_at(r, socket_path, on_viewer_connects, &viewer_listener,
		      err) == 0) {
		rc = sd_event_loop(r->event);
		if (rc < 0) {
			errno = -rc;
			rc = error_errno(err, "console of %s", spec->name);
		}
		unlink(spec->device_socket);
		unlink(socket_path);
	}
	viewers_close(r);
	close_device(r);
	close_log(r);
	return rc < 0 ? -1 : 0;
}

int console_record(const struct console_record_spec *spec, struct error *err)
{
	AUTO_FREE char *lock_path = xasprintf("%s.lock", spec->log);
	AUTO_CLOSE int lock = file_lock(lock_path, 2000, err);
	struct recorder r = {
		.log = spec->log,
		.max_bytes = spec->max_bytes ? spec->max_bytes :
					       DEFAULT_MAX_BYTES,
		.log_fd = -1, .times_fd = -1, .device = -1,
		.to_device = STRBUF_INIT, .writing_allowed = true,
	};
	int rc;

	if (lock < 0)
		return error_prefix(err, "console of %s", spec->name);
	rc = sd_event_new(&r.event);
	if (rc < 0) {
		errno = -rc;
		return error_errno(err, "cannot make an event loop");
	}
	rc = run(&r, spec, err);
	strbuf_release(&r.to_device);
	sd_event_unref(r.event);
	return rc;
}
