/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting in a test case: one event loop, one watch, what was seen so far. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/wait.h"
#include "host/console.h"
#include "net/ssh.h"
#include "ts/await.h"
#include "ts/boot.h"
#include "ts/machine.h"
#include "ts/state.h"
#include "watch/watch.h"

struct fetch {
	char *machine, *path, *address, *detail;
	bool failure;
};

static struct {
	sd_event *event;
	struct watch *watch;
	struct fetch *fetches;
	size_t count;
	char *trouble;		/* "iron1 crashed: Kernel panic ..." */
	enum error_kind trouble_kind;
	bool trouble_ends;
	struct strvec watched;	/* machines */
} seen = { .trouble_ends = true, .watched = STRVEC_INIT };

static void remember_fetch(const struct watch_event *event)
{
	struct fetch *f;

	seen.fetches = xrealloc(seen.fetches, seen.count + 1, sizeof(*f));
	f = &seen.fetches[seen.count++];
	*f = (struct fetch){
		.machine = xstrdup(event->host), .path = xstrdup(event->path),
		.address = xstrdup(event->address),
		.detail = xstrdup(event->detail),
		.failure = event->failure,
	};
}

/* A crash, or a boot that got stuck: both end what is waited for. */
static void remember_trouble(const struct watch_event *event)
{
	bool crashed = strcmp(event->stage, "panic") == 0;
	bool rebooted = strcmp(event->stage, WATCH_REBOOT) == 0;
	const char *doing = ts_doing();

	if (event->lines)
		ts_log("the console of %s:\n%s", event->host, event->lines);
	if (seen.trouble)
		return;
	seen.trouble_kind = crashed || rebooted ? ERROR_FAIL : ERROR_BROKEN;
	seen.trouble = watch_trouble(event, boot_where(event->host),
				     doing);
}

/* To be switched off is no trouble: a step that means to says so. */
static void remember_loss(const char *sentence)
{
	ts_stage("%s", sentence);
	if (seen.trouble || !seen.trouble_ends)
		return;
	seen.trouble_kind = ERROR_BROKEN;
	seen.trouble = xstrdup(sentence);
}

static void on_event(const struct watch_event *event, void *arg)
{
	const char *text = ts_text("%s: %s", event->host, event->detail);

	(void)arg;
	/* what the test does is still what it said last */
	ts_log("%s", text);
	ts_tell("stage", text);
	if (event->source == WATCH_WEBLOG && event->path)
		remember_fetch(event);
	if (boot_seen(event, watch_last_line(seen.watch, event->host)))
		return;
	if (event->source == WATCH_CONSOLE && event->failure)
		remember_trouble(event);
}

static void release_seen(void *arg)
{
	(void)arg;
	if (seen.watch && watch_problem(seen.watch))
		ts_log("%s", watch_problem(seen.watch));
	machine_forget_all();
	watch_close(seen.watch);
	sd_event_unref(seen.event);
	for (size_t i = 0; i < seen.count; i++) {
		free(seen.fetches[i].machine);
		free(seen.fetches[i].path);
		free(seen.fetches[i].address);
		free(seen.fetches[i].detail);
	}
	free(seen.fetches);
	free(seen.trouble);
	strvec_release(&seen.watched);
}

static void open_watch(const struct site *site)
{
	struct error err;
	int rc;

	if (seen.watch)
		return;
	rc = sd_event_new(&seen.event);
	if (rc < 0)
		ts_broken("cannot make an event loop: %s", strerror(-rc));
	ts_at_end(release_seen, NULL);
	ts_check(watch_open(&seen.watch, seen.event, ts_config(), site, ts_db(),
			    on_event, NULL, &err), &err);
}

static void watch_machine(const struct site *site, const char *name,
			  const char *ether, const char *address,
			  const char *console_log)
{
	struct error err;

	if (strvec_has(&seen.watched, name))
		return;
	open_watch(site);
	ts_check(watch_add_host(seen.watch, name, ether, address, console_log,
				&err), &err);
	strvec_push(&seen.watched, name);
	if (console_log)
		ts_tell("watches", name);
}

void ts_watch_host(struct ts_host *host)
{
	const struct host *h = host->host;
	struct error err;

	if (!strvec_has(&seen.watched, h->name))
		ts_check(console_ensure(h, &err), &err);
	watch_machine(&h->site, h->name, h->ether, h->address,
		      host_console_log(h));
	machine_watch(h, seen.event, remember_loss);
}

void await_power(struct ts_host *host)
{
	ts_watch_host(host);
	machine_watch_on(host->host, seen.event, remember_loss);
}

void ts_host_reboots(struct ts_host *host)
{
	ts_watch_host(host);
	watch_reboot(seen.watch, host->name, true);
	ts_tell("reboot", host->name);
}

void await_installing(const char *machine)
{
	watch_installing(seen.watch, machine, true);
}

