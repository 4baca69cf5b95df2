/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/table.h"
#include "cmd/command.h"
#include "cmd/json.h"
#include "db/events.h"
#include "host/host.h"
#include "pdu/device.h"
#include "pdu/map.h"
#include "pdu/method.h"
#include "pdu/pdu.h"

#define LIST_ROWS 50
#define WEAR_ROWS 100000

static bool json, methods, map;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_FLAG('m', "methods", &methods,
		    "what a host's power-method can be"),
	OPTION_FLAG('M', "map", &map,
		    "prove that the outlet is the host's: off, on, off, on"),
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

static int check_host(struct context *ctx, const char *name,
		      struct error *err)
{
	struct host *host;

	if (host_load(&host, ctx->db, ctx->config, name, err) < 0)
		return -1;
	host_free(host);
	return 0;
}

static int list(struct context *ctx, const char *host, struct error *err)
{
	struct power_action_rows rows = { 0 };

	if (host && check_host(ctx, host, err) < 0)
		return -1;
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

static int tell_special(const struct host *host, enum power_special special,
			int rc)
{
	cJSON *one;

	if (rc < 0)
		return -1;
	if (!json) {
		printf("host %s: %s was done\n", host->name,
		       power_special_name(special));
		return 0;
	}
	one = cJSON_CreateObject();
	json_add_text(one, "host", host->name);
	json_add_text(one, "action", power_special_name(special));
	json_print(one);
	return 0;
}

/* 1: it is none of these. */
static int act_special(struct context *ctx, const struct host *host,
		       const char *action, const char *word,
		       struct error *err)
{
	static const struct {
		const char *action, *word;
		enum power_special special;
	} specials[] = {
		{ "reset", "", POWER_RESET },
		{ "nmi", "", POWER_NMI },
		{ "bootdev", "pxe", POWER_BOOT_PXE },
		{ "bootdev", "disk", POWER_BOOT_DISK },
		{ "bootdev", "bios", POWER_BOOT_SETUP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(specials); i++)
		if (strcmp(action, specials[i].action) == 0 &&
		    strcmp(word, specials[i].word) == 0)
			return tell_special(host, specials[i].special,
					    power_do(ctx->db, host,
						     specials[i].special,
						     err));
	if (strcmp(action, "bootdev") == 0)
		return error_set(err, ERROR_USAGE, "bootdev knows pxe, disk "
				 "and bios, not '%.40s'", word);
	if (*word)
		return error_set(err, ERROR_USAGE, "power %s takes no '%.40s'",
				 action, word);
	return 1;
}

static int act(struct context *ctx, const struct host *host,
	       const char *action, const char *word, struct error *err)
{
	enum power_state state = POWER_UNKNOWN;
	int rc = act_special(ctx, host, action, word, err);

	if (rc < 1)
		return rc;
	if (strcmp(action, "on") == 0)
		rc = power_set(ctx->db, host, POWER_ON, err);
	else if (strcmp(action, "off") == 0)
		rc = power_set(ctx->db, host, POWER_OFF, err);
	else if (strcmp(action, "cycle") == 0)
		rc = power_cycle(ctx->db, host, err);
	else if (strcmp(action, "status") == 0)
		rc = 0;
	else
		return error_set(err, ERROR_USAGE, "power knows on, off, "
				 "cycle, reset, status, nmi and bootdev, not "
				 "'%.40s'", action);
	if (rc < 0 || power_status(host, &state, err) < 0)
		return -1;
	tell(host->name, action, state);
	return 0;
}

static int prove(struct context *ctx, const struct host *host,
		 struct error *err)
{
	struct power_proof proof;
	char took[DURATION_TEXT_SIZE];
	cJSON *one;

	if (power_map(ctx->db, host, &proof, err) < 0)
		return -1;
	if (json) {
		one = cJSON_CreateObject();
		json_add_text(one, "host", host->name);
		json_add_text(one, "sign", proof.sign);
		cJSON_AddNumberToObject(one, "first_sign_ms", proof.first_ms);
		json_print(one);
	} else {
		printf("host %s: its power-method is its own: %s %s after "
		       "power on, silent after power off, and again after "
		       "power on\n", host->name, proof.sign,
		       duration_text(proof.first_ms, took));
	}
	return 0;
}

struct device {
	char *host, *text, *name;
	char *state;
	int64_t when;
	int switches;
};

/* A method's rows: how often it switched, what it read last and when. */
static void count_wear(const struct power_action_rows *rows,
		       struct device *device)
{
	for (size_t i = rows->count; i-- > 0;) {
		const struct power_action_row *row = &rows->v[i];

		if (strcmp(row->method, device->text) != 0 ||
		    (strcmp(row->action, "on") != 0 &&
		     strcmp(row->action, "off") != 0))
			continue;
		device->when = row->finished;
		free(device->state);
		device->state = xstrdup(row->state_after);
		device->switches += strcmp(row->state_before,
					   row->state_after) != 0 ||
				    strcmp(row->state_after, "unknown") == 0;
	}
}

static void device_release(struct device *device)
{
	free(device->host);
	free(device->text);
	free(device->name);
	free(device->state);
}

static void add_device(struct table *table, cJSON *array,
		       const struct device *device)
{
	AUTO_FREE char *count = xasprintf("%d", device->switches);
	char stamp[CLOCK_STAMP_SIZE] = "never";
	cJSON *one;

	if (!array) {
		if (device->when)
			clock_stamp(device->when, stamp);
		table_row(table, device->name, device->host, device->state,
			  stamp, count, device->text);
		return;
	}
	one = cJSON_CreateObject();
	json_add_text(one, "device", device->name);
	json_add_text(one, "host", device->host);
	json_add_text(one, "state", device->state);
	json_add_time(one, "when", device->when);
	cJSON_AddNumberToObject(one, "switches", device->switches);
	json_add_text(one, "method", device->text);
	cJSON_AddItemToArray(array, one);
}

static int devices_of(struct context *ctx, const char *name,
		      struct table *table, cJSON *array, struct error *err)
{
	struct power_action_rows rows = { 0 };
	struct pdu_ports ports = { 0 };
	struct host *host;
	const char *method;

	if (host_load(&host, ctx->db, ctx->config, name, err) < 0)
		return -1;
	method = host_prop(host, "power-method");
	/* what is wrong with a method is said when it is used */
	if (!method || pdu_ports_parse(host, method, &ports, NULL) < 0 ||
	    power_action_list(ctx->db, name, WEAR_ROWS, &rows, err) < 0) {
		host_free(host);
		return 0;
	}
	for (size_t i = 0; i < ports.count; i++) {
		struct device device = {
			.host = xstrdup(name),
			.text = pdu_port_text(&ports.v[i]),
			.name = pdu_device_name(&ports.v[i]),
			.state = xstrdup("unknown"),
		};

		count_wear(&rows, &device);
		add_device(table, array, &device);
		device_release(&device);
	}
	power_action_rows_release(&rows);
	pdu_ports_release(&ports);
	host_free(host);
	return 0;
}

static int devices(struct context *ctx, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_TABLE table;
	cJSON *array = json ? cJSON_CreateArray() : NULL;

	table_init(&table, "device", "host", "state", "since", "switches",
		   "method", NULL);
	if (host_names(ctx->db, ctx->config, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (devices_of(ctx, names.v[i], &table, array, err) < 0)
			return -1;
	if (json)
		json_print(array);
	else
		table_print(&table, stdout);
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
	if (args_check(args, "power", 1, 3, err) < 0)
		return -1;
	if (strcmp(args->v[0], "devices") == 0)
		return devices(ctx, err);
	if (strcmp(args->v[0], "list") == 0)
		return list(ctx, args->count > 1 ? args->v[1] : NULL, err);
	if (host_load(&host, ctx->db, ctx->config, args->v[0], err) < 0)
		return -1;
	if (map)
		rc = prove(ctx, host, err);
	else
		rc = act(ctx, host, args->count > 1 ? args->v[1] : "status",
			 args->count > 2 ? args->v[2] : "", err);
	host_free(host);
	return rc;
}

const struct command cmd_power = {
	.name = "power",
	.summary = "Switch hosts on and off, or tell what was switched",
	.usage = "[--json] HOST [on|off|cycle|reset|status|nmi]\n"
		 "[--json] HOST bootdev pxe|disk|bios\n"
		 "--map [--json] HOST\n"
		 "devices [--json]\n"
		 "list [--json] [HOST]\n"
		 "--methods [--json]",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
