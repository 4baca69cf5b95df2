/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which job the words of a command line mean: "[FLIGHT.]JOB" in one word
 * (db/jobname.h), or "FLIGHT JOB" in two. Every command that takes the one
 * takes the other.
 */
#ifndef IRONBIRD_CMD_JOBSPEC_H
#define IRONBIRD_CMD_JOBSPEC_H

#include "cmd/command.h"

const char *default_flight(const struct context *ctx);
/*
 * count is 1 or 2. The caller frees both names. ERROR_USAGE, with a hint,
 * when there is no such job.
 */
int must_check jobspec_parse(struct context *ctx, char *const *words,
			     size_t count, char **flight, char **job,
			     struct error *err);
/*
 * As jobspec_parse, but no word means the default flight, and a flight's
 * name alone gives *job NULL.
 */
int must_check jobspec_parse_any(struct context *ctx, char *const *words,
				 size_t count, char **flight, char **job,
				 struct error *err);

#endif
