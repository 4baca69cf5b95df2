/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/wait.h"
#include "db/steps.h"
#include "run/orphans.h"

#define ENVIRON_MAX (4 << 20)
#define DEATH_LIMIT_MS 5000
#define LOOK_MS 2

/* The value of a variable in the NUL-separated text, or NULL. */
static const char *find(const struct strbuf *text, const char *name)
{
	size_t len = strlen(name);

	for (size_t at = 0; at < text->len; at += strlen(text->buf + at) + 1)
		if (strncmp(text->buf + at, name, len) == 0 &&
		    text->buf[at + len] == '=')
			return text->buf + at + len + 1;
	return NULL;
}

static bool is_number(const char *text, int wanted)
{
	return !wanted || (text && atoi(text) == wanted);
}

static bool is_orphan(pid_t pid, const struct orphans *orphans)
{
	AUTO_FREE char *path = xasprintf("/proc/%d/environ", (int)pid);
	AUTO_STRBUF text = STRBUF_INIT;
	const char *of, *session;

	if (pid == getpid() || !proc_start_time(pid) ||
	    file_read(path, ENVIRON_MAX, &text, NULL) < 0)
		return false;
	of = find(&text, "IRONBIRD_LOGS");
	session = find(&text, "IRONBIRD_SESSION");
	return of && session && strcmp(of, orphans->logs) == 0 &&
	       atoi(session) == getsid(pid) &&
	       is_number(find(&text, "IRONBIRD_OWNER_PID"), orphans->pid) &&
	       is_number(find(&text, "IRONBIRD_STEP"), orphans->stepno);
}

static size_t kill_all(const struct orphans *orphans)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = isdigit((unsigned char)entry->d_name[0]) ?
			atoi(entry->d_name) : 0;

		if (pid && is_orphan(pid, orphans)) {
			kill(pid, SIGKILL);
			count++;
		}
	}
	if (dir)
		closedir(dir);
	return count;
}

/* What was forked while we looked is found the next time. */
static enum wait_answer none_left(void *arg, struct error *err)
{
	(void)err;
	return kill_all(arg) ? WAIT_MORE : WAIT_DONE;
}

static int await_death(enum wait_answer (*check)(void *, struct error *),
		       void *arg, struct error *err)
{
	const struct wait_spec spec = {
		.what = "processes of the run that was cut off do not die",
		.limit_ms = DEATH_LIMIT_MS, .poll_ms = LOOK_MS,
		.check = check, .arg = arg,
	};

	if (wait_for(&spec, err) == 0)
		return 0;
	if (err)
		err->kind = ERROR_AGAIN;
	return -1;
}

int orphans_kill(const struct orphans *orphans, struct error *err)
{
	return await_death(none_left, (void *)orphans, err);
}

struct steps {
	struct db *db;
	const char *flight, *job;
	int run;
};

static enum wait_answer steps_ended(void *arg, struct error *err)
{
	const struct steps *steps = arg;
	struct step_rows rows = { .v = NULL };
	bool live = false;

	if (step_list(steps->db, steps->flight, steps->job, steps->run, &rows,
		      err) < 0)
		return WAIT_FAILED;
	for (size_t i = 0; i < rows.count; i++)
		live |= rows.v[i].status == STEP_RUNNING &&
			owner_alive(&rows.v[i].owner);
	step_rows_release(&rows);
	return live ? WAIT_MORE : WAIT_DONE;
}

int orphans_await_steps(struct db *db, const char *flight, const char *job,
			int run, struct error *err)
{
	struct steps steps = { db, flight, job, run };

	return await_death(steps_ended, &steps, err);
}
