/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The recorder. The log file itself is the buffer of every viewer: each one
 * has its own place in it, so a slow one costs no memory and delays nobody.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "host/console.h"
#include "host/console_viewer.h"
#include "net/local.h"

/* What the device has not taken yet; beyond it the writer has to wait. */
#define TO_DEVICE_MAX 65536
#define FIRST_DELAY_MS 200
/* A link that held for so long begins again with the first delay. */
#define GOOD_LIFE_MS 10000
#define WANTED_LOOK_MS 2000

static void begin_link(struct recorder *r);

static void stop_device(struct recorder *r)
{
	r->device_io = sd_event_source_disable_unref(r->device_io);
	if (r->device >= 0)
		close(r->device);
	r->device = -1;
	strbuf_clear(&r->link.to_device);
	viewers_allow_writing(r, true);
}

static void stop_link(struct recorder *r)
{
	const struct console_module *module = r->link.source->module;

	stop_device(r);
	r->listener_io = sd_event_source_disable_unref(r->listener_io);
	close_descriptor(&r->link.fd);
	r->link.fd = -1;
	if (module->close)
		module->close(&r->link);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *arg)
{
	(void)source;
	(void)usec;
	begin_link(arg);
	return 0;
}

static void try_later(struct recorder *r)
{
	int64_t lived = r->linked_at ? clock_mono_ms() - r->linked_at : 0;

	r->linked_at = 0;
	r->link.unsure = false;
	if (!r->delay_ms || lived > GOOD_LIFE_MS)
		r->delay_ms = FIRST_DELAY_MS;
	else
		r->delay_ms *= 2;
	/* accounts are locked by those who ask again and again */
	if (r->delay_ms > r->retry_max_ms || r->link.refused)
		r->delay_ms = r->retry_max_ms;
	r->link.refused = false;
	r->retry = sd_event_source_disable_unref(r->retry);
	if (sd_event_add_time_relative(r->event, &r->retry, CLOCK_MONOTONIC,
				       (uint64_t)r->delay_ms * 1000, 1000,
				       on_retry, r) < 0)
		log_err("no timer: %s will not be tried again", r->name);
}

static void go_away(struct recorder *r, const char *reason)
{
	/* one gap, however often it is tried in vain for the same reason */
	if (!r->log.away || strcmp(str_or(r->reason, ""), reason) != 0) {
		console_log_away(&r->log, reason);
		log_warn("%s: %s", r->name, reason);
	}
	free(r->reason);
	r->reason = xstrdup(reason);
}

static void on_lost(struct console_link *link, const char *reason)
{
	struct recorder *r = link->arg;
	AUTO_FREE char *copy = xstrdup(reason);

	stop_link(r);
	go_away(r, copy);
	try_later(r);
}

static void device_ends(struct recorder *r, const char *reason)
{
	const struct console_module *module = r->link.source->module;

	if (r->link.listening) {
		stop_device(r);
		go_away(r, reason);
	} else if (module->ended) {
		module->ended(&r->link);
	} else {
		on_lost(&r->link, reason);
	}
}

static void watch_device(struct recorder *r)
{
	uint32_t events = EPOLLIN;

	if (!r->device_io)
		return;
	if (r->link.to_device.len)
		events |= EPOLLOUT;
	sd_event_source_set_io_events(r->device_io, events);
	viewers_allow_writing(r, r->link.to_device.len < TO_DEVICE_MAX);
}

static void feed_device(struct recorder *r)
{
	struct strbuf *waiting = &r->link.to_device;

	while (r->device >= 0 && waiting->len) {
		ssize_t n = write(r->device, waiting->buf, waiting->len);

		if (n <= 0)
			break;
		strbuf_consume(waiting, n);
	}
	watch_device(r);
}

void recorder_type(struct recorder *r, const char *data, size_t len)
{
	const struct console_module *module = r->link.source->module;

	if (r->device < 0)
		return;
	if (module->encode)
		module->encode(&r->link, data, len);
	else
		strbuf_add(&r->link.to_device, data, len);
	feed_device(r);
}

/* A console is there when it speaks: a server takes many calls in vain. */
static void mark_back(struct recorder *r)
{
	if (!r->log.away)
		return;
	console_log_back(&r->log);
	log_info("%s: it is there", r->name);
	r->linked_at = clock_mono_ms();
	free_pointer(&r->reason);
	r->reason = NULL;
}

static void on_there(struct console_link *link)
{
	link->unsure = false;
	mark_back(link->arg);
}

static void on_send(struct console_link *link)
{
	feed_device(link->arg);
}

static void take(struct recorder *r, char *data, size_t len)
{
	const struct console_module *module = r->link.source->module;

	if (module->decode)
		len = module->decode(&r->link, data, len);
	/* what came before the words it was given up for is kept */
	if (len && r->device >= 0 && !r->link.unsure)
		mark_back(r);
	if (len) {
		console_log_add(&r->log, data, len);
		viewers_push(r);
	}
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
	n = read(fd, chunk, sizeof(chunk));
	if (n > 0)
		take(r, chunk, n);
	else if (n == 0)
		device_ends(r, "it closed the connection");
	else if (errno != EAGAIN && errno != EINTR)
		device_ends(r, strerror(errno));
	return 0;
}

