/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One step and its evidence: the end of its log, the files it left, and what
 * the job's hosts were seen to do while it ran.
 */
#ifndef IRONBIRD_CMD_STEP_SHOW_H
#define IRONBIRD_CMD_STEP_SHOW_H

#include <stdbool.h>

#include "base/clock.h"
#include "cmd/json.h"
#include "db/steps.h"

/* The row's own fields. */
cJSON *step_json(const struct step_row *row);
/* "8.1 s" into buf, or NULL while it has not ended. */
const char *step_duration(const struct step_row *row,
			  char buf[DURATION_TEXT_SIZE]);
int must_check step_show(struct db *db, const struct step_row *row, bool json,
			 struct error *err);

#endif
