/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which job a person means by "FLIGHT.JOB" or "JOB".
 *
 * Names may have dots in them, so the database decides where one ends: the
 * longest flight that has a job of the rest wins, then the whole text as a
 * job of the default flight ($OSSTEST_FLIGHT, setting DefaultFlight).
 */
#ifndef IRONBIRD_CMD_JOBSPEC_H
#define IRONBIRD_CMD_JOBSPEC_H

#include "cmd/command.h"

const char *default_flight(const struct context *ctx);
/* The caller frees both. ERROR_USAGE, with a hint, when there is none. */
int must_check jobspec_parse(struct context *ctx, const char *text,
			     char **flight, char **job, struct error *err);
/* As jobspec_parse, but a flight's name alone gives *job NULL. */
int must_check jobspec_parse_any(struct context *ctx, const char *text,
				 char **flight, char **job,
				 struct error *err);

#endif
