/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/table.h"
#include "cmd/command.h"
#include "cmd/json.h"
#include "db/events.h"
#include "host/host.h"
#include "pdu/pdu.h"

#define LIST_ROWS 50

static bool json, methods;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_FLAG('m', "methods", &methods,
		    "what a host's power-method can be"),
	OPTION_END
};

static void print_methods(void)
{
	AUTO_TABLE table;

	table_init(&table, "method", "arguments", "what it does", NULL);
	for (size_t i = 0; pdu_modules[i]; i++)
		table_row(&table, pdu_modules[i]->name,
			  *pdu_modules[i]->usage ? pdu_modules[i]->usage :
			  NULL, pdu_modules[i]->summary);
	table_print(&table, stdout);
}

static void json_methods(void)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; pdu_modules[i]; i++) {
		cJSON *one = cJSON_CreateObject();

		json_add_text(one, "method", pdu_modules[i]->name);
		json_add_text(one, "arguments", pdu_modules[i]->usage);
		json_add_text(one, "summary", pdu_modules[i]->summary);
		cJSON_AddBoolToObject(one, "readable",
				      pdu_modules[i]->get != NULL);
		cJSON_AddItemToArray(array, one);
	}
	json_print(array);
}

static cJSON *row_json(const struct power_action_row *row)
{
	cJSON *one = cJSON_CreateObject();

	json_add_text(one, "host", row->host);
	json_add_text(one, "action", row->action);
	json_add_text(one, "method", row->method);
	json_add_text(one, "state_before", row->state_before);
	json_add_text(one, "state_after", row->state_after);
	json_add_text(one, "result", row->result);
	cJSON_AddNumberToObject(one, "attempts", row->attempts);
	json_add_text(one, "error", row->error);
	json_add_time(one, "started", row->started);
	json_add_time(one, "finished", row->finished);
	return one;
}

static void table_actions(const struct power_action_rows *rows)
{
	AUTO_TABLE table;

	table_init(&table, "started", "host", "action", "before", "after",
		   "result", "tries", "time", "method or error", NULL);
	for (size_t i = 0; i < rows->count; i++) {
		const struct power_action_row *row = &rows->v[i];
		AUTO_FREE char *attempts = xasprintf("%d", row->attempts);
		char stamp[CLOCK_STAMP_SIZE], took[DURATION_TEXT_SIZE];

		table_row(&table, clock_stamp(row->started, stamp), row->host,
			  row->action, row->state_before, row->state_after,
			  row->result, attempts,
			  duration_text(row->finished - row->started, took),
			  row->error ? row->error : row->method);
	}
	table_print(&table, stdout);
}

static int list(struct context *ctx, const char *host, struct error *err)
{
	struct power_action_rows rows = { 0 };

	if (power_action_list(ctx->db, host, LIST_ROWS, &rows, err) < 0)
		return -1;
	if (json) {
		cJSON *array = cJSON_CreateArray();

		for (size_t i = 0; i < rows.count; i++)
			cJSON_AddItemToArray(array, row_json(&rows.v[i]));
		json_print(array);
	} else if (rows.count) {
		table_actions(&rows);
	} else {
		puts("no power actions yet");
	}
	power_action_rows_release(&rows);
	return 0;
}

static void tell(const char *host, const char *action,
		 enum power_state state)
{
	bool asked = strcmp(action, "status") == 0;
	cJSON *one;

	if (json) {
		one = cJSON_CreateObject();
		json_add_text(one, "host", host);
		json_add_text(one, "action", action);
		json_add_text(one, "power", power_state_name(state));
		cJSON_AddBoolToObject(one, "verified",
				      state != POWER_UNKNOWN);
		json_print(one);
	} else if (state == POWER_UNKNOWN && !asked) {
		printf("host %s: power %s was asked for; nothing can tell "
		       "whether it is so\n", host, action);
	} else {
		printf("host %s: power %s\n", host, power_state_name(state));
	}
}

static int act(struct context *ctx, const struct host *host,
	       const char *action, struct error *err)
{
	enum power_state state = POWER_UNKNOWN;
	int rc;

	if (strcmp(action, "on") == 0)
		rc = power_set(ctx->db, host, POWER_ON, err);
	else if (strcmp(action, "off") == 0)
		rc = power_set(ctx->db, host, POWER_OFF, err);
	else if (strcmp(action, "cycle") == 0)
		rc = power_cycle(ctx->db, host, err);
	else if (strcmp(action, "status") == 0)
		rc = 0;
	else
		return error_set(err, ERROR_USAGE, "power knows on, off, cycle "
				 "and status, not '%.40s'", action);
	if (rc < 0 || power_status(host, &state, err) < 0)
		return -1;
	tell(host->name, action, state);
	return 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	struct host *host;
	int rc;

	if (methods) {
		if (json)
			json_methods();
		else
			print_methods();
		return 0;
	}
	if (args_check(args, "power", 1, 2, err) < 0)
		return -1;
	if (strcmp(args->v[0], "list") == 0)
		return list(ctx, args->count > 1 ? args->v[1] : NULL, err);
	if (host_load(&host, ctx->db, ctx->config, args->v[0], err) < 0)
		return -1;
	rc = act(ctx, host, args->count > 1 ? args->v[1] : "status", err);
	host_free(host);
	return rc;
}

const struct command cmd_power = {
	.name = "power",
	.summary = "Switches hosts on and off, and tells what was switched",
	.usage = "HOST [on|off|cycle|status]\nlist [HOST]\n--methods",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
