/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flight's plan as `plan show` and `why` tell of it: to its end. */
#ifndef IRONBIRD_CMD_SHOWN_PLAN_H
#define IRONBIRD_CMD_SHOWN_PLAN_H

#include "cmd/command.h"
#include "flight/board.h"

struct shown_plan {
	struct board board;
	struct plan_slot *slots;	/* one for each job */
	int64_t now, last;
};

int must_check shown_plan_load(struct context *ctx, const char *flight,
			       struct shown_plan *shown, struct error *err);
void shown_plan_release(struct shown_plan *shown);
bool shown_plan_waits(const struct shown_plan *shown, size_t job);

#endif
