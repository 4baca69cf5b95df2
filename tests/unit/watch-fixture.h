/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A site whose logs the tests write, and a watch that follows them: what its
 * callback was told is in seen[], in its order.
 */
#ifndef IRONBIRD_WATCH_FIXTURE_H
#define IRONBIRD_WATCH_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/wait.h"
#include "db/events.h"
#include "watch/watch.h"

#define STAMP "[20/Nov/2026:05:12:01 +0000]"
#define MAC1 "52:54:00:00:00:01"
#define MAC2 "52:54:00:00:00:02"
#define EVENTS 64

/* What of an event the tests look at. */
struct seen {
	enum watch_source source;
	char host[16], stage[16], path[64], address[32], detail[160];
	char pattern[32], lines[8192];
	int status;
	bool failure;
};

struct fixture {
	char dir[64];
	struct site site;
	char *console, *db_path;
	sd_event *event;
	struct db *db;
	struct watch *watch;
	struct seen seen[EVENTS];
	size_t count, wanted;
	bool flood;			/* count only */
};

#define COPY(field) \
	snprintf(s->field, sizeof(s->field), "%s", str_or(event->field, ""))

static inline void on_event(const struct watch_event *event, void *arg)
{
	struct fixture *f = arg;
	struct seen *s = &f->seen[f->flood ? 0 : f->count];

	assert_in_range(++f->count, 1, f->flood ? 1000 : EVENTS);
	s->source = event->source;
	s->status = event->http_status;
	s->failure = event->failure;
	COPY(host);
	COPY(stage);
	COPY(path);
	COPY(address);
	COPY(detail);
	COPY(pattern);
	COPY(lines);
}

static inline char *in_dir(const struct fixture *f, const char *name)
{
	return xasprintf("%s/%s", f->dir, name);
}

static inline int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct error err = ERROR_INIT;

	snprintf(f->dir, sizeof(f->dir), "/tmp/test-watch.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->site.web_log = in_dir(f, "access.log");
	f->site.dhcp_log = in_dir(f, "dnsmasq.log");
	f->site.tftp_log = in_dir(f, "tftpd.log");
	f->site.dhcp_leases = in_dir(f, "leases");
	f->console = in_dir(f, "console.log");
	f->db_path = in_dir(f, "db");
	assert_true(sd_event_new(&f->event) >= 0);
	assert_int_equal(db_open(&f->db, f->db_path, &err), 0);
	assert_int_equal(watch_open(&f->watch, f->event, NULL, &f->site, f->db,
				    on_event, f, &err), 0);
	*state = f;
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;

	assert_null(watch_problem(f->watch));
	watch_close(f->watch);
	db_close(f->db);
	sd_event_unref(f->event);
	assert_int_equal(dir_remove(f->dir, NULL), 0);
	free(f->site.web_log);
	free(f->site.dhcp_log);
	free(f->site.tftp_log);
	free(f->site.dhcp_leases);
	free(f->console);
	free(f->db_path);
	free(f);
	return 0;
}

static inline void append(const char *path, const char *fmt, ...)
	printf_like(2, 3);

static inline void append(const char *path, const char *fmt, ...)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	va_list ap;

	assert_true(fd >= 0);
	va_start(ap, fmt);
	assert_true(vdprintf(fd, fmt, ap) >= 0);
	va_end(ap);
}

static inline void fetch(struct fixture *f, const char *client, const char *path,
		  int status)
{
	append(f->site.web_log, "%s - - " STAMP " \"GET %s HTTP/1.1\" %d 5 "
	       "\"-\" \"Wget\"\n", client, path, status);
}

static inline void add_host(struct fixture *f, const char *name, const char *ether,
		     const char *address, const char *console)
{
	struct error err = ERROR_INIT;

	if (watch_add_host(f->watch, name, ether, address, console, &err) < 0)
		fail_msg("%s", err.text);
}

static inline enum wait_answer check(void *arg, struct error *err)
{
	struct fixture *f = arg;

	(void)err;
	return f->count >= f->wanted ? WAIT_DONE : WAIT_MORE;
}

/* The last one of count events, counted from the start of the test. */
static inline const struct seen *want(struct fixture *f, size_t count)
{
	struct wait_spec wait = {
		.what = "event", .limit_ms = 20000, .event = f->event,
		.check = check, .arg = f,
	};
	struct error err = ERROR_INIT;

	f->wanted = count;
	if (wait_for(&wait, &err) < 0)
		fail_msg("%zu of %zu events: %s", f->count, count, err.text);
	assert_int_equal(f->count, count);
	return &f->seen[count - 1];
}

static inline void settle(struct fixture *f)
{
	while (sd_event_run(f->event, 20000) > 0)
		;
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

#endif
