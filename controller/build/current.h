/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a build job that passed is still what would be built now. */
#ifndef IRONBIRD_BUILD_CURRENT_H
#define IRONBIRD_BUILD_CURRENT_H

#include "config/config.h"
#include "db/db.h"

/*
 * 1: the job passed, and, where it builds, would build the same again, and the
 * stash has that whole (by its sizes; ts-build-check reads every byte). 0: it
 * is to be run; why is seen when it is. Fetches trees whose revision was not
 * given as a commit.
 */
int build_is_current(const struct config *config, struct db *db,
		     const char *flight, const char *job, struct error *err);
/*
 * $TREE_X and $REVISION_X, where they are set, into the definitions of a job
 * that builds tree X and has such definitions. A revision that the job's flight
 * found a commit for stays at that while the same is asked for.
 */
int must_check build_obey_environment(struct db *db, const char *flight,
				      const char *job, struct error *err);

#endif
