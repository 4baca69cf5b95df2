/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/strbuf.h"
#include "base/strvec.h"
#include "config/config.h"
#include "db/flights.h"
#include "flight/planpage.h"
#include "flight/publisher.h"

/* Jobs that end sooner are shown when they have. */
#define FIRST_MS 1000
#define SHARE 20		/* of the time, one part at most */
#define NICE 10
#define LAST_LIMIT_MS (10 * 60 * 1000)
#define GRACE_MS 2000

/* --- who has it ----------------------------------------------------------- */

struct publisher {
	char *ironbird, *flight;
	pid_t pid;
	int fd;			/* closed: the companion ends */
};

static pid_t spawn(const struct publisher *publisher, int fd,
		   struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	struct proc_spec spec = { .in = fd };
	AUTO_CLOSE int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	strvec_pushl(&argv, publisher->ironbird, "pages", "--follow", "--",
		     publisher->flight, NULL);
	spec.argv = argv.v;
	/* what it has to complain of, the last pages have too */
	spec.error = null;
	return proc_spawn(&spec, err);
}

struct publisher *publisher_start(const struct config *config, struct db *db,
				  const char *flight)
{
	struct publisher *publisher;
	struct error err = ERROR_INIT;
	int ends[2];

	if (!config_bool(config, "Pages") || flight_is_run_elsewhere(db, flight))
		return NULL;
	publisher = xcalloc(1, sizeof(*publisher));
	publisher->ironbird = xasprintf("%s/ironbird", config_program_dir());
	publisher->flight = xstrdup(flight);
	publisher->fd = -1;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		error_errno(&err, "cannot make a pipe");
	} else {
		publisher->pid = spawn(publisher, ends[0], &err);
		publisher->fd = ends[1];
		close(ends[0]);
	}
	if (publisher->pid <= 0)
		log_warn("the pages of flight %s are made at its end only: "
			 "%s", flight, err.text);
	return publisher;
}

/* What a failed command said last, without its name before it. */
static int last_words(struct proc_result *ran, struct error *err)
{
	static const char name[] = "ironbird: ";
	const char *line;

	strbuf_rtrim(&ran->output);
	line = strrchr(ran->output.buf, '\n');
	line = line ? line + 1 : ran->output.buf;
	if (str_starts(line, name))
		line += sizeof(name) - 1;
	return error_set(err, ERROR_BROKEN, "%s", *line ? line :
			 "nothing was said");
}

static int make_last(const struct publisher *publisher, struct error *err)
{
	char *const argv[] = {
		publisher->ironbird, (char *)"pages", (char *)"--",
		publisher->flight, NULL,
	};
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = LAST_LIMIT_MS, .merge_errors = true,
	};
	AUTO_PROC_RESULT ran = { .output = STRBUF_INIT };

	if (proc_run(&spec, &ran, err) < 0)
		return -1;
	return ran.status ? last_words(&ran, err) : 0;
}

void publisher_stop(struct publisher *publisher)
{
	struct error err = ERROR_INIT;

	if (!publisher)
		return;
	if (publisher->pid > 0)
		proc_stop(publisher->pid, GRACE_MS);
	close_descriptor(&publisher->fd);
	if (make_last(publisher, &err) < 0)
		log_warn("the pages of flight %s are not up to date: %s",
			 publisher->flight, err.text);
	free(publisher->ironbird);
	free(publisher->flight);
	free(publisher);
}

/* --- the companion -------------------------------------------------------- */

struct follower {
	const struct config *config;
	struct db *db;
	const char *flight;
	sd_event *event;
	sd_event_source *timer, *database, *owner;
	int64_t every_ms;
	int64_t next;		/* not before that, monotonic ms */
	bool armed;
	struct error error;	/* of the newest attempt */
};

static int build(struct follower *f)
{
	int64_t began = clock_mono_ms(), took;
	struct pages pages;
	int rc;

	pages_init(&pages, f->config, f->db, NULL);
	f->error = (struct error)ERROR_INIT;
	rc = flight_pages(&pages, f->config, f->flight, &f->error);
	pages_release(&pages);
	took = clock_mono_ms() - began;
	f->next = began + (took * SHARE > f->every_ms ? took * SHARE :
			   f->every_ms);
	return rc;
}

static int on_timer(sd_event_source *source, uint64_t now, void *arg)
{
	struct follower *f = arg;

	(void)source;
	(void)now;
	f->armed = false;
	/* tried again when something happens, and told at the end */
	(void)!build(f);
	return 0;
}

static int on_database(sd_event_source *source,
		       const struct inotify_event *event, void *arg)
{
	struct follower *f = arg;
	int64_t wait = f->next - clock_mono_ms();

	(void)source;
	(void)event;
	if (f->armed)
		return 0;
	f->armed = true;
	sd_event_source_set_time_relative(f->timer, wait > 0 ?
					  (uint64_t)wait * 1000 : 0);
	return sd_event_source_set_enabled(f->timer, SD_EVENT_ONESHOT);
}

static int on_owner(sd_event_source *source, int fd, uint32_t revents,
		    void *arg)
{
	struct follower *f = arg;

	(void)source;
	(void)fd;
	(void)revents;
	return sd_event_exit(f->event, 0);
}

static int open_events(struct follower *f, int fd, struct error *err)
{
	AUTO_FREE char *log = xasprintf("%s-wal", config_get(f->config,
							     "JobDB"));
	int rc = sd_event_new(&f->event);

	if (rc >= 0)
		rc = sd_event_add_time_relative(f->event, &f->timer,
						CLOCK_MONOTONIC,
						FIRST_MS * 1000, 0, on_timer,
						f);
	if (rc >= 0)
		rc = sd_event_add_inotify(f->event, &f->database, log,
					  IN_MODIFY, on_database, f);
	if (rc >= 0)
		rc = sd_event_add_io(f->event, &f->owner, fd, 0, on_owner, f);
	if (rc >= 0)
		return 0;
	errno = -rc;
	return error_errno(err, "cannot make an event loop");
}

int publisher_follow(const struct config *config, struct db *db,
		     const char *flight, int fd, struct error *err)
{
	struct follower f = {
		.config = config, .db = db, .flight = flight, .armed = true,
		.every_ms = config_duration_ms(config, "PagesEvery"),
	};
	int rc;

	setpriority(PRIO_PROCESS, 0, NICE);
	rc = open_events(&f, fd, err);
	if (rc == 0) {
		(void)!sd_event_loop(f.event);
		rc = build(&f);
		if (rc < 0)
			*err = f.error;
	}
	sd_event_source_disable_unref(f.timer);
	sd_event_source_disable_unref(f.database);
	sd_event_source_disable_unref(f.owner);
	sd_event_unref(f.event);
	return rc;
}
