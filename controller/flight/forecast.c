/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "db/history.h"
#include "flight/forecast.h"

static bool is_over(const struct job_row *row)
{
	return job_status_final(row->status);
}

int forecast_load(const struct config *config, struct db *db,
		  const char *flight, struct forecast *forecast,
		  struct error *err)
{
	if (board_load(&forecast->board, config, db, flight, is_over,
		       err) < 0)
		return -1;
	forecast->now = clock_now_ms();
	forecast->slots = xcalloc(forecast->board.count + 1,
				  sizeof(*forecast->slots));
	forecast->last = plan_project(forecast->board.plan, forecast->now,
				      forecast->slots);
	return 0;
}

void forecast_release(struct forecast *forecast)
{
	free(forecast->slots);
	board_release(&forecast->board);
}

bool forecast_waits(const struct forecast *forecast, size_t job)
{
	return plan_job_state(forecast->board.plan, job) == PLAN_WAITING;
}

static size_t host_number(const struct board *board, const char *name)
{
	for (size_t h = 0; h < board->hosts.count; h++)
		if (strcmp(board->hosts.v[h], name) == 0)
			return h;
	return PLAN_NONE;
}

static int read_slot(const struct board *board, const struct job_row *row,
		     struct plan_slot *slot, struct error *err)
{
	struct history_rows rows;

	if (history_of_runs(board->db, board->flight, row->job, &rows,
			    err) < 0)
		return -1;
	*slot = (struct plan_slot){ row->started, row->finished, 0, { 0 } };
	for (size_t i = 0; i < rows.count; i++) {
		size_t host = rows.v[i].run != row->run || !rows.v[i].host ?
			PLAN_NONE : host_number(board, rows.v[i].host);

		if (host != PLAN_NONE && slot->roles < PLAN_ROLES_MAX)
			slot->hosts[slot->roles++] = host;
	}
	history_rows_release(&rows);
	return 0;
}

int forecast_add_past(struct forecast *forecast, struct error *err)
{
	const struct board *board = &forecast->board;
	int64_t last = 0;
	bool over = true;

	for (size_t j = 0; j < board->count; j++) {
		const struct job_row *row = &board->jobs[j].row;

		over &= is_over(row);
		if (!is_over(row) || !row->started || !row->finished ||
		    row->status == JOB_BLOCKED || row->status == JOB_STARVED)
			continue;	/* those were never anywhere */
		if (read_slot(board, row, &forecast->slots[j], err) < 0)
			return -1;
		if (row->finished > last)
			last = row->finished;
	}
	if (over && last)
		forecast->last = last;
	return 0;
}
