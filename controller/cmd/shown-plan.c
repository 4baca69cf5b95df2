/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/clock.h"
#include "cmd/shown-plan.h"

static bool is_over(const struct job_row *row)
{
	return job_status_final(row->status);
}

int shown_plan_load(struct context *ctx, const char *flight,
		    struct shown_plan *shown, struct error *err)
{
	if (board_load(&shown->board, ctx->config, ctx->db, flight, is_over,
		       err) < 0)
		return -1;
	shown->now = clock_now_ms();
	shown->slots = xcalloc(shown->board.count + 1, sizeof(*shown->slots));
	shown->last = plan_project(shown->board.plan, shown->now,
				   shown->slots);
	return 0;
}

void shown_plan_release(struct shown_plan *shown)
{
	free(shown->slots);
	board_release(&shown->board);
}

bool shown_plan_waits(const struct shown_plan *shown, size_t job)
{
	return plan_job_state(shown->board.plan, job) == PLAN_WAITING;
}
