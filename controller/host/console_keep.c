/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recorders of hosts that no lab records: begun when they are needed. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/wait.h"
#include "db/hosts.h"
#include "host/console.h"
#include "host/console_module.h"

#define STREAM "console"
#define START_LIMIT_MS 10000

char *console_stream_log(const struct host *host, const char *stream)
{
	const char *log = host_console_log(host);
	const char *slash = log ? strrchr(log, '/') : NULL;

	if (strcmp(stream, STREAM) == 0)
		return xstrdup(log);
	if (slash)
		return xasprintf("%.*s/%s.log", (int)(slash - log), log,
				 stream);
	return xasprintf("%s/%s/%s.log",
			 config_get(host->config, "ConsoleLogs"), host->name,
			 stream);
}

void console_record_limits(struct console_record_spec *spec,
			   const struct config *config)
{
	spec->max_bytes = config_size(config, "ConsoleLogMax");
	spec->keep = (int)config_number(config, "ConsoleLogKeep");
	spec->retry_max_ms = config_duration_ms(config, "ConsoleRetry");
	spec->linger_ms = config_duration_ms(config, "ConsoleLinger");
}

struct awaited {
	const char *socket, *name, *errors;
	pid_t pid;
	uint64_t start;
};

static enum wait_answer is_at_work(void *arg, struct error *err)
{
	const struct awaited *a = arg;
	AUTO_STRBUF words = STRBUF_INIT;
	const char *line;

	if (file_exists(a->socket))
		return WAIT_DONE;
	if (proc_alive(a->pid, a->start))
		return WAIT_MORE;
	if (file_read_tail(a->errors, 400, &words, NULL) < 0)
		strbuf_clear(&words);
	strbuf_rtrim(&words);
	line = strrchr(words.buf, '\n');
	error_set(err, ERROR_BROKEN, "%s does not stay up: %s", a->name,
		  line ? line + 1 : words.buf);
	return WAIT_FAILED;
}

static int wait_for_it(const struct host *host, const char *log,
		       const char *errors, pid_t pid, struct error *err)
{
	AUTO_FREE char *socket = xasprintf("%s.sock", log);
	AUTO_FREE char *name = xasprintf("host %s: its console recorder",
					 host->name);
	struct awaited awaited = {
		.socket = socket, .name = name, .errors = errors, .pid = pid,
		.start = proc_start_time(pid),
	};
	const struct wait_spec spec = {
		.what = name, .limit_ms = START_LIMIT_MS, .poll_ms = 10,
		.check = is_at_work, .arg = &awaited,
	};

	return wait_for(&spec, err);
}

static int start(const struct host *host, const char *stream,
		 const char *log, struct error *err)
{
	AUTO_FREE char *errors = xasprintf("%s.errors", log);
	AUTO_FREE char *socket = xasprintf("%s.sock", log);
	AUTO_STRVEC argv = STRVEC_INIT;
	struct proc_spec spec = { .session = true };
	AUTO_CLOSE int fd = -1;
	pid_t pid;

	if (dir_make_parent(log, err) < 0 || file_remove(socket, err) < 0)
		return -1;
	fd = open(errors, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_errno(err, "cannot write %s", errors);
	strvec_pushf(&argv, "%s/ironbird", config_program_dir());
	strvec_pushl(&argv, "console", "--record", "--stream", stream,
		     host->name, NULL);
	spec.argv = argv.v;
	spec.error = fd;
	pid = proc_spawn(&spec, err);
	return pid < 0 ? -1 : wait_for_it(host, log, errors, pid, err);
}

static int ensure(const struct host *host, const char *stream,
		  struct error *err)
{
	AUTO_FREE char *log = console_stream_log(host, stream);
	AUTO_FREE char *lock_path = xasprintf("%s.starting", log);
	AUTO_CLOSE int lock = -1;
	struct console_state state;
	bool recorded;

	/* two that begin at once start one */
	lock = file_lock(lock_path, START_LIMIT_MS, err);
	if (lock < 0)
		return -1;
	console_state_read(log, &state);
	recorded = state.recorded;
	console_state_release(&state);
	return recorded ? 0 : start(host, stream, log, err);
}

int console_ensure(const struct host *host, struct error *err)
{
	struct console_sources sources;
	int rc = console_sources_of(host, &sources, err);

	for (size_t i = 0; i < sources.count && rc == 0; i++)
		rc = ensure(host, sources.v[i].stream, err);
	console_sources_release(&sources);
	return rc;
}

struct keeper {
	struct db *db;
	const char *host;
};

/* In doubt it is: a console that is not recorded is lost for ever. */
static bool is_held(void *arg)
{
	const struct keeper *keeper = arg;
	struct allocation_rows rows = { .v = NULL };
	bool held = false;

	if (allocation_list(keeper->db, &rows, NULL) < 0)
		return true;
	for (size_t i = 0; i < rows.count && !held; i++)
		held = strcmp(rows.v[i].host, keeper->host) == 0 &&
		       (!rows.v[i].owner.pid ||
			owner_alive(&rows.v[i].owner));
	allocation_rows_release(&rows);
	return held;
}

static int keep(struct db *db, const struct host *host,
		const struct console_source *source, struct error *err)
{
	AUTO_FREE char *log = console_stream_log(host, source->stream);
	struct keeper keeper = { .db = db, .host = host->name };
	struct console_record_spec spec = {
		.name = host->name, .log = log, .source = source,
		.wanted = is_held, .arg = &keeper,
	};

	console_record_limits(&spec, host->config);
	return console_record(&spec, err);
}

int console_keep(struct db *db, const struct host *host, const char *stream,
		 struct error *err)
{
	struct console_sources sources;
	int rc = -1;
	size_t i = 0;

	if (console_sources_of(host, &sources, err) < 0)
		return -1;
	while (i < sources.count &&
	       strcmp(sources.v[i].stream, stream) != 0)
		i++;
	if (i < sources.count)
		rc = keep(db, host, &sources.v[i], err);
	else
		error_set(err, ERROR_USAGE, "host %s: its property Console "
			  "has no stream '%s'", host->name, stream);
	console_sources_release(&sources);
	return rc;
}
