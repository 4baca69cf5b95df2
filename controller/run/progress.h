/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person sees of a running job.
 *
 * On a terminal: one line for each running step, rewritten in place, below
 * the lines of those that are over. Elsewhere: a line at the end of each
 * step. Standard output only; text from steps is made printable.
 */
#ifndef IRONBIRD_RUN_PROGRESS_H
#define IRONBIRD_RUN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/steps.h"

struct progress;

struct progress *progress_new(bool quiet);
void progress_free(struct progress *progress);
/* True on a terminal: only there is the expected time of any use. */
bool progress_live(const struct progress *progress);

/* A step begins. expected_ms -1: nobody knows. Returns its handle. */
int progress_start(struct progress *progress, const char *testid,
		   int64_t expected_ms);
void progress_stage(struct progress *progress, int handle,
		    const char *stage);
/* Its line is taken off the terminal; progress_line tells how it ended. */
void progress_stop(struct progress *progress, int handle);
/* A line that stays: "pass     guest-start/debian  8.1 s". */
void progress_line(struct progress *progress, enum step_status status,
		   const char *testid, int64_t ms, const char *reason);
/* Brings the elapsed times up to date. */
void progress_tick(struct progress *progress);

#endif
