/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A test case that nobody's run-job began: it makes itself a step (see
 * run/adhoc.h) and runs as one.
 */
#ifndef IRONBIRD_TS_BY_HAND_H
#define IRONBIRD_TS_BY_HAND_H

#include "base/error.h"
#include "base/strvec.h"

struct by_hand {
	const char *flight, *job;	/* what it is about; job may be NULL */
	const struct strvec *words;	/* its arguments */
	const struct strvec *runvars;	/* "name=value" */
	bool yes;		/* do not ask before a disk is wiped */
};

/*
 * The exit status of the step, its verdict told on standard error; -1 when it
 * could not begin. ts_state has configuration, database and idents.
 */
int must_check by_hand_run(const struct by_hand *how, struct error *err);

#endif
