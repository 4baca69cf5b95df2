/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/log.h"
#include "base/names.h"
#include "config/reads.h"
#include "db/runvars.h"
#include "db/steps.h"
#include "ts/state.h"

struct ending {
	void (*fn)(void *arg);
	void *arg;
	struct ending *next;
};

static char *doing;		/* the last stage */

/* What endings use must outlive them: memory is given back last. */
static struct ending *endings, *kept;

static void push(struct ending **list, void (*fn)(void *arg), void *arg)
{
	struct ending *e = xmalloc(sizeof(*e));

	*e = (struct ending){ .fn = fn, .arg = arg, .next = *list };
	*list = e;
}

void *ts_keep(void *allocated)
{
	push(&kept, free, allocated);
	return allocated;
}

void ts_at_end(void (*fn)(void *arg), void *arg)
{
	push(&endings, fn, arg);
}

const char *ts_text(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return ts_keep(s);
}

static void run_all(struct ending **list)
{
	while (*list) {
		struct ending *e = *list;

		*list = e->next;
		e->fn(e->arg);
		free(e);
	}
}

void ts_tell(const char *what, const char *text)
{
	AUTO_STRBUF line = STRBUF_INIT;

	if (ts_state.progress_fd < 0)
		return;
	strbuf_addf(&line, "%s ", what);
	strbuf_add_printable(&line, text);
	strbuf_addch(&line, '\n');
	/* whoever listens may be gone: the exit status still tells */
	if (write(ts_state.progress_fd, line.buf, line.len) < 0)
		ts_state.progress_fd = -1;
}

static const char *status_word(enum ts_status status)
{
	switch (status) {
	case TS_PASS: return "pass";
	case TS_FAIL: return "FAIL";
	case TS_USAGE: return "usage";
	case TS_SKIP: return "skip";
	case TS_BLOCKED: return "blocked";
	case TS_BROKEN: return "BROKEN";
	}
	return "?";
}

void ts_exit(enum ts_status status, const char *reason)
{
	static bool ending;

	if (reason) {
		log_err("%s: %s", status_word(status), reason);
		ts_tell("reason", reason);
	}
	if (!ending) {	/* an ending that fails must not end again */
		ending = true;
		run_all(&endings);
	}
	strvec_release(&ts_state.idents);
	strvec_release(&ts_state.args);
	db_close(ts_state.db);
	config_free(ts_state.config);
	run_all(&kept);
	free(doing);
	exit(status);
}

#define ENDING_VERB(name, status)			\
void ts_##name(const char *fmt, ...)			\
{							\
	AUTO_FREE char *text = NULL;			\
	va_list ap;					\
							\
	va_start(ap, fmt);				\
	text = xvasprintf(fmt, ap);			\
	va_end(ap);					\
	ts_exit(status, text);				\
}

ENDING_VERB(fail, TS_FAIL)
ENDING_VERB(skip, TS_SKIP)
ENDING_VERB(blocked, TS_BLOCKED)
ENDING_VERB(broken, TS_BROKEN)

void ts_end(const struct error *err)
{
	switch (err->kind) {
	case ERROR_FAIL: ts_exit(TS_FAIL, err->text);
	case ERROR_BLOCKED: ts_exit(TS_BLOCKED, err->text);
	default: ts_exit(TS_BROKEN, err->text);
	}
}

void ts_check(int rc, const struct error *err)
{
	if (rc < 0)
		ts_end(err);
}

void ts_log(const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	log_info("%s", text);
}

void ts_stage(const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	log_info("%s", text);
	ts_tell("stage", text);
	free(doing);
	doing = xstrdup(text);
}

const char *ts_doing(void)
{
	return doing;
}

const char *ts_arg(int i)
{
	return i >= 0 && (size_t)i < ts_state.args.count ?
		ts_state.args.v[i] : NULL;
}

const struct config *ts_config(void)
{
	return ts_state.config;
}

struct db *ts_db(void)
{
	return ts_state.db;
}

const char *ts_flight(void)
{
	return ts_state.flight;
}

const char *ts_job(void)
{
	return ts_state.job;
}

bool ts_by_hand(void)
{
	return strcmp(ts_state.flight, ts_state.record.flight) != 0;
}

int ts_run_number(void)
{
	return ts_state.run;
}

int64_t ts_limit_ms(const char *setting)
{
	return config_duration_ms(ts_state.config, setting);
}

static char *get_runvar(const char *flight, const char *job, const char *name)
{
	struct error err;
	char *value;

	ts_check(runvar_get(ts_state.db, flight, job, name, &value, &err),
		 &err);
	return value;
}

const char *ts_runvar_or(const char *name, const char *fallback)
{
	char *value = NULL;

	if (ts_state.record.job)
		value = get_runvar(ts_state.record.flight,
				   ts_state.record.job, name);
	reads_tell("runvar", name, value);
	return value ? ts_keep(value) : fallback;
}

const char *ts_runvar(const char *name)
{
	const char *value = ts_runvar_or(name, NULL);

	if (!value)
		ts_broken("job %s.%s has no runvar %s",
			  ts_state.record.flight,
			  str_or(ts_state.record.job, "(none)"), name);
	return value;
}

int64_t ts_runvar_number(const char *name, int64_t fallback)
{
	const char *text = ts_runvar_or(name, NULL);
	char *end;
	long long value;

	if (!text)
		return fallback;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || end == text || *end)
		ts_broken("runvar %s is '%.60s', not a whole number", name,
			  text);
	return value;
}

/* By hand: the next step finds it in the job that this one is about. */
static void store_for_job(const char *name, const char *value)
{
	struct error err;

	if (!ts_state.job || !ts_by_hand())
		return;
	/* what the job was told is not gone against */
	if (runvar_store(ts_state.db, ts_state.flight, ts_state.job, name,
			 value, &err) < 0 && err.kind != ERROR_USAGE)
		ts_end(&err);
}

void ts_runvar_store(const char *name, const char *value)
{
	struct error err;

	ts_log("runvar %s = %s", name, value);
	prepare_note(name, value);
	if (!ts_state.record.job)
		return;
	ts_check(runvar_store(ts_state.db, ts_state.record.flight,
			      ts_state.record.job, name, value, &err), &err);
	store_for_job(name, value);
}

/* "job", ".job" or "flight.job" */
const char *ts_runvar_of(const char *job, const char *name)
{
	const char *dot = strchr(job, '.');
	const char *flight = dot && dot > job ?
		ts_text("%.*s", (int)(dot - job), job) : ts_state.flight;
	char *value = get_runvar(flight, dot ? dot + 1 : job, name);

	return value ? ts_keep(value) : NULL;
}

const char *ts_job_dir(void)
{
	const char *dir = ts_text("%s/%s/%s/%d",
				  config_get(ts_state.config, "Logs"),
				  ts_state.flight,
				  str_or(ts_state.job, "adhoc"), ts_state.run);
	struct error err;

	ts_check(dir_make(dir, 0755, &err), &err);
	return dir;
}

void ts_artifact(const char *name, const char *path)
{
	struct error err;

	if (!ts_state.record.job || !ts_state.record.stepno)
		return;
	ts_check(artifact_add(ts_state.db, ts_state.record.flight,
			      ts_state.record.job, ts_state.record.run,
			      ts_state.record.stepno, name, path,
			      file_size(path), &err), &err);
}
