/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flight's text into the jobs of a plan; for file.c. */
#ifndef IRONBIRD_FLIGHT_EXPAND_H
#define IRONBIRD_FLIGHT_EXPAND_H

#include "flight/file.h"
#include "flight/text.h"

/*
 * All combinations of the file's builds and jobs, into the plan; errors name
 * file and line.
 */
int must_check flight_expand(struct flight_plan *plan,
			     const struct yamlfile *file,
			     const struct flight_wish *wish,
			     struct error *err);
/* Sets "NAME=VALUE" in a list of runvars; ERROR_USAGE when it is none. */
int must_check runvar_set(struct strvec *runvars, const char *text,
			  struct error *err);
/* The runvars of the environment for a job; build NULL: it is none. */
int must_check runvar_set_environment(struct strvec *runvars, const char *job,
				      const char *build, struct error *err);
/* tree_X and revision_X of a build, as environment and settings have them. */
int must_check runvar_set_tree(struct strvec *runvars, const char *tree,
			       const struct config *config,
			       struct error *err);

#endif
