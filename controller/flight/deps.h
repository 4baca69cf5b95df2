/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a job needs, run before it: the jobs of its flight that its runvars
 * ending in "job" name, and what those need, in order.
 *
 * A build job that passed is not run again as long as it would build the same
 * (build/build.h) and the stash has it whole. $TREE_X and $REVISION_X win over
 * what the flight says: the definitions of build jobs are changed to them.
 */
#ifndef IRONBIRD_FLIGHT_DEPS_H
#define IRONBIRD_FLIGHT_DEPS_H

#include "run/job.h"

/*
 * *status is JOB_PASS when all that the job needs has passed; otherwise the
 * status of the first job that did not, and *blocker, the caller's, names it.
 * Jobs of other flights are not run; ts-build-check looks at them.
 */
int must_check deps_run(const struct config *config, struct db *db,
			const char *flight, const char *job,
			const struct job_run_options *options,
			enum job_status *status, char **blocker,
			struct error *err);

#endif