static int add_device(struct recorder *r, int fd)
{
	r->device = fd;
	return sd_event_add_io(r->event, &r->device_io, fd, EPOLLIN,
			       on_device, r);
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
	if (r->device >= 0)
		device_ends(r, "another one connected");
	mark_back(r);
	return add_device(r, device);
}

static int watch_link(struct recorder *r)
{
	if (r->link.listening)
		return sd_event_add_io(r->event, &r->listener_io, r->link.fd,
				       EPOLLIN, on_device_connects, r);
	/* closing the device closes the link's descriptor */
	r->device = r->link.fd;
	r->link.fd = -1;
	return add_device(r, r->device);
}

static void begun(struct recorder *r)
{
	if (r->link.source->module->sure)
		mark_back(r);
	feed_device(r);
}

static void begin_link(struct recorder *r)
{
	struct error err = ERROR_INIT;

	if (r->link.source->module->open(&r->link, &err) < 0) {
		on_lost(&r->link, err.text);
		return;
	}
	if (watch_link(r) < 0)
		on_lost(&r->link, "it cannot be watched");
	else
		begun(r);
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

/* Nobody needs it any more when nobody holds the host and nobody looks. */
static int on_look(sd_event_source *source, uint64_t usec, void *arg)
{
	struct recorder *r = arg;
	int64_t now = clock_mono_ms();

	(void)usec;
	/* its folder was removed: whatever it was, it is over */
	if (!file_exists(r->log.path))
		return sd_event_exit(r->event, 0);
	if (r->viewers || r->spec->wanted(r->spec->arg))
		r->wanted_at = now;
	else if (now - r->wanted_at >= r->spec->linger_ms)
		return sd_event_exit(r->event, 0);
	return sd_event_source_set_time_relative(source,
						 WANTED_LOOK_MS * 1000);
}

static int add_sources(struct recorder *r, int viewers, struct error *err)
{
	int rc = sd_event_add_io(r->event, NULL, viewers, EPOLLIN,
				 on_viewer_connects, r);
	sd_event_source *look = NULL;

	r->wanted_at = clock_mono_ms();
	if (rc >= 0 && r->spec->wanted)
		rc = sd_event_add_time_relative(r->event, &look,
						CLOCK_MONOTONIC,
						WANTED_LOOK_MS * 1000, 1000,
						on_look, r);
	if (rc >= 0 && look)
		rc = sd_event_source_set_enabled(look, SD_EVENT_ON);
	if (rc >= 0 && look)
		rc = sd_event_source_set_floating(look, true);
	sd_event_source_unref(look);
	if (rc >= 0)
		return 0;
	errno = -rc;
	return error_errno(err, "%s: cannot watch its sockets", r->name);
}

static int catch_signals(sd_event *event, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 ||
	    sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL) < 0 ||
	    sd_event_add_signal(event, NULL, SIGINT, NULL, NULL) < 0)
		return error_errno(err, "cannot catch signals");
	return 0;
}

static int run(struct recorder *r, struct error *err)
{
	AUTO_FREE char *socket_path = xasprintf("%s.sock", r->log.path);
	AUTO_CLOSE int viewers = -1;
	int rc = -1;

	if (catch_signals(r->event, err) < 0 ||
	    console_log_open(&r->log, err) < 0)
		return -1;
	go_away(r, "its recorder begins; nothing was heard yet");
	begin_link(r);
	/* last: who finds it finds a recorder at work */
	viewers = local_listen(socket_path, err);
	if (viewers >= 0 && add_sources(r, viewers, err) == 0) {
		rc = sd_event_loop(r->event);
		if (rc < 0) {
			errno = -rc;
			rc = error_errno(err, "%s", r->name);
		}
		unlink(socket_path);
	}
	viewers_close(r);
	r->retry = sd_event_source_disable_unref(r->retry);
	stop_link(r);
	console_log_away(&r->log, "its recorder ends");
	console_log_close(&r->log);
	return rc < 0 ? -1 : 0;
}

static void fill(struct recorder *r, const struct console_record_spec *spec)
{
	*r = (struct recorder){
		.spec = spec,
		.name = xasprintf("console of %s", spec->name),
		.log = { .path = spec->log, .max_bytes = spec->max_bytes,
			 .keep = spec->keep, .fd = -1, .times_fd = -1 },
		.link = { .source = spec->source, .fd = -1,
			  .to_device = STRBUF_INIT, .lost = on_lost,
			  .there = on_there, .send = on_send },
		.device = -1, .writing_allowed = true,
		.retry_max_ms = spec->retry_max_ms,
	};
	r->link.arg = r;
}

int console_record(const struct console_record_spec *spec, struct error *err)
{
	AUTO_FREE char *lock_path = xasprintf("%s.lock", spec->log);
	AUTO_CLOSE int lock = file_lock(lock_path, 2000, err);
	struct recorder r;
	int rc;

	if (lock < 0)
		return error_prefix(err, "console of %s", spec->name);
	fill(&r, spec);
	rc = sd_event_new(&r.event);
	r.link.event = r.event;
	if (rc < 0) {
		errno = -rc;
		rc = error_errno(err, "cannot make an event loop");
	} else {
		rc = run(&r, err);
	}
	strbuf_release(&r.link.to_device);
	sd_event_unref(r.event);
	free(r.reason);
	free(r.name);
	return rc;
}
