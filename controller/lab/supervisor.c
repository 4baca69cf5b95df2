/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/files.h"
#include "base/log.h"
#include "base/names.h"
#include "base/proc.h"
#include "config/config.h"
#include "lab/child.h"
#include "lab/hosts.h"
#include "lab/services.h"
#include "lab/supervisor.h"
#include "lab/tftpd.h"

#define STOP_GRACE_MS 3000
#define CONSOLE "console:"

struct supervisor {
	const struct service_set *set;
	sd_event *event;
	struct child *children;
	struct child *dnsmasq;
	bool stopping;
};

/* lab.children, for lab_up, "lab status" and whoever cleans up after us. */
static void publish_children(void *arg)
{
	const struct supervisor *s = arg;
	AUTO_FREE char *path = service_set_path(s->set, "lab.children");
	AUTO_STRBUF text = STRBUF_INIT;
	struct error err = ERROR_INIT;

	if (s->stopping)
		return;
	for (const struct child *c = s->children; c; c = c->next)
		strbuf_addf(&text, "%s %d %" PRIu64 " %" PRId64 " %d\n",
			    c->name, c->pid, c->start, c->since, c->starts);
	if (file_publish(path, text.buf, text.len, 0644, &err) < 0)
		log_warn("%s", err.text);
}

static struct child *add_child(struct supervisor *s, const char *name)
{
	struct child *child = child_new(s->event, name);

	child->changed = publish_children;
	child->changed_arg = s;
	child->next = s->children;
	s->children = child;
	return child;
}

static void add_services(struct supervisor *s)
{
	for (size_t i = SERVICE_COUNT; i-- > 0;) {
		const struct service *service = &services[i];
		struct child *child = add_child(s, service->name);

		service->command(s->set, &child->argv);
		child->log = service->log(s->set);
		child->prepare = service->prepare;
		child->prepare_arg = (void *)(uintptr_t)s->set;
		if (i == 0)
			s->dnsmasq = child;
		child_run(child);
	}
}

static bool has_child(const struct supervisor *s, const char *name)
{
	for (const struct child *c = s->children; c; c = c->next)
		if (strcmp(c->name, name) == 0)
			return true;
	return false;
}

static void add_recorder(struct supervisor *s, const char *host)
{
	AUTO_FREE char *name = xasprintf(CONSOLE "%s", host);
	struct child *child;

	if (has_child(s, name))
		return;
	child = add_child(s, name);
	strvec_pushf(&child->argv, "%s/ironbird", config_program_dir());
	strvec_pushl(&child->argv, "console", "--record", host, NULL);
	strvec_pushf(&child->argv, "%s/hosts/%s/console.log", s->set->dir,
		     host);
	strvec_push(&child->argv, "qemu");
	strvec_pushf(&child->argv, "%s/hosts/%s/console.dev", s->set->dir,
		     host);
	child_run(child);
}

/* A recorder for each host's folder, and none without. */
static void match_recorders(struct supervisor *s)
{
	AUTO_STRVEC hosts = STRVEC_INIT;
	struct child **p = &s->children;

	lab_hosts_list(s->set, &hosts);
	while (*p) {
		struct child *child = *p;
		bool recorder = str_starts(child->name, CONSOLE);

		if (!recorder ||
		    strvec_has(&hosts, child->name + strlen(CONSOLE))) {
			p = &child->next;
			continue;
		}
		*p = child->next;
		child_free(child, STOP_GRACE_MS);
	}
	for (size_t i = 0; i < hosts.count; i++)
		add_recorder(s, hosts.v[i]);
	publish_children(s);
}

static int on_hosts_change(sd_event_source *source,
			   const struct inotify_event *event, void *arg)
{
	(void)source;
	(void)event;
	match_recorders(arg);
	return 0;
}

/*
 * dnsmasq's own watch of a folder takes new files only; SIGHUP makes it read
 * all of them again, also those that changed or went.
 */
static int on_dhcp_change(sd_event_source *source,
			  const struct inotify_event *event, void *arg)
{
	const struct supervisor *s = arg;

	(void)source;
	/* the file that is being written, before it gets its name */
	if (event->len && strstr(event->name, ".new-") &&
	    (event->mask & (IN_MOVED_FROM | IN_DELETE)))
		return 0;
	if (s->dnsmasq->pid)
		kill(s->dnsmasq->pid, SIGHUP);
	return 0;
}

static int watch_folders(struct supervisor *s, struct error *err)
{
	AUTO_FREE char *hosts = service_set_path(s->set, "hosts");
	int rc;

	rc = sd_event_add_inotify(s->event, NULL, hosts,
				  IN_CREATE | IN_DELETE | IN_MOVED_FROM |
				  IN_MOVED_TO | IN_ONLYDIR, on_hosts_change,
				  s);
	if (rc >= 0)
		rc = sd_event_add_inotify(s->event, NULL,
					  s->set->dhcp_hosts_dir,
					  IN_DELETE | IN_MOVED_FROM |
					  IN_MOVED_TO | IN_ONLYDIR,
					  on_dhcp_change, s);
	if (rc >= 0)
		return 0;
	errno = -rc;
	return error_errno(err, "%s: cannot watch its folders", s->set->what);
}

static int catch_signals(struct supervisor *s, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 ||
	    sd_event_add_signal(s->event, NULL, SIGTERM, NULL, NULL) < 0 ||
	    sd_event_add_signal(s->event, NULL, SIGINT, NULL, NULL) < 0)
		return error_errno(err, "cannot catch signals");
	return 0;
}

static int publish_pid(const struct service_set *set, struct error *err)
{
	AUTO_FREE char *path = service_set_path(set, "lab.pid");
	AUTO_FREE char *text = xasprintf("%d %" PRIu64 "\n", (int)getpid(),
					 proc_start_time(getpid()));

	return file_publish(path, text, strlen(text), 0644, err);
}

static void stop_children(struct supervisor *s)
{
	s->stopping = true;
	while (s->children) {
		struct child *child = s->children;

		s->children = child->next;
		child_free(child, STOP_GRACE_MS);
	}
}

static int run(struct supervisor *s, struct error *err)
{
	int rc;

	if (catch_signals(s, err) < 0 ||
	    tftpd_log_start(s->set, s->event, err) < 0 ||
	    watch_folders(s, err) < 0)
		return -1;
	add_services(s);
	match_recorders(s);
	if (publish_pid(s->set, err) < 0)
		return -1;
	rc = sd_event_loop(s->event);
	if (rc >= 0)
		return 0;
	errno = -rc;
	return error_errno(err, "%s: the supervisor's loop", s->set->what);
}

int supervisor_run(const struct service_set *set, struct error *err)
{
	struct supervisor s = { .set = set };
	AUTO_FREE char *lock_path = service_set_path(set, "supervisor.lock");
	AUTO_CLOSE int lock = file_lock(lock_path, 5000, err);
	int rc;

	if (lock < 0)
		return -1;
	log_times(true);
	rc = sd_event_new(&s.event);
	if (rc < 0) {
		errno = -rc;
		return error_errno(err, "cannot make an event loop");
	}
	log_info("supervisor of %s, process %d", set->what, (int)getpid());
	rc = run(&s, err);
	stop_children(&s);
	log_info("supervisor of %s ends", set->what);
	sd_event_unref(s.event);
	return rc;
}
