/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which job of a flight runs where and when, as far as anybody knows. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/table.h"
#include "cmd/jobspec.h"
#include "cmd/json.h"
#include "flight/forecast.h"
#include "plan/chart.h"

static bool json;
static const char *svg;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_STRING('s', "svg", "FILE", &svg, "write a chart to FILE"),
	OPTION_END
};

/* --- as JSON ------------------------------------------------------------- */

static cJSON *job_json(const struct forecast *shown, size_t j)
{
	const struct board *board = &shown->board;
	const struct plan_slot *slot = &shown->slots[j];
	const struct job_row *row = &board->jobs[j].row;
	AUTO_FREE char *why = forecast_waits(shown, j) ?
		board_why(board, j, shown->now, shown->slots) : NULL;
	cJSON *object = cJSON_CreateObject();
	cJSON *hosts;

	json_add_text(object, "job", row->job);
	json_add_text(object, "status", job_status_name(row->status));
	json_add_time(object, "start", slot->start ? slot->start :
		      row->started);
	json_add_time(object, "end", slot->end ? slot->end : row->finished);
	hosts = cJSON_AddArrayToObject(object, "hosts");
	for (size_t i = 0; i < slot->roles; i++)
		cJSON_AddItemToArray(hosts, cJSON_CreateString(
				     board->hosts.v[slot->hosts[i]]));
	json_add_text(object, "waits", why);
	json_add_text(object, "reason", row->reason);
	return object;
}

static void print_json(const struct forecast *shown)
{
	cJSON *object = cJSON_CreateObject(), *jobs;

	json_add_text(object, "flight", shown->board.flight);
	json_add_time(object, "now", shown->now);
	json_add_time(object, "end", shown->last);
	jobs = cJSON_AddArrayToObject(object, "jobs");
	for (size_t j = 0; j < shown->board.count; j++)
		cJSON_AddItemToArray(jobs, job_json(shown, j));
	json_print(object);
}

/* --- as text ------------------------------------------------------------- */

static const struct forecast *sorted;

/* What begins first; what never does, as it comes. */
static int compare(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int64_t sx = sorted->slots[x].start, sy = sorted->slots[y].start;

	if (sx != sy)
		return sx < sy ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void add_job(const struct forecast *shown, size_t j, struct table *table)
{
	const struct board *board = &shown->board;
	const struct plan_slot *slot = &shown->slots[j];
	const struct job_row *row = &board->jobs[j].row;
	AUTO_FREE char *where = slot->start ?
		board_where(board, slot->roles, slot->hosts) : NULL;
	AUTO_FREE char *start = slot->start ?
		board_clock(slot->start, shown->now) : NULL;
	AUTO_FREE char *end = slot->end ?
		board_clock(slot->end, shown->now) : NULL;

	table_row(table, row->job, job_status_name(row->status), where, start,
		  end);
}

static void print_text(const struct forecast *shown)
{
	AUTO_FREE size_t *order = xcalloc(shown->board.count + 1,
					  sizeof(*order));
	AUTO_FREE char *end = board_clock(shown->last, shown->now);
	AUTO_TABLE table;

	for (size_t j = 0; j < shown->board.count; j++)
		order[j] = j;
	sorted = shown;
	qsort(order, shown->board.count, sizeof(*order), compare);
	table_init(&table, "JOB", "STATUS", "WHERE", "FROM", "UNTIL ABOUT",
		   NULL);
	for (size_t i = 0; i < shown->board.count; i++)
		add_job(shown, order[i], &table);
	table_print(&table, stdout);
	printf(shown->last > shown->now ? "%s is over about %s\n" :
	       "%s was over at %s\n", shown->board.flight, end);
}

static int write_chart(const struct forecast *shown, struct error *err)
{
	AUTO_STRBUF out = STRBUF_INIT;

	plan_chart(shown->board.plan, shown->now, shown->last, shown->slots,
		   board_clock, &out);
	return file_publish(svg, out.buf, out.len, 0644, err);
}

static int show(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	const char *flight = count ? args[0] : default_flight(ctx);
	struct forecast shown;
	int rc = 0;

	if (forecast_load(ctx->config, ctx->db, flight, &shown, err) < 0)
		return -1;
	rc = forecast_add_past(&shown, err);
	if (rc == 0 && svg)
		rc = write_chart(&shown, err);
	if (rc == 0 && json)
		print_json(&shown);
	else if (rc == 0 && !svg)
		print_text(&shown);
	forecast_release(&shown);
	return rc;
}

static const struct verb verbs[] = {
	{ "show", 0, 1, "[FLIGHT]", show },
	{ .name = NULL },
};

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	return verb_run(ctx, "plan", verbs, args, err);
}

const struct command cmd_plan = {
	.name = "plan",
	.summary = "Show which job of a flight runs where, and until when",
	.usage = "show [--json] [--svg FILE] [FLIGHT]",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