void await_up(const char *machine)
{
	watch_installing(seen.watch, machine, false);
	watch_reboot(seen.watch, machine, false);
	ts_tell("up", machine);
}

void ts_watch_machine(struct ts_host *host, const char *name,
		      const char *ether, const char *address)
{
	watch_machine(&host->host->site, name, ether, address, NULL);
}

void ts_crash_ends_test(bool on)
{
	seen.trouble_ends = on;
	if (seen.watch)
		watch_patterns(seen.watch, on);
	ts_tell(on ? "crash-ends" : "crash-ends-not", "all");
}

void ts_pattern_ends_test(const char *pattern, bool on)
{
	struct error err;

	if (!seen.watch)
		ts_broken("the pattern %s is of a console, and no host is "
			  "watched yet", pattern);
	ts_check(watch_pattern(seen.watch, pattern, on, &err), &err);
	ts_tell(on ? "crash-ends" : "crash-ends-not", pattern);
}

int await_wake(void *arg)
{
	(void)arg;
	while (seen.event && sd_event_run(seen.event, 0) > 0)
		;
	return seen.trouble && seen.trouble_ends ? -1 : 0;
}

int await_descriptor(void)
{
	return seen.event ? sd_event_get_fd(seen.event) : 0;
}

void await_crash(int64_t grace_ms)
{
	int64_t deadline = clock_mono_ms() + grace_ms;

	while (await_wake(NULL) == 0 && seen.event) {
		int64_t left = deadline - clock_mono_ms();

		if (left <= 0 ||
		    sd_event_run(seen.event, (uint64_t)left * 1000) < 0)
			break;
	}
	if (seen.trouble && seen.trouble_ends)
		ts_exit(seen.trouble_kind == ERROR_FAIL ? TS_FAIL : TS_BROKEN,
			seen.trouble);
}

struct awaited {
	const char *machine;
	enum wait_answer (*check)(void *arg);
	void *arg;
};

static enum wait_answer look(void *arg, struct error *err)
{
	const struct awaited *a = arg;
	enum wait_answer rc;

	if (seen.trouble && seen.trouble_ends) {
		error_set(err, seen.trouble_kind, "%s", seen.trouble);
		return WAIT_FAILED;
	}
	rc = a->check(a->arg);
	if (rc == WAIT_MORE && boot_check(a->machine, err) < 0)
		return WAIT_FAILED;
	return rc;
}

const char *await_last_seen(const char *machine)
{
	return str_or(watch_last_seen(seen.watch, machine), "nothing");
}

const char *await_last_line(const char *machine)
{
	return watch_last_line(seen.watch, machine);
}

int64_t await_quiet_ms(const char *machine)
{
	return watch_quiet_ms(seen.watch, machine);
}

static const char *last_seen(void *arg)
{
	const struct awaited *a = arg;

	return await_last_seen(a->machine);
}

static int64_t next_ms(void *arg)
{
	const struct awaited *a = arg;

	return boot_next_ms(a->machine);
}

static void await(const char *machine, const char *what, int64_t limit_ms,
		  int64_t poll_ms, enum wait_answer (*check)(void *arg),
		  void *arg)
{
	struct awaited a = { .machine = machine, .check = check, .arg = arg };
	const struct wait_spec spec = {
		.what = what, .limit_ms = limit_ms, .poll_ms = poll_ms,
		.event = seen.event, .check = look, .arg = &a,
		.last_seen = last_seen, .next_ms = next_ms,
	};
	struct error err;

	ts_check(wait_for(&spec, &err), &err);
}

void ts_await(struct ts_host *host, const char *what, int64_t limit_ms,
	      int64_t poll_ms, enum wait_answer (*check)(void *arg),
	      void *arg)
{
	ts_watch_host(host);
	await(host->name, what, limit_ms, poll_ms, check, arg);
}

struct awaited_fetch {
	const char *machine;
	const char *path;
	size_t next;		/* fetches before it were looked at */
	const struct fetch *fetch;
};

static void judge_fetch(struct awaited_fetch *a, const struct fetch *f)
{
	if (f->failure)
		ts_broken("%s asked for what is not there: %s", f->machine,
			  f->detail);
	if (strcmp(f->path, a->path) == 0)
		a->fetch = f;
}

static enum wait_answer check_fetch(void *arg)
{
	struct awaited_fetch *a = arg;

	for (; a->next < seen.count && !a->fetch; a->next++)
		if (strcmp(seen.fetches[a->next].machine, a->machine) == 0)
			judge_fetch(a, &seen.fetches[a->next]);
	return a->fetch ? WAIT_DONE : WAIT_MORE;
}

const char *ts_await_fetch(struct ts_host *host, const char *machine,
			   const char *path, int64_t limit_ms,
			   const char *what)
{
	struct awaited_fetch a = { .machine = machine, .path = path };

	ts_watch_host(host);
	await(machine, what, limit_ms, 0, check_fetch, &a);
	return ts_text("%s", a.fetch->address);
}
