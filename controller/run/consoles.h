/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the consoles of a job's hosts say, seen by run-job itself: whatever
 * runs there, and between two steps, a crash is not missed.
 *
 * A crash, or a reboot that nobody asked for, ends the step that runs on that
 * host (run/step.h). A test case that watches consoles itself is given a
 * moment to tell it better; one that means it to happen says so
 * (run/telling.h) and is left alone. What comes when no step runs ends the
 * next one; after the last step, the job.
 */
#ifndef IRONBIRD_RUN_CONSOLES_H
#define IRONBIRD_RUN_CONSOLES_H

#include "run/lanes.h"

struct consoles;

int must_check consoles_open(struct consoles **out, struct job_state *state,
			     const struct config *config, struct error *err);
void consoles_close(struct consoles *consoles);	/* NULL is fine */
/* Looks at those hosts, too, that the job has got since. */
int must_check consoles_update(struct consoles *consoles, struct error *err);
/* Takes what a step told: "reboot HOST", "up HOST"; empties words. */
void consoles_told(struct consoles *consoles, struct strvec *words);
/* A step has begun in the lane: is there a crash that nobody was told of? */
void consoles_begun(struct consoles *consoles, struct lane *lane);
/* It has ended, having passed all the same: crash is told to the next. */
void consoles_missed(struct consoles *consoles, const char *crash);
/*
 * The job has passed, and nothing runs: the crash that no step was told of,
 * or NULL. One whose trace is just being read is waited for.
 */
const char *consoles_last_word(struct consoles *consoles);

#endif
