/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What run-flight and the run-job that it starts tell each other beside the
 * rows: which run it is to begin, and why that could not be done. A run that
 * has begun says everything in its rows.
 *
 * The variable IRONBIRD_TOLD has a descriptor and a number: a pipe that takes
 * one sentence, and the run's (0: the one that was cut off).
 */
#ifndef IRONBIRD_FLIGHT_TOLD_H
#define IRONBIRD_FLIGHT_TOLD_H

#include "base/error.h"
#include "base/strvec.h"

struct told_pipe {
	int read, write;
};

/* A pipe, and the variable for the child that gets its write end. */
int must_check told_open(struct told_pipe *told, int run, struct strvec *env,
			 struct error *err);
/* What the child, which has ended, said; the caller frees. NULL: nothing. */
char *told_read(int fd);

/*
 * run-job's side: takes the variable, so that steps do not see it. *fd is -1
 * and *run 0 when no run-flight is there.
 */
void told_take(int *fd, int *run);
/* Says the sentence and closes fd; -1: to nobody. */
void told_say(int fd, const char *sentence);

#endif
