/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flights/BRANCH.yaml: which jobs a flight has, with which runvars.
 *
 * A job of the file is as many jobs as its axes have combinations of values;
 * what its name and runvars have in braces is replaced by the value. Builds
 * are named once, and referred to by what needs them: the job gets a runvar
 * (xenbuildjob) with the name of the build's job.
 *
 * A job's runvars, later ones win: the flight's, $RUNVARS; $TEST_RUNVARS (jobs
 * test-*) or $BUILD_RUNVARS and $BUILD_<BUILD>_RUNVARS (jobs build-*);
 * $ARCH_RUNVARS_<arch>; those of its values, in the order of its axes; trees
 * and revisions of a build ($TREE_X, setting Tree_X, $REVISION_X; the setting
 * Revision_X where there is none yet); what it needs; its own. $OSSTEST_JOBS_ONLY, $BUILD_ARCHES and $TEST_ARCHES leave
 * jobs out.
 *
 * A plan says what was asked for; flight_plan_pin then finds out which commits
 * that is, for all builds of the flight at once.
 *
 * What cannot be run is in the plan with the reason, and never made.
 * Folders in IRONBIRD_FLIGHTS_PATH come before Ironbird's own flights/.
 */
#ifndef IRONBIRD_FLIGHT_FILE_H
#define IRONBIRD_FLIGHT_FILE_H

#include "base/strvec.h"
#include "config/config.h"
#include "db/db.h"

struct planned_job {
	char *name, *recipe;
	struct strvec runvars;	/* "arch=amd64" */
	struct strvec trees;	/* that it builds: "xen" */
	char *disabled;		/* why it is not made; NULL: it is */
	bool left_out;		/* a build that others refer to: not made */
};

struct flight_plan {
	char *path, *summary;
	struct planned_job *jobs;	/* builds first */
	size_t count;
};

/* What make-flight was asked for; NULL is nobody said. */
struct flight_wish {
	const char *branch;
	const char *xen_branch;	/* NULL: the branch, or xen-unstable */
	const char *build_flight;	/* has the builds; none are made */
	const struct config *config;	/* for Tree_X; may be NULL */
	const struct strvec *hosts;	/* for axes of hosts; may be NULL */
};

/*
 * Errors name file and line. The file is BRANCH.yaml, else the one whose list
 * "branches" has a pattern for it.
 */
int must_check flight_plan_load(struct flight_plan **plan,
				const struct flight_wish *wish,
				struct error *err);
void flight_plan_free(struct flight_plan *plan);	/* NULL is fine */
/*
 * Which commit each build's revision is now: revision_X becomes that, and what
 * was asked for, if it was another word, asked_revision_X. A tree is asked once
 * for each revision of it, so that all builds are of the same. That may fetch:
 * not within a transaction. A tree that nobody says where to get is no error,
 * but a sentence: its builds stay as they are. So are variables that nothing
 * reads (flight_plan_environment). ERROR_USAGE when there is no such revision,
 * ERROR_BROKEN when the tree cannot be fetched.
 */
int must_check flight_plan_pin(struct flight_plan *plan,
			       const struct config *config,
			       struct strvec *sentences, struct error *err);
/* Pushes a sentence for each tree that was never fetched: that takes long. */
void flight_plan_new_trees(const struct flight_plan *plan,
			   const struct config *config,
			   struct strvec *sentences);
/* As tree_environment_check (build/environment.h), with the plan's trees. */
int must_check flight_plan_environment(const struct flight_plan *plan,
				       struct strvec *sentences,
				       struct error *err);
/* The plan's jobs in an existing flight, in one transaction. */
int must_check flight_plan_create(const struct flight_plan *plan,
				  struct db *db, const char *flight,
				  struct error *err);
/* 1: $OSSTEST_JOBS_ONLY (a colon list of expressions) wants the job. */
int must_check flight_wants_job(const char *job, struct error *err);

#endif
