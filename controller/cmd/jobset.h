/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several names at once, as OSSTest's commands take them: NAME, "." for all,
 * ^REGEX or /REGEX/ (extended, anywhere in the name), "!" before any of them
 * for those that do not match.
 */
#ifndef IRONBIRD_CMD_JOBSET_H
#define IRONBIRD_CMD_JOBSET_H

#include "base/strvec.h"
#include "db/jobs.h"

/* 1 or 0; ERROR_USAGE when it is no expression. */
int must_check nameset_has(const char *spec, const char *name,
			   struct error *err);
/*
 * Pushes the flight's jobs that spec means; ERROR_USAGE when there is none,
 * with the nearest when it is a name.
 */
int must_check jobset_find(struct db *db, const char *flight,
			   const char *spec, struct strvec *jobs,
			   struct error *err);
/* "s/REGEX/TEXT/" (any delimiter, g for all): the result, the caller's. */
int must_check substitute(const char *operation, const char *text,
			  char **result, struct error *err);

#endif
