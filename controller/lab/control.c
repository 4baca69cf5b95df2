/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The supervisor seen from outside: is it there, start it, end it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/proc.h"
#include "base/wait.h"
#include "config/config.h"
#include "lab/namespace.h"
#include "lab/services.h"
#include "lab/supervisor.h"

#define START_LIMIT_MS 60000
#define STOP_LIMIT_MS 30000
#define GONE_LIMIT_MS 60000
#define POLL_MS 20

void child_rows_release(struct child_rows *rows)
{
	free(rows->v);
	*rows = (struct child_rows){ 0 };
}

static void add_row(struct child_rows *rows, const char *line)
{
	struct child_row row = { .pid = 0 };

	if (sscanf(line, "%111s %d %" SCNu64 " %" SCNd64 " %d", row.name,
		   &row.pid, &row.start, &row.since, &row.starts) != 5)
		return;
	rows->v = xrealloc(rows->v, rows->count + 1, sizeof(*rows->v));
	rows->v[rows->count++] = row;
}

int supervisor_children(const struct service_set *set,
			struct child_rows *rows, struct error *err)
{
	AUTO_FREE char *path = service_set_path(set, "lab.children");
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRVEC lines = STRVEC_INIT;

	*rows = (struct child_rows){ 0 };
	if (!file_exists(path))
		return 0;
	if (file_read(path, 1 << 20, &text, err) < 0)
		return -1;
	strvec_split(&lines, text.buf, "\n");
	for (size_t i = 0; i < lines.count; i++)
		add_row(rows, lines.v[i]);
	return 0;
}

pid_t supervisor_pid(const struct service_set *set)
{
	AUTO_FREE char *path = service_set_path(set, "lab.pid");
	AUTO_STRBUF text = STRBUF_INIT;
	uint64_t start;
	int pid;

	if (!file_exists(path) || file_read(path, 256, &text, NULL) < 0 ||
	    sscanf(text.buf, "%d %" SCNu64, &pid, &start) != 2)
		return 0;
	return proc_alive(pid, start) ? pid : 0;
}

struct beginning {
	const struct service_set *set;
	pid_t pid;
	uint64_t start;
};

static enum wait_answer has_begun(void *arg, struct error *err)
{
	const struct beginning *b = arg;

	if (supervisor_pid(b->set) == b->pid)
		return WAIT_DONE;
	if (proc_alive(b->pid, b->start))
		return WAIT_MORE;
	error_set(err, ERROR_BROKEN, "%s: its supervisor ended at once; see "
		  "%s/log/lab.log", b->set->what, b->set->dir);
	return WAIT_FAILED;
}

static int wait_for_beginning(const struct service_set *set, pid_t pid,
			      struct error *err)
{
	struct beginning b = {
		.set = set, .pid = pid, .start = proc_start_time(pid),
	};
	AUTO_FREE char *what = xasprintf("%s: its supervisor was not at work",
					 set->what);
	const struct wait_spec spec = {
		.what = what, .limit_ms = START_LIMIT_MS, .poll_ms = POLL_MS,
		.check = has_begun, .arg = &b,
	};

	return wait_for(&spec, err);
}

/* It works in another folder, and its recorders need the same settings. */
static char *settings_variable(void)
{
	AUTO_FREE char *home = xasprintf("%s/.xen-osstest/config",
					 str_or(getenv("HOME"), ""));
	char *own = getenv("OSSTEST_CONFIG") ? NULL :
		realpath("standalone.config", NULL);
	char *text = NULL;

	if (own)
		text = xasprintf("OSSTEST_CONFIG=%s%s%s",
				 file_exists(home) ? home : "",
				 file_exists(home) ? ":" : "", own);
	free(own);
	return text;
}

int supervisor_start(const struct service_set *set, pid_t *pid,
		     struct error *err)
{
	AUTO_FREE char *log_path = service_set_path(set, "log/lab.log");
	AUTO_CLOSE int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND |
				  O_CLOEXEC, 0644);
	AUTO_FREE char *settings = settings_variable();
	AUTO_STRVEC argv = STRVEC_INIT;
	char *const env[] = { settings, NULL };
	struct proc_spec spec = {
		.netns = set->netns, .session = true, .error = log,
		.dir = "/", .env = env,
	};

	if (log < 0)
		return error_errno(err, "cannot open %s", log_path);
	strvec_pushf(&argv, "%s/ironbird", config_program_dir());
	strvec_pushl(&argv, "lab", "supervise", NULL);
	service_set_to_words(set, &argv);
	spec.argv = argv.v;
	*pid = proc_spawn(&spec, err);
	if (*pid < 0)
		return -1;
	return wait_for_beginning(set, *pid, err);
}

struct ending {
	int pid;
	uint64_t start;
};

static enum wait_answer is_gone(void *arg, struct error *err)
{
	const struct ending *ending = arg;

	(void)err;
	return proc_alive(ending->pid, ending->start) ? WAIT_MORE : WAIT_DONE;
}

static int wait_until_gone(const struct service_set *set, const char *name,
			   const struct ending *ending, int64_t limit_ms,
			   struct error *err)
{
	AUTO_FREE char *what = xasprintf("%s: %s, process %d, did not end",
					 set->what, name, ending->pid);
	const struct wait_spec spec = {
		.what = what, .limit_ms = limit_ms, .poll_ms = POLL_MS,
		.check = is_gone, .arg = (void *)(uintptr_t)ending,
	};

	return wait_for(&spec, err);
}

static int stop_supervisor(const struct service_set *set, struct error *err)
{
	struct ending ending = { .pid = supervisor_pid(set) };

	if (!ending.pid)
		return 0;
	ending.start = proc_start_time(ending.pid);
	kill(ending.pid, SIGTERM);
	if (wait_until_gone(set, "its supervisor", &ending, STOP_LIMIT_MS,
			    NULL) == 0)
		return 0;
	kill(ending.pid, SIGKILL);
	return wait_until_gone(set, "its supervisor", &ending, GONE_LIMIT_MS,
			       err);
}

/* What a killed supervisor left is going already: the kernel saw to it. */
static int stop_child(const struct service_set *set,
		      const struct child_row *row, struct error *err)
{
	const struct ending ending = { .pid = row->pid, .start = row->start };

	if (!row->pid || wait_until_gone(set, row->name, &ending, 1000,
					 NULL) == 0)
		return 0;
	kill(row->pid, SIGKILL);
	return wait_until_gone(set, row->name, &ending, GONE_LIMIT_MS, err);
}

static int remove_files(const struct service_set *set, struct error *err)
{
	static const char *const names[] = {
		"lab.pid", "lab.children", "tftpd-log.sock", "apache2.pid",
		"supervisor.lock",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO_FREE char *path = service_set_path(set, "%s", names[i]);

		if (file_remove(path, err) < 0)
			return -1;
	}
	return 0;
}

int supervisor_stop(const struct service_set *set, struct error *err)
{
	struct child_rows rows;
	int rc = 0;

	if (stop_supervisor(set, err) < 0 ||
	    supervisor_children(set, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count && rc == 0; i++)
		rc = stop_child(set, &rows.v[i], err);
	child_rows_release(&rows);
	return rc < 0 ? -1 : remove_files(set, err);
}
