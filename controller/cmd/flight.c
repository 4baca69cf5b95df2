/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flights: listed, shown, stopped, deleted, blessed. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/table.h"
#include "cmd/command.h"
#include "cmd/flight-diff.h"
#include "cmd/jobspec.h"
#include "cmd/json.h"
#include "db/flights.h"
#include "db/jobs.h"
#include "db/retests.h"
#include "flight/stop.h"

static bool json;
static int64_t limit = 20;
static const char *blessing, *why;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_NUMBER('n', "limit", "COUNT", &limit,
		      "list: the newest COUNT flights (default 20, 0: all)"),
	OPTION_STRING('b', "blessing", "BLESSING", &blessing,
		      "list: only flights of this blessing"),
	OPTION_STRING('w', "why", "TEXT", &why,
		      "stop: what is told of it as the reason"),
	OPTION_END
};

static cJSON *flight_json(const struct flight_row *row)
{
	cJSON *object = cJSON_CreateObject();

	json_add_text(object, "flight", row->flight);
	json_add_text(object, "blessing", row->blessing);
	json_add_text(object, "intended", row->intended);
	json_add_text(object, "branch", row->branch);
	json_add_time(object, "created", row->created);
	json_add_time(object, "started", row->started);
	json_add_time(object, "finished", row->finished);
	json_add_text(object, "harness", row->harness);
	return object;
}

static void list_json(const struct flight_rows *rows)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < rows->count; i++)
		cJSON_AddItemToArray(array, flight_json(&rows->v[i]));
	json_print(array);
}

static void list_table(const struct flight_rows *rows)
{
	AUTO_TABLE table;

	table_init(&table, "FLIGHT", "BLESSING", "INTENDED", "BRANCH",
		   "CREATED", NULL);
	for (size_t i = 0; i < rows->count; i++) {
		const struct flight_row *row = &rows->v[i];
		char created[CLOCK_STAMP_SIZE];

		table_row(&table, row->flight, row->blessing, row->intended,
			  row->branch, clock_stamp(row->created, created));
	}
	table_print(&table, stdout);
}

static int list(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	struct flight_rows rows = { .v = NULL };

	(void)args;
	(void)count;
	if (limit < 0)
		return error_set(err, ERROR_USAGE, "option --limit cannot be "
				 "negative");
	if (blessing && name_check("blessing", blessing, err) < 0)
		return -1;
	if (flight_list(ctx->db, blessing, (size_t)limit, &rows, err) < 0)
		return -1;
	if (json)
		list_json(&rows);
	else
		list_table(&rows);
	flight_rows_release(&rows);
	return 0;
}

static const char *duration(const struct job_row *row,
			    char buf[DURATION_TEXT_SIZE])
{
	if (!row->started || !row->finished)
		return NULL;
	return duration_text(row->finished - row->started, buf);
}

static void show_json(const struct flight_row *row,
		      const struct retest_links *retests,
		      const struct job_rows *jobs)
{
	cJSON *object = flight_json(row);
	cJSON *again = cJSON_AddArrayToObject(object, "retests");
	cJSON *array = cJSON_AddArrayToObject(object, "jobs");

	json_add_text(object, "retest_of", retests->of);
	for (size_t i = 0; i < retests->flights.count; i++)
		cJSON_AddItemToArray(again, cJSON_CreateString(
					     retests->flights.v[i]));
	for (size_t i = 0; i < jobs->count; i++) {
		const struct job_row *job = &jobs->v[i];
		cJSON *item = cJSON_CreateObject();

		json_add_text(item, "job", job->job);
		json_add_text(item, "recipe", job->recipe);
		json_add_text(item, "status", job_status_name(job->status));
		json_add_text(item, "reason", job->reason);
		cJSON_AddNumberToObject(item, "run", job->run);
		json_add_time(item, "started", job->started);
		json_add_time(item, "finished", job->finished);
		cJSON_AddItemToArray(array, item);
	}
	json_print(object);
}

static void print_time(const char *what, int64_t utc_ms)
{
	char stamp[CLOCK_STAMP_SIZE];

	printf("%-10s %s\n", what, utc_ms ? clock_stamp(utc_ms, stamp) : "-");
}

