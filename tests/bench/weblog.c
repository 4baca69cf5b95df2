/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * weblog FOLDER: how long after a line of its host was written to the access
 * log a waiter runs again, while 1,000 lines of others come each second. What
 * it waited for is stored, as always.
 *
 * weblog write LOG is the server's side, a process of its own.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/wait.h"
#include "tests/bench/bench.h"
#include "watch/watch.h"

#define RUNS 5
#define MARKS 200
#define OTHERS_PER_MARK 20	/* and one line each millisecond */
#define LINE_NS 1000000
#define LIMIT_MS 60000

struct bench {
	int64_t stamps[OTHERS_PER_MARK];	/* written, not yet seen */
	size_t pending, count;
	double ms[MARKS];
};

static void on_event(const struct watch_event *event, void *arg)
{
	const char *stamp = strrchr(event->path, '/');
	struct bench *bench = arg;

	if (stamp && bench->pending < ARRAY_SIZE(bench->stamps))
		bench->stamps[bench->pending++] = strtoll(stamp + 1, NULL, 10);
}

static enum wait_answer check(void *arg, struct error *err)
{
	struct bench *bench = arg;
	int64_t now = clock_mono_us();

	(void)err;
	for (size_t i = 0; i < bench->pending && bench->count < MARKS; i++)
		bench->ms[bench->count++] =
			(double)(now - bench->stamps[i]) / 1000;
	bench->pending = 0;
	return bench->count < MARKS ? WAIT_MORE : WAIT_DONE;
}

static int wait_for_marks(struct bench *bench, sd_event *event, char *log,
			  struct error *err)
{
	char *const argv[] = {
		(char *)"/proc/self/exe", (char *)"write", log, NULL
	};
	struct proc_spec writer = { .argv = argv, .die_with_parent = true };
	struct wait_spec wait = {
		.what = "not all lines came", .limit_ms = LIMIT_MS,
		.event = event, .check = check, .arg = bench,
	};
	pid_t pid = proc_spawn(&writer, err);
	int rc;

	if (pid < 0)
		return -1;
	rc = wait_for(&wait, err);
	proc_stop(pid, 1000);
	return rc;
}

static int watch_log(struct bench *bench, sd_event *event, struct db *db,
		     char *log, struct error *err)
{
	struct site site = { .web_log = log };
	struct watch *watch = NULL;
	int rc;

	if (watch_open(&watch, event, NULL, &site, db, on_event, bench,
		       err) < 0)
		return -1;
	rc = watch_add_host(watch, "iron1", NULL, "192.0.2.1", NULL, err);
	if (rc == 0)
		rc = wait_for_marks(bench, event, log, err);
	if (rc == 0 && watch_problem(watch))
		rc = error_set(err, ERROR_BROKEN, "%s", watch_problem(watch));
	watch_close(watch);
	return rc;
}

static int run_once(const char *folder, double *p99, struct error *err)
{
	AUTO_FREE char *log = xasprintf("%s/access.log", folder);
	AUTO_FREE char *path = xasprintf("%s/weblog.db", folder);
	struct bench *bench = xcalloc(1, sizeof(*bench));
	sd_event *event = NULL;
	struct db *db = NULL;
	int rc = -1;

	if (file_remove(log, err) == 0 && db_open(&db, path, err) == 0 &&
	    sd_event_new(&event) >= 0)
		rc = watch_log(bench, event, db, log, err);
	if (rc == 0)
		*p99 = quantile(bench->ms, MARKS, 0.99);
	sd_event_unref(event);
	db_close(db);
	free(bench);
	return rc;
}

static int write_line(int fd, int number)
{
	char line[300];
	bool ours = number % (OTHERS_PER_MARK + 1) == 0;
	int len = snprintf(line, sizeof(line), "192.0.2.%d - - "
			   "[01/Jan/2026:00:00:00 +0000] \"GET /%s/%lld "
			   "HTTP/1.1\" 200 1234 \"-\" \"Debian APT-HTTP/1.3 "
			   "(2.6.1)\"\n", ours ? 1 : 2 + number % 200,
			   ours ? "iron1" : "mirror",
			   (long long)clock_mono_us());

	return write(fd, line, len) == len ? 0 : -1;
}

/* A line each millisecond, and after 20 of them one of the waiter's host. */
static int write_log(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
	struct timespec next;

	if (fd < 0 || clock_gettime(CLOCK_MONOTONIC, &next) < 0)
		return 1;
	for (int i = 1; ; i++) {
		if (write_line(fd, i) < 0)
			return 1;
		if (i % (OTHERS_PER_MARK + 1) == 0)
			continue;
		next.tv_nsec += LINE_NS;
		if (next.tv_nsec >= 1000000000) {
			next.tv_nsec -= 1000000000;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	double p99[RUNS];

	if (argc == 3 && strcmp(argv[1], "write") == 0)
		return write_log(argv[2]);
	if (argc != 2) {
		fputs("usage: weblog FOLDER | weblog write LOG\n", stderr);
		return 2;
	}
	for (int i = 0; i < RUNS; i++)
		if (run_once(argv[1], &p99[i], &err) < 0)
			return cannot("weblog_latency_p99_ms", &err);
	tell("weblog_latency_p99_ms", quantile(p99, RUNS, 0.5), "ms");
	return 0;
}
