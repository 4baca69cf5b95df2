/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a job waits for, and until when. */
#include <stdio.h>

#include "base/strbuf.h"
#include "cmd/jobspec.h"
#include "flight/forecast.h"

static void tell_why(const struct forecast *shown, size_t j)
{
	const struct board *board = &shown->board;
	const struct job_row *row = &board->jobs[j].row;
	const struct plan_slot *slot = &shown->slots[j];
	AUTO_FREE char *text = NULL, *end = NULL;

	printf("%s.%s: ", board->flight, row->job);
	if (forecast_waits(shown, j)) {
		text = board_why(board, j, shown->now, shown->slots);
		printf("waits %s\n", text);
		return;
	}
	printf("%s", job_status_name(row->status));
	if (slot->start) {
		text = board_where(board, slot->roles, slot->hosts);
		end = board_clock(slot->end, shown->now);
		printf(" on %s, until about %s", text, end);
	}
	printf("%s%s\n", row->reason ? ": " : "", str_or(row->reason, ""));
}

static int run(struct context *ctx, const struct strvec *args,
		   struct error *err)
{
	AUTO_FREE char *flight = NULL, *job = NULL;
	struct forecast shown;

	if (args_check(args, "why", 1, 2, err) < 0 ||
	    jobspec_parse(ctx, args->v, args->count, &flight, &job,
			  err) < 0 ||
	    forecast_load(ctx->config, ctx->db, flight, &shown, err) < 0)
		return -1;
	if (board_find_job(&shown.board, job) == PLAN_NONE) {
		forecast_release(&shown);
		return error_set(err, ERROR_USAGE, "flight %s has no job "
				 "'%.100s' any more", flight, job);
	}
	tell_why(&shown, board_find_job(&shown.board, job));
	forecast_release(&shown);
	return 0;
}

const struct command cmd_why = {
	.name = "why",
	.summary = "Say what a job waits for, and until when",
	.usage = "[FLIGHT.]JOB",
	.needs = NEEDS_DB,
	.run = run,
};
