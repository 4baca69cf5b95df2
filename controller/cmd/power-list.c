/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of ironbird power: modules, outlets with their last state and
 * wear, actions. An outlet belongs to its device: hosts that share one, or
 * reach it by another protocol, share its count.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/table.h"
#include "cmd/json.h"
#include "cmd/power-list.h"
#include "db/events.h"
#include "host/host.h"
#include "pdu/device.h"
#include "pdu/method.h"

#define LIST_ROWS 50
#define LINE 80
#define INDENT 8

/* Words from the column on, the lines that follow indented. */
static void print_words(const char *text, int column)
{
	AUTO_STRVEC words = STRVEC_INIT;

	strvec_split(&words, text, " ");
	for (size_t i = 0; i < words.count; i++) {
		int length = (int)strlen(words.v[i]);

		if (column + 1 + length > LINE) {
			printf("\n%*s", INDENT, "");
			column = INDENT;
		} else if (column > INDENT) {
			putchar(' ');
			column++;
		}
		fputs(words.v[i], stdout);
		column += length;
	}
	putchar('\n');
}

/* Two columns would be 240 wide: what is written, and below what it is. */
static void print_methods(void)
{
	for (size_t i = 0; pdu_modules[i]; i++) {
		const struct pdu_module *module = pdu_modules[i];

		fputs(module->name, stdout);
		print_words(module->usage, (int)strlen(module->name) + INDENT);
		printf("%*s", INDENT, "");
		print_words(module->summary, INDENT);
	}
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

void power_print_methods(bool json)
{
	if (json)
		json_methods();
	else
		print_methods();
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

/* "2026-03-01 12:00": what fits beside the rest. */
static const char *minute(int64_t when, char stamp[CLOCK_STAMP_SIZE])
{
	if (!when)
		return "never";
	clock_stamp(when, stamp);
	stamp[10] = ' ';
	stamp[16] = '\0';
	return stamp;
}

static void table_actions(const struct power_action_rows *rows)
{
	AUTO_TABLE table;

	table_init(&table, "STARTED (UTC)", "HOST", "ACTION", "WAS", "IS",
		   "RESULT", "TIME", "METHOD OR ERROR", NULL);
	for (size_t i = 0; i < rows->count; i++) {
		const struct power_action_row *row = &rows->v[i];
		AUTO_FREE char *text = xstrdup(row->error ? row->error :
							    row->method);
		char stamp[CLOCK_STAMP_SIZE], took[DURATION_TEXT_SIZE];

		if (row->attempts > 1) {
			free(text);
			text = xasprintf("%d tries: %s", row->attempts,
					 row->error ? row->error :
						      row->method);
		}
		table_row(&table, minute(row->started, stamp), row->host,
			  row->action, row->state_before, row->state_after,
			  row->result,
			  duration_text(row->finished - row->started, took),
			  text);
	}
	table_print(&table, stdout);
}

int power_print_actions(struct context *ctx, const char *host, bool json,
			struct error *err)
{
	struct power_action_rows rows = { 0 };

	if (host && host_check(ctx->db, ctx->config, host, err) < 0)
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

struct outlet {
	char *host, *device, *outlet, *method;
	char *problem;		/* why it has none of these */
	struct power_outlet is;
};

struct outlets {
	struct outlet *v;
	size_t count;
};

static void outlets_release(struct outlets *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->v[i].host);
		free(all->v[i].device);
		free(all->v[i].outlet);
		free(all->v[i].method);
		free(all->v[i].problem);
		free(all->v[i].is.state);
	}
	free(all->v);
}

static struct outlet *new_outlet(struct outlets *all, const char *host)
{
	struct outlet *one;

	all->v = xrealloc(all->v, all->count + 1, sizeof(*all->v));
	one = &all->v[all->count++];
	*one = (struct outlet){ .host = xstrdup(host) };
	return one;
}

static int add_port(struct context *ctx, const struct pdu_port *port,
		    struct outlets *all, struct error *err)
{
	struct outlet *one;

	/* done beside another method: no outlet */
	if (port->module->concerns)
		return 0;
	one = new_outlet(all, port->host->name);
	one->device = pdu_device_name(port);
	one->outlet = xstrdup(pdu_outlet_name(port));
	one->method = pdu_port_text(port);
	return power_outlet_get(ctx->db, one->device, pdu_outlet_name(port),
				&one->is, err);
}

static int add_ports(struct context *ctx, const struct host *host,
		     struct outlets *all, struct error *err)
{
	const char *method = host_prop(host, "power-method");
	struct pdu_ports ports = { 0 };
	struct error problem = ERROR_INIT;
	int rc = 0;

	if (!method || pdu_ports_parse(host, method, &ports, &problem) < 0) {
		new_outlet(all, host->name)->problem = xstrdup(method ?
			problem.text : "it has no property power-method");
		return 0;
	}
	for (size_t i = 0; i < ports.count && rc == 0; i++)
		rc = add_port(ctx, &ports.v[i], all, err);
	pdu_ports_release(&ports);
	return rc;
}

static int add_host(struct context *ctx, const char *name,
		    struct outlets *all, struct error *err)
{
	struct host *host;
	int rc;

	if (host_load(&host, ctx->db, ctx->config, name, err) < 0)
		return -1;
	rc = add_ports(ctx, host, all, err);
	host_free(host);
	return rc;
}

static void table_outlets(const struct outlets *all)
{
	AUTO_TABLE table;

	table_init(&table, "HOST", "OUTLET", "STATE", "SINCE (UTC)",
		   "SWITCHES", "DEVICE", NULL);
	for (size_t i = 0; i < all->count; i++) {
		const struct outlet *one = &all->v[i];
		AUTO_FREE char *count = xasprintf("%lld",
			(long long)one->is.switches);
		char stamp[CLOCK_STAMP_SIZE];

		if (one->problem)
			table_row(&table, one->host, NULL, NULL, NULL, NULL,
				  one->problem);
		else
			table_row(&table, one->host, one->outlet,
				  one->is.state, minute(one->is.when, stamp),
				  count, one->device);
	}
	table_print(&table, stdout);
}

static void json_outlets(const struct outlets *all)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < all->count; i++) {
		const struct outlet *one = &all->v[i];
		cJSON *json = cJSON_CreateObject();

		json_add_text(json, "host", one->host);
		json_add_text(json, "device", one->device);
		json_add_text(json, "outlet", one->outlet);
		json_add_text(json, "state", one->is.state);
		json_add_time(json, "when", one->is.when);
		cJSON_AddNumberToObject(json, "switches",
					(double)one->is.switches);
		json_add_text(json, "method", one->method);
		json_add_text(json, "problem", one->problem);
		cJSON_AddItemToArray(array, json);
	}
	json_print(array);
}

/* kodo2 before kodo10 */
static int by_number(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

int power_print_outlets(struct context *ctx, const struct strvec *hosts,
			bool json, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	struct outlets all = { NULL, 0 };
	int rc = 0;

	if (hosts->count)
		strvec_pushv(&names, hosts->v);
	else
		rc = host_names(ctx->db, ctx->config, &names, err);
	if (rc == 0 && names.count)
		qsort(names.v, names.count, sizeof(*names.v), by_number);
	for (size_t i = 0; i < names.count && rc == 0; i++)
		rc = add_host(ctx, names.v[i], &all, err);
	if (rc == 0 && json)
		json_outlets(&all);
	else if (rc == 0 && all.count)
		table_outlets(&all);
	else if (rc == 0)
		puts("there are no hosts yet");
	outlets_release(&all);
	return rc;
}
