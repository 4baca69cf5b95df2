/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/table.h"
#include "cmd/command.h"
#include "cmd/json.h"
#include "lab/lab.h"
#include "lab/service_set.h"
#include "lab/supervisor.h"

static bool json;
static const char *interface;

static const struct option_row options[] = {
	OPTION_STRING('i', "interface", "IFACE", &interface,
		      "network interface of the test hosts (setting "
		      "NetInterface)"),
	OPTION_FLAG('j', "json", &json, "print JSON (status)"),
	OPTION_END
};

/* Hosts are told NetAddress: it has to be where the services are. */
static void compare_address(const struct config *config,
			    const struct service_set *set)
{
	const char *address = config_get(config, "NetAddress");

	if (!address || !*address)
		log_warn("put 'NetAddress %s' into standalone.config: hosts "
			 "are told to fetch from there", set->address);
	else if (strcmp(address, set->address) != 0)
		log_warn("the setting NetAddress is %s, but %s has %s",
			 address, set->interface, set->address);
}

static int up(struct context *ctx, char *const *args, size_t count,
	      struct error *err)
{
	struct service_set set;

	(void)args;
	(void)count;
	if (!interface)
		interface = config_get(ctx->config, "NetInterface");
	if (!interface || !*interface)
		return error_set(err, ERROR_USAGE, "which interface? Name it "
				 "with --interface or the setting "
				 "NetInterface");
	if (services_up(ctx->config, interface, err) < 0 ||
	    service_set_interface(&set, ctx->config, interface, err) < 0)
		return -1;
	compare_address(ctx->config, &set);
	printf("DHCP, TFTP and the web server answer on %s (%s)\n",
	       set.address, interface);
	service_set_release(&set);
	return 0;
}

static int down(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	(void)args;
	(void)count;
	if (services_down(ctx->config, err) < 0)
		return -1;
	puts("services are down");
	return 0;
}

static void print_rows(const struct child_rows *rows, const char *used)
{
	AUTO_TABLE table;

	table_init(&table, "SERVICE", "PROCESS", "STARTS", NULL);
	for (size_t i = 0; i < rows->count; i++) {
		AUTO_FREE char *pid = xasprintf("%d", rows->v[i].pid);
		AUTO_FREE char *starts = xasprintf("%d", rows->v[i].starts);

		table_row(&table, rows->v[i].name, pid, starts);
	}
	if (used)
		printf("services are up on %s\n", used);
	else
		puts("services are down");
	table_print(&table, stdout);
}

static void print_json(const struct child_rows *rows, const char *used)
{
	cJSON *all = cJSON_CreateObject();
	cJSON *array;

	cJSON_AddBoolToObject(all, "up", used != NULL);
	json_add_text(all, "interface", used);
	array = cJSON_AddArrayToObject(all, "services");
	for (size_t i = 0; i < rows->count; i++) {
		cJSON *one = cJSON_CreateObject();

		json_add_text(one, "service", rows->v[i].name);
		cJSON_AddNumberToObject(one, "pid", rows->v[i].pid);
		json_add_time(one, "since", rows->v[i].since);
		cJSON_AddNumberToObject(one, "starts", rows->v[i].starts);
		cJSON_AddItemToArray(array, one);
	}
	json_print(all);
}

static int status(struct context *ctx, char *const *args, size_t count,
		  struct error *err)
{
	AUTO_FREE char *dir = config_state_path(ctx->config, "services");
	AUTO_FREE char *used = services_interface(ctx->config);
	const struct service_set set = { .dir = dir };
	struct child_rows rows = { 0 };
	bool is_up = supervisor_pid(&set) != 0;

	(void)args;
	(void)count;
	if (is_up && supervisor_children(&set, &rows, err) < 0)
		return -1;
	if (json)
		print_json(&rows, is_up ? used : NULL);
	else
		print_rows(&rows, is_up ? used : NULL);
	child_rows_release(&rows);
	return 0;
}

static const struct verb verbs[] = {
	{ "up", 0, 0, "[--interface IFACE]", up },
	{ "down", 0, 0, "", down },
	{ "status", 0, 0, "", status },
	{ .name = NULL }
};

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	return verb_run(ctx, "services", verbs, args, err);
}

const struct command cmd_services = {
	.name = "services",
	.summary = "DHCP, TFTP and web server for test hosts on a real "
		   "network",
	.usage = "up [--interface IFACE]\ndown\nstatus [--json]",
	.options = options,
	.needs = NEEDS_CONFIG,
	.run = run,
};