static void show_text(const struct flight_row *row,
		      const struct retest_links *retests,
		      const struct job_rows *jobs)
{
	AUTO_TABLE table;

	printf("flight     %s\nblessing   %s\nintended   %s\nbranch     %s\n",
	       row->flight, row->blessing, row->intended, row->branch);
	print_time("created", row->created);
	print_time("started", row->started);
	print_time("finished", row->finished);
	printf("harness    %s\n", str_or(row->harness, "-"));
	if (retests->of)
		printf("retest of  %s\n", retests->of);
	for (size_t i = 0; i < retests->flights.count; i++)
		printf("retest     %s\n", retests->flights.v[i]);
	table_init(&table, "JOB", "RECIPE", "STATUS", "RUN", "TIME", "REASON",
		   NULL);
	for (size_t i = 0; i < jobs->count; i++) {
		const struct job_row *job = &jobs->v[i];
		char time[DURATION_TEXT_SIZE];
		AUTO_FREE char *run = xasprintf("%d", job->run);

		table_row(&table, job->job, job->recipe,
			  job_status_name(job->status), run,
			  duration(job, time), job->reason);
	}
	if (jobs->count)
		putchar('\n');
	table_print(&table, stdout);
}

static int show(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	struct retest_links retests = RETEST_LINKS_INIT;
	struct flight_row row;
	struct job_rows jobs = { .v = NULL };
	int rc;

	(void)count;
	if (flight_get(ctx->db, args[0], &row, err) < 0)
		return -1;
	rc = job_list(ctx->db, args[0], &jobs, err);
	if (rc == 0)
		rc = retest_links_get(ctx->db, args[0], &retests, err);
	if (rc == 0 && json)
		show_json(&row, &retests, &jobs);
	else if (rc == 0)
		show_text(&row, &retests, &jobs);
	retest_links_release(&retests);
	job_rows_release(&jobs);
	flight_row_release(&row);
	return rc;
}

static int delete(struct context *ctx, char *const *args, size_t count,
		  struct error *err)
{
	(void)count;
	return flight_delete(ctx->db, args[0], err);
}

static int bless(struct context *ctx, char *const *args, size_t count,
		 struct error *err)
{
	for (size_t i = 2; i < count; i++)
		if (name_check("blessing", args[i], err) < 0)
			return -1;
	return flight_bless(ctx->db, args[0], args[1], args + 2, err);
}

static int diff(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	(void)count;
	return flight_diff(ctx, args[0], args[1], json, err);
}

static int stop(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	AUTO_FREE char *flight = NULL, *job = NULL;
	AUTO_STRVEC told = STRVEC_INIT;
	struct flight_stop wish = { .why = why };
	int rc;

	if (jobspec_parse_any(ctx, args, count, &flight, &job, err) < 0)
		return -1;
	wish.flight = flight;
	wish.job = job;
	rc = flight_stop(ctx->config, ctx->db, &wish, &told, err);
	for (size_t i = 0; i < told.count && rc == 0; i++)
		puts(told.v[i]);
	return rc;
}

static const struct verb verbs[] = {
	{ "list", 0, 0, "", list },
	{ "show", 1, 1, "FLIGHT", show },
	{ "diff", 2, 2, "FLIGHT FLIGHT", diff },
	{ "stop", 1, 2, "FLIGHT[.JOB]", stop },
	{ "delete", 1, 1, "FLIGHT", delete },
	{ "bless", 3, -1, "FLIGHT NEW OLD...", bless },
	{ .name = NULL },
};

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	if (strcmp(ctx->called, "cs-flight-bless") != 0)
		return verb_run(ctx, "flight", verbs, args, err);
	if (args_check(args, ctx->called, 3, -1, err) < 0)
		return -1;
	return bless(ctx, args->v, args->count, err);
}

const struct command cmd_flight = {
	.name = "flight",
	.aliases = "cs-flight-bless",
	.summary = "List, show, compare, stop, delete and bless flights",
	.usage = "list [-b BLESSING] [-n COUNT] [--json]\n"
		 "show [--json] FLIGHT\n"
		 "diff [--json] FLIGHT FLIGHT\n"
		 "stop [--why TEXT] FLIGHT[.JOB]\n"
		 "delete FLIGHT\n"
		 "bless FLIGHT NEW OLD...",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
