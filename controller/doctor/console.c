/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host's console: is it recorded, and does its source answer? */
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/wait.h"
#include "doctor/check.h"
#include "host/console.h"
#include "host/console_module.h"
#include "net/local.h"

#define RECORDER_LIMIT_MS 1000
#define SOURCE_LIMIT_MS 4000
/* A console that nobody seems to record, but that had bytes this recently. */
#define CONSOLE_RECENT_S 3600

/* Seconds since the console's last byte; -1: there is none. */
static int64_t console_age(const char *log)
{
	struct stat st;

	if (stat(log, &st) < 0 || !st.st_size)
		return -1;
	return time(NULL) - st.st_mtime;
}

static bool has_recorder(const char *log)
{
	AUTO_FREE char *path = xasprintf("%s.sock", log);
	AUTO_CLOSE int fd = local_connect(path, RECORDER_LIMIT_MS, NULL);

	return fd >= 0;
}

struct awaited {
	const char *log;
	struct console_state *state;
};

static enum wait_answer is_there(void *arg, struct error *err)
{
	const struct awaited *a = arg;

	(void)err;
	console_state_release(a->state);
	console_state_read(a->log, a->state);
	return a->state->away ? WAIT_MORE : WAIT_DONE;
}

static bool check_wait(const char *log, struct console_state *state)
{
	struct awaited awaited = { log, state };
	const struct wait_spec spec = {
		.what = "the console", .limit_ms = SOURCE_LIMIT_MS,
		.poll_ms = 100, .check = is_there, .arg = &awaited,
	};

	*state = (struct console_state){ .bytes = -1 };
	return wait_for(&spec, NULL) == 0;
}

/* One of ours is begun when the host is used: is its source there? */
static bool check_source(struct doctor *d, struct console_sources *sources,
			 const char *log)
{
	bool ours = sources->count > 0;
	struct error err = ERROR_INIT;
	struct console_state state;

	console_sources_release(sources);
	if (!ours)
		return false;
	if (console_ensure(d->host, &err) < 0) {
		check_fail(d, NULL, "%s", err.text);
		return true;
	}
	if (check_wait(log, &state))
		check_ok(d, "%s is recorded: %lld bytes", log,
			 (long long)state.bytes);
	else
		check_warn(d, "ironbird console --modules", "%s is recorded, "
			   "but the source is away: %s", log, state.away);
	console_state_release(&state);
	return true;
}

void check_console(struct doctor *d)
{
	const char *log = host_console_log(d->host), *name = d->host->name;
	struct console_sources sources;
	struct error err = ERROR_INIT;
	AUTO_FREE char *start = check_start_command(d);
	AUTO_FREE char *mend = xasprintf("ironbird host set %s console="
		"'MODULE ARGUMENTS' ('ironbird console --modules' has them)",
		name);
	char age[DURATION_TEXT_SIZE];
	int64_t seconds = log ? console_age(log) : -1;

	duration_text(seconds * 1000, age);
	if (console_sources_of(d->host, &sources, &err) < 0) {
		check_fail(d, mend, "%s", err.text);
		return;
	}
	if (log && check_source(d, &sources, log))
		return;
	if (!log)
		check_warn(d, mend, "no property Console: nobody will see it "
			   "crash");
	else if (has_recorder(log) && seconds >= 0)
		check_ok(d, "%s is recorded, the last byte came %s ago", log,
			 age);
	else if (has_recorder(log))
		check_ok(d, "%s is recorded, nothing came yet", log);
	else if (seconds >= 0 && seconds < CONSOLE_RECENT_S)
		check_ok(d, "%s, the last byte came %s ago", log, age);
	else
		check_fail(d, d->host->site.dir ? start : mend, "nobody "
			   "records %s%s%s", log, seconds < 0 ? ", and it has "
			   "no byte" : ", whose last byte came ",
			   seconds < 0 ? "" : age);
}
