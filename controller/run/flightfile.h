/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flights/BRANCH.yaml: which jobs a flight has, with which runvars.
 *
 * A plan is the file understood: every job's runvars are those of the flight,
 * then $RUNVARS, then $TEST_RUNVARS (jobs test-*) or $BUILD_RUNVARS (jobs
 * build-*), then its own; later ones win. $OSSTEST_JOBS_ONLY leaves jobs out.
 * Folders in IRONBIRD_FLIGHTS_PATH come before Ironbird's own flights/.
 */
#ifndef IRONBIRD_RUN_FLIGHTFILE_H
#define IRONBIRD_RUN_FLIGHTFILE_H

#include "base/strvec.h"
#include "config/config.h"
#include "db/db.h"

struct planned_job {
	char *name, *recipe;
	struct strvec runvars;	/* "arch=amd64" */
};

struct flight_plan {
	char *summary;
	struct planned_job *jobs;
	size_t count;
};

/* Errors name file and line. */
int must_check flight_plan_load(struct flight_plan **plan, const char *branch,
				struct error *err);
void flight_plan_free(struct flight_plan *plan);	/* NULL is fine */
/* The plan's jobs in an existing flight, in one transaction. */
int must_check flight_plan_create(const struct flight_plan *plan,
				  struct db *db, const char *flight,
				  struct error *err);
/*
 * Creates the jobs of flights/BRANCH.yaml in an existing flight, in one
 * transaction. Errors name file and line.
 */
int must_check flight_make(const struct config *config, struct db *db,
			   const char *branch, const char *flight,
			   struct error *err);
/* 1: $OSSTEST_JOBS_ONLY (a colon list of expressions) wants the job. */
int must_check flight_wants_job(const char *job, struct error *err);

#endif
