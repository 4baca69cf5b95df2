/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One step: a row, a log file and a process group, from start to verdict.
 *
 * step_start makes the log, then the row, then the process, in this order, so
 * that whatever is cut off leaves something that can be looked at. The event
 * loop then moves it: what it tells on its progress pipe, its limit, its end.
 * When done is set, step_end writes the verdict down and frees it.
 */
#ifndef IRONBIRD_RUN_STEP_H
#define IRONBIRD_RUN_STEP_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "config/config.h"
#include "run/progress.h"
#include "run/recipe.h"
#include "run/starved.h"
#include "run/verdict.h"

/* What all steps of a run share. */
struct step_context {
	struct db *db;
	sd_event *event;
	const char *flight, *job;
	int run;
	char *logs;		/* folder of this run's logs */
	struct owner owner;	/* run-job itself */
	struct progress *progress;
	bool show_logs;		/* on standard output, as they grow */
	const struct strvec *env;	/* "NAME=value" more, or NULL */
	struct consoles *consoles;	/* what its hosts say; NULL: nobody asks */
	struct guard *guard;	/* sees it when run-job hangs */
	int next_stepno;
	int64_t default_limit_ms, grace_ms, log_max;
	int64_t slack_ms;	/* what limits may be late by */
	int64_t job_limit_ms, pause_limit_ms;
	int64_t room_limit_ms;	/* how long to wait for room on the disk */
	struct starved starved;
};

/* What took so long is on the disk before anything is made of it. */
#define DURABLE_MS 1000

struct step_run;

/*
 * *out is running, or, when its process could not be started, over and
 * broken. -1 only when not even that can be written down.
 */
int must_check step_start(struct step_context *ctx,
			  const struct recipe_step *step,
			  const struct step_history *history,
			  struct step_run **out, struct error *err);
bool step_done(const struct step_run *run);
/* The number of its row. */
int step_number(const struct step_run *run);
/* What it said last that it does, or NULL. */
const char *step_stage(const struct step_run *run);
/*
 * Its host crashed: it is stopped, after a moment in which it may end by
 * itself, and its reason says so.
 */
void step_crashed(struct step_run *run, const char *text);
/* That text, or NULL. */
const char *step_crash(const struct step_run *run);
/* Is a crash or reboot of that pattern's name an end of it? */
bool step_minds(const struct step_run *run, const char *pattern);
/* SIGTERM to the group, SIGKILL after the grace, or at once. */
void step_stop(struct step_run *run, enum step_stop why, bool at_once);
/* Once a second: the size of its log, a stage not yet written. */
void step_tick(struct step_run *run);
/*
 * Its final status and reason as a row; frees run. *reason is the caller's,
 * NULL when there is none.
 */
int must_check step_end(struct step_run *run, enum step_status *status,
			char **reason, struct error *err);
/* Kills what is left of it and frees it; nothing is written. */
void step_discard(struct step_run *run);

/*
 * The program of a test case: in the folders of IRONBIRD_TS_PATH, then where
 * Ironbird's own are. NULL with err; the caller frees.
 */
char *step_find_program(const char *script, struct error *err);

#endif
