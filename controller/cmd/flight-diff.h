/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `flight diff A B`: which jobs, recipes, runvars and verdicts differ. */
#ifndef IRONBIRD_CMD_FLIGHT_DIFF_H
#define IRONBIRD_CMD_FLIGHT_DIFF_H

#include "cmd/command.h"

/* Exit status 0: none does; 1. */
int flight_diff(struct context *ctx, const char *a, const char *b, bool json,
		struct error *err);

#endif
