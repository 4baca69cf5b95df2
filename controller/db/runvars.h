/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runvars: named text values of a job, both what it is told (definitions) and
 * what it finds out (synthesised).
 */
#ifndef IRONBIRD_DB_RUNVARS_H
#define IRONBIRD_DB_RUNVARS_H

#include <stdbool.h>

#include "db/db.h"

struct runvar {
	char *job;
	char *name;
	char *value;
	bool synth;
};

struct runvars {
	struct runvar *v;
	size_t count;
};

void runvars_release(struct runvars *vars);

/* A definition; an existing one is replaced. */
int must_check runvar_define(struct db *db, const char *flight,
			     const char *job, const char *name,
			     const char *value, struct error *err);
/*
 * A value found while running. Over a definition of the same value: nothing;
 * over one of another value: ERROR_USAGE.
 */
int must_check runvar_store(struct db *db, const char *flight,
			    const char *job, const char *name,
			    const char *value, struct error *err);
/* *value is the caller's, NULL when there is none (not an error). */
int must_check runvar_get(struct db *db, const char *flight, const char *job,
			  const char *name, char **value, struct error *err);
/* All of a job by name; job NULL: of the flight. */
int must_check runvar_list(struct db *db, const char *flight, const char *job,
			   struct runvars *vars, struct error *err);
int must_check runvar_delete(struct db *db, const char *flight,
			     const char *job, const char *name,
			     struct error *err);
/* Value in vars, or NULL. */
const char *runvars_find(const struct runvars *vars, const char *name);

#endif
