/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one run of a test case knows of itself; for libts alone. */
#ifndef IRONBIRD_TS_STATE_H
#define IRONBIRD_TS_STATE_H

#include "base/strvec.h"
#include "ts/ts.h"

/* Exit statuses of a test case (DESIGN.md, "How a job runs"). */
enum ts_status {
	TS_PASS = 0, TS_FAIL = 1, TS_USAGE = 2, TS_SKIP = 77, TS_BLOCKED = 98,
	TS_BROKEN = 99,
};

struct ts_state {
	const char *program;	/* "ts-guest-start" */
	struct config *config;
	struct db *db;
	/* whose guests and files; job NULL: by hand, about none */
	const char *flight, *job;
	int run;
	/* where rows go: the same, but for a step by hand (run/adhoc.h) */
	struct {
		const char *flight, *job;
		int run, stepno;
	} record;
	struct strvec idents;		/* "host", "host=iron1" as given */
	struct strvec args;
	int progress_fd;		/* -1: none */
};

extern struct ts_state ts_state;

/* Memory that lives until the test ends. */
void *ts_keep(void *allocated);
/* A runvar was stored: it may be a result of the host's preparation. */
void prepare_note(const char *runvar, const char *value);
void ts_exit(enum ts_status status, const char *reason)
	__attribute__((noreturn));
/* A line for run-job: "stage TEXT", "reboot HOST" (run/telling.h). */
void ts_tell(const char *what, const char *text);
/* What the test last said that it does, or NULL. */
const char *ts_doing(void);
/* Ends the test unless rc is 0. */
void ts_check(int rc, const struct error *err);

#endif
