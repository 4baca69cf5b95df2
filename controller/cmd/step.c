/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps of a job: listed, or one shown with its evidence (step-show.c). */
#include <stdio.h>

#include "base/clock.h"
#include "base/table.h"
#include "cmd/jobspec.h"
#include "cmd/step-show.h"
#include "cmd/stepspec.h"

static bool json;
static int64_t run_number;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_NUMBER('r', "run", "RUN", &run_number,
		      "steps of this run of the job (default: the newest)"),
	OPTION_END
};

static void list_json(const struct step_rows *rows)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < rows->count; i++)
		cJSON_AddItemToArray(array, step_json(&rows->v[i]));
	json_print(array);
}

static void list_table(const struct step_rows *rows, bool with_job)
{
	AUTO_TABLE table;

	table_init(&table, "STEP", "TESTID", "STATUS", "TIME", "REASON", NULL);
	for (size_t i = 0; i < rows->count; i++) {
		const struct step_row *row = &rows->v[i];
		char time[DURATION_TEXT_SIZE];
		AUTO_FREE char *name = with_job ?
			xasprintf("%s.%d", row->job, row->stepno) :
			xasprintf("%d", row->stepno);

		table_row(&table, name, row->testid,
			  step_status_name(row->status),
			  step_duration(row, time), row->reason);
	}
	table_print(&table, stdout);
}

static int list(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	AUTO_FREE char *flight = NULL, *job = NULL;
	struct step_rows rows = { .v = NULL };
	int rc;

	if (jobspec_parse_any(ctx, args, count, &flight, &job, err) < 0)
		return -1;
	if (!job && run_number)
		return error_set(err, ERROR_USAGE, "--run needs a job, not "
				 "all of flight %s", flight);
	rc = job ? step_list(ctx->db, flight, job, (int)run_number, &rows, err)
		 : step_list_flight(ctx->db, flight, &rows, err);
	if (rc < 0)
		return -1;
	if (json)
		list_json(&rows);
	else
		list_table(&rows, !job);
	step_rows_release(&rows);
	return 0;
}

static int show(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	struct step_row row;
	int rc;

	if (stepspec_parse(ctx, args, count, (int)run_number, &row, err) < 0)
		return -1;
	rc = step_show(ctx->db, &row, json, err);
	step_row_release(&row);
	return rc;
}

static const struct verb verbs[] = {
	{ "list", 0, 2, "[FLIGHT[.JOB]]", list },
	{ "show", 1, 3, "[FLIGHT.]JOB.STEP", show },
	{ .name = NULL },
};

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	if (run_number < 0 || run_number > INT32_MAX)
		return error_set(err, ERROR_USAGE, "option --run takes the "
				 "number of a run");
	return verb_run(ctx, "step", verbs, args, err);
}

const struct command cmd_step = {
	.name = "step",
	.summary = "List the steps of a job, or show one with its evidence",
	.usage = "list [--run RUN] [--json] [FLIGHT[.JOB]]\n"
		 "show [--run RUN] [--json] [FLIGHT.]JOB.STEP|TESTID",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
