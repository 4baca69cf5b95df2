/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A test case by hand: one step, recorded as a job's step is.
 *
 * Each one is a flight of its own, numbered, of blessing "adhoc", with one
 * job of one step: so it has a log, a verdict and a report, and what it needs
 * in the way of limits, groups and signals is what run-job does for any step.
 * The job is called as the one it is about, so that durations are compared
 * with its like, or as the test case.
 *
 * With a job, that job's runvars are copied in, and what the step finds out
 * is stored in that job as well: the next step by hand finds it there. Guests
 * are those of that job. Hosts belong to the step while it runs, unless that
 * job's own run-job holds them after a failure, or a person keeps them.
 *
 * The step is told whose guests and files it works with by
 * IRONBIRD_FOR_FLIGHT, IRONBIRD_FOR_JOB (empty: none), IRONBIRD_FOR_RUN.
 */
#ifndef IRONBIRD_RUN_ADHOC_H
#define IRONBIRD_RUN_ADHOC_H

#include "base/strvec.h"
#include "config/config.h"
#include "db/steps.h"

struct adhoc_spec {
	const struct strvec *argv;	/* "ts-guest-start" "host=iron1" ... */
	const char *program;		/* its path */
	const struct strvec *idents;	/* of argv: "host=iron1" or "host" */
	const struct strvec *runvars;	/* "name=value", for this step alone */
	const char *flight, *job;	/* what it is about; job may be NULL */
};

/* "host", "src_host", with or without "=NAME". */
bool adhoc_is_ident(const char *word);
/* "name=value" with a name that a runvar may have, and no ident. */
bool adhoc_is_runvar(const char *word);
/* The host of an ident: given, of the job's runvars, wished for, or NULL in
 * *host; the caller frees. */
int must_check adhoc_host(const struct config *config, struct db *db,
			  const struct adhoc_spec *spec, const char *ident,
			  char **host, struct error *err);
/*
 * Runs it to its end, its log on standard output; *flight is the caller's.
 * ERROR_AGAIN naming the owner when a living run has the job or a host: then
 * nothing is recorded.
 */
int must_check adhoc_run(const struct config *config, struct db *db,
			 const struct adhoc_spec *spec,
			 enum step_status *status, char **flight,
			 struct error *err);

#endif
