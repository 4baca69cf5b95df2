/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which step a person means by [FLIGHT.]JOB.STEP: its number or its testid.
 * Flights, jobs and testids may all have dots in them. The parts may be words
 * of their own: "FLIGHT JOB STEP", "FLIGHT.JOB STEP", "FLIGHT JOB.STEP".
 */
#ifndef IRONBIRD_CMD_STEPSPEC_H
#define IRONBIRD_CMD_STEPSPEC_H

#include "cmd/command.h"
#include "db/steps.h"

/*
 * count is 1 to 3. run 0: the newest. The row is the caller's; ERROR_USAGE:
 * no such step.
 */
int must_check stepspec_parse(struct context *ctx, char *const *words,
			      size_t count, int run, struct step_row *row,
			      struct error *err);

#endif
