/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/names.h"
#include "base/table.h"
#include "cmd/command.h"
#include "cmd/json.h"
#include "db/hosts.h"
#include "db/states.h"
#include "host/host.h"
#include "lab/hosts.h"
#include "lab/lab.h"
#include "lab/services.h"
#include "lab/snapshots.h"
#include "lab/supervisor.h"
#include "pdu/qemu.h"

static bool json, uefi, if_missing;
static int64_t memory, cpus, disk;
static const char *lab_name = LAB_DEFAULT_NAME;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json,
		    "print JSON (status, list, snapshots)"),
	OPTION_STRING('l', "lab", "NAME", &lab_name,
		      "the lab of add-host and remove-host"),
	OPTION_NUMBER('m', "memory", "MB", &memory,
		      "memory of a new host, 2048 unless given"),
	OPTION_NUMBER('c', "cpus", "COUNT", &cpus,
		      "processors of a new host, 1 unless given"),
	OPTION_NUMBER('d', "disk", "GB", &disk,
		      "disk of a new host, 12 unless given"),
	OPTION_FLAG('u', "uefi", &uefi, "a new host boots by UEFI"),
	OPTION_FLAG(0, "if-missing", &if_missing,
		    "add-host: one that the lab has already is fine"),
	OPTION_END
};

static const char *name_in(char *const *args, size_t count)
{
	return count ? args[0] : lab_name;
}

static int up(struct context *ctx, char *const *args, size_t count,
	      struct error *err)
{
	const char *name = name_in(args, count);

	if (lab_up(ctx->config, name, err) < 0)
		return -1;
	printf("lab %s is up\n", name);
	return 0;
}

static int down(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	const char *name = name_in(args, count);

	if (lab_down(ctx->config, ctx->db, name, err) < 0)
		return -1;
	printf("lab %s is down\n", name);
	return 0;
}

/* The lab NAME has the host, with its folder and its rows. */
static bool has_host(struct context *ctx, const char *name)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *lab = NULL;
	struct service_set set;
	bool has;

	if (lab_service_set(ctx->config, lab_name, &set, NULL) < 0)
		return false;
	lab_hosts_list(&set, &names);
	has = strvec_has(&names, name) &&
	      host_prop_get(ctx->db, name, "lab", &lab, NULL) == 0 &&
	      lab && strcmp(lab, set.dir) == 0;
	service_set_release(&set);
	return has;
}

static int add_host(struct context *ctx, char *const *args, size_t count,
		    struct error *err)
{
	const struct lab_host_spec spec = {
		.name = args[0], .memory_mb = (int)memory,
		.cpus = (int)cpus, .disk_gb = (int)disk, .uefi = uefi,
	};
	AUTO_FREE char *address = NULL, *ether = NULL;

	(void)count;
	if (memory < 0 || memory > 1 << 20 || cpus < 0 || cpus > 64 ||
	    disk < 0 || disk > 4096)
		return error_set(err, ERROR_USAGE, "host %s: --memory, --cpus "
				 "or --disk is out of range", args[0]);
	if (!(if_missing && has_host(ctx, args[0])) &&
	    lab_add_host(ctx->config, ctx->db, lab_name, &spec, err) < 0)
		return -1;
	if (host_prop_get(ctx->db, args[0], "ip-addr", &address, err) < 0 ||
	    host_prop_get(ctx->db, args[0], "ether", &ether, err) < 0)
		return -1;
	printf("host %s, %s, %s, is in lab %s\n", args[0], address, ether,
	       lab_name);
	return 0;
}

static int remove_host(struct context *ctx, char *const *args, size_t count,
		       struct error *err)
{
	(void)count;
	if (lab_remove_host(ctx->config, ctx->db, lab_name, args[0], err) < 0)
		return -1;
	printf("host %s is gone\n", args[0]);
	return 0;
}

static void add_child_json(cJSON *array, const struct child_row *row)
{
	cJSON *object = cJSON_CreateObject();

	json_add_text(object, "service", row->name);
	cJSON_AddNumberToObject(object, "pid", row->pid);
	json_add_time(object, "since", row->since);
	cJSON_AddNumberToObject(object, "starts", row->starts);
	cJSON_AddItemToArray(array, object);
}

static void add_host_json(struct context *ctx, const struct service_set *set,
			  const char *name, cJSON *array)
{
	AUTO_FREE char *dir = service_set_path(set, "hosts/%s", name);
	AUTO_FREE char *console = xasprintf("%s/console.log", dir);
	AUTO_FREE char *address = NULL;
	cJSON *object = cJSON_CreateObject();

	if (host_prop_get(ctx->db, name, "ip-addr", &address, NULL) < 0)
		address = NULL;
	json_add_text(object, "host", name);
	json_add_text(object, "address", address);
	json_add_text(object, "power", qemu_pid(dir) ? "on" : "off");
	cJSON_AddNumberToObject(object, "pid", qemu_pid(dir));
	json_add_text(object, "console", console);
	cJSON_AddItemToArray(array, object);
}

/* All that is known of one lab; the caller deletes it. */
static cJSON *lab_json(struct context *ctx, const char *name,
		       const struct service_set *set)
{
	cJSON *lab = cJSON_CreateObject(), *children, *hosts;
	bool is_up = lab_is_up(ctx->config, name);
	struct child_rows rows = { 0 };
	AUTO_STRVEC names = STRVEC_INIT;

	json_add_text(lab, "lab", name);
	cJSON_AddBoolToObject(lab, "up", is_up);
	json_add_text(lab, "folder", set->dir);
	json_add_text(lab, "namespace", set->netns);
	json_add_text(lab, "address", set->address);
	children = cJSON_AddArrayToObject(lab, "services");
	hosts = cJSON_AddArrayToObject(lab, "hosts");
	if (is_up && supervisor_children(set, &rows, NULL) == 0)
		for (size_t i = 0; i < rows.count; i++)
			add_child_json(children, &rows.v[i]);
	child_rows_release(&rows);
	lab_hosts_list(set, &names);
	for (size_t i = 0; i < names.count; i++)
		add_host_json(ctx, set, names.v[i], hosts);
	return lab;
}

static const char *text_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(
		cJSON_GetObjectItemCaseSensitive(object, name));
}

static void print_services(const cJSON *lab)
{
	AUTO_TABLE table;
	const cJSON *one;

	table_init(&table, "SERVICE", "PROCESS", "STARTS", "SINCE", NULL);
	cJSON_ArrayForEach(one, cJSON_GetObjectItem(lab, "services")) {
		AUTO_FREE char *pid = xasprintf("%d",
			cJSON_GetObjectItem(one, "pid")->valueint);
		AUTO_FREE char *starts = xasprintf("%d",
			cJSON_GetObjectItem(one, "starts")->valueint);

		table_row(&table, text_of(one, "service"), pid, starts,
			  text_of(one, "since"));
	}
	table_print(&table, stdout);
}

static void print_hosts(const cJSON *lab)
{
	AUTO_TABLE table;
	const cJSON *one;

	table_init(&table, "HOST", "ADDRESS", "POWER", "CONSOLE", NULL);
	cJSON_ArrayForEach(one, cJSON_GetObjectItem(lab, "hosts"))
		table_row(&table, text_of(one, "host"),
			  text_of(one, "address"), text_of(one, "power"),
			  text_of(one, "console"));
	table_print(&table, stdout);
}

static void list_labs(const struct config *config, struct strvec *names)
{
	AUTO_FREE char *path = config_state_path(config, "lab");
	AUTO_STRVEC got = STRVEC_INIT;

	if (dir_list(path, &got, NULL) < 0)
		return;
	for (size_t i = 0; i < got.count; i++)
		if (name_ok(got.v[i]))
			strvec_push(names, got.v[i]);
}

/* A lab that somebody names is there; the default one may be made later. */
static int check_known(struct context *ctx, const char *name,
		       struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *all = NULL, *hint = NULL;

	list_labs(ctx->config, &names);
	if (strvec_has(&names, name))
		return 0;
	all = strvec_join(&names, ", ");
	hint = name_hint(name, &names);
	return error_set(err, ERROR_USAGE, "there is no lab '%.100s'%s; %s%s",
			 name, hint, names.count ? "there are: " :
			 "none was made yet", all);
}

static int status(struct context *ctx, char *const *args, size_t count,
		  struct error *err)
{
	const char *name = name_in(args, count);
	struct service_set set;
	cJSON *lab;

	if (name_check("lab", name, err) < 0 ||
	    (count && check_known(ctx, name, err) < 0))
		return -1;
	if (lab_service_set(ctx->config, name, &set, err) < 0)
		return -1;
	lab = lab_json(ctx, name, &set);
	if (json) {
		json_print(lab);
	} else {
		printf("lab %s is %s (%s)\n", name,
		       lab_is_up(ctx->config, name) ? "up" : "down", set.dir);
		print_services(lab);
		print_hosts(lab);
		cJSON_Delete(lab);
	}
	service_set_release(&set);
	return 0;
}

static int list(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	cJSON *array = cJSON_CreateArray();
	AUTO_TABLE table;

	(void)args;
	(void)count;
	table_init(&table, "LAB", "STATE", "HOSTS", "FOLDER", NULL);
	list_labs(ctx->config, &names);
	for (size_t i = 0; i < names.count; i++) {
		AUTO_STRVEC hosts = STRVEC_INIT;
		AUTO_FREE char *number = NULL;
		struct service_set set;

		if (lab_service_set(ctx->config, names.v[i], &set, err) < 0)
			break;
		lab_hosts_list(&set, &hosts);
		number = xasprintf("%zu", hosts.count);
		table_row(&table, names.v[i],
			  lab_is_up(ctx->config, names.v[i]) ? "up" : "down",
			  number, set.dir);
		cJSON_AddItemToArray(array, lab_json(ctx, names.v[i], &set));
		service_set_release(&set);
	}
	if (json)
		json_print(cJSON_Duplicate(array, true));
	else
		table_print(&table, stdout);
	cJSON_Delete(array);
	return 0;
}

static int delete_snapshots(struct context *ctx, const struct preparations *all,
			    const char *name, struct error *err)
{
	int deleted = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct preparation *p = &all->v[i];
		struct host *host;
		int rc;

		if (!p->snapshot || (name && strcmp(p->snapshot, name) != 0))
			continue;
		if (host_load(&host, ctx->db, ctx->config, p->host, err) < 0)
			return -1;
		rc = snapshot_delete(ctx->db, host, p->snapshot, err);
		host_free(host);
		if (rc < 0)
			return -1;
		deleted++;
	}
	if (name && !deleted)
		return error_set(err, ERROR_USAGE, "there is no snapshot "
				 "'%s': 'ironbird lab snapshots' lists them",
				 name);
	printf("%d snapshot%s deleted\n", deleted, deleted == 1 ? "" : "s");
	return 0;
}

static void add_snapshot(const struct preparation *p, struct table *table,
			 cJSON *array)
{
	AUTO_FREE char *megabytes = xasprintf("%lld",
				(long long)p->snapshot_bytes >> 20);
	AUTO_FREE char *by = xasprintf("%s.%s", p->flight, p->job);
	char made[CLOCK_STAMP_SIZE], used[CLOCK_STAMP_SIZE];
	cJSON *object = cJSON_CreateObject();

	clock_stamp(p->made, made);
	table_row(table, p->host, p->snapshot, megabytes, by, made,
		  p->used ? clock_stamp(p->used, used) : "never");
	json_add_text(object, "host", p->host);
	json_add_text(object, "snapshot", p->snapshot);
	cJSON_AddNumberToObject(object, "bytes", (double)p->snapshot_bytes);
	json_add_text(object, "by", by);
	json_add_time(object, "made", p->made);
	json_add_time(object, "used", p->used);
	cJSON_AddItemToArray(array, object);
}

static void list_snapshots(const struct preparations *all)
{
	cJSON *array = cJSON_CreateArray();
	AUTO_TABLE table;

	table_init(&table, "HOST", "SNAPSHOT", "MB", "MADE BY", "AT",
		   "LAST USED", NULL);
	for (size_t i = 0; i < all->count; i++)
		if (all->v[i].snapshot)
			add_snapshot(&all->v[i], &table, array);
	if (json) {
		json_print(array);
		return;
	}
	table_print(&table, stdout);
	cJSON_Delete(array);
}

/* snapshots [HOST], snapshots delete HOST [NAME] */
static int snapshots(struct context *ctx, char *const *args, size_t count,
		     struct error *err)
{
	bool delete = count && strcmp(args[0], "delete") == 0;
	struct preparations all = { .v = NULL };
	const char *name = count > (size_t)delete ? args[delete] : NULL;
	struct host *host;
	int rc;

	if (count > (delete ? 3 : 1) || (delete && !name))
		return error_set(err, ERROR_USAGE, "usage: ironbird lab "
				 "snapshots [HOST], or snapshots delete HOST "
				 "[NAME]");
	if (name && host_load(&host, ctx->db, ctx->config, name, err) < 0)
		return -1;
	if (name)
		host_free(host);
	if (preparation_list(ctx->db, name, &all, err) < 0)
		return -1;
	rc = 0;
	if (delete)
		rc = delete_snapshots(ctx, &all, count > 2 ? args[2] : NULL,
				      err);
	else
		list_snapshots(&all);
	preparations_release(&all);
	return rc;
}

static const struct verb verbs[] = {
	{ "up", 0, 1, "[NAME]", up },
	{ "down", 0, 1, "[NAME]", down },
	{ "status", 0, 1, "[NAME]", status },
	{ "add-host", 1, 1, "HOST", add_host },
	{ "remove-host", 1, 1, "HOST", remove_host },
	{ "list", 0, 0, "", list },
	{ "snapshots", 0, 3, "[HOST | delete HOST [NAME]]", snapshots },
	{ .name = NULL }
};

/*
 * The supervisor is this program again. It is told all on its command line
 * and needs neither settings nor database, which may change under it.
 */
static int supervise(const struct strvec *args, struct error *err)
{
	struct service_set set;
	int rc;

	if (service_set_from_words(&set, args->v + 1, args->count - 1,
				   err) < 0)
		return -1;
	rc = supervisor_run(&set, err);
	service_set_release(&set);
	return rc;
}

static int open_context(struct context *ctx, struct error *err)
{
	AUTO_STRVEC warnings = STRVEC_INIT;

	if (config_load(&ctx->config, &warnings, err) < 0)
		return -1;
	for (size_t i = 0; i < warnings.count; i++)
		log_warn("%s", warnings.v[i]);
	return db_open(&ctx->db, config_get(ctx->config, "JobDB"), err);
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	if (args->count > 1 && strcmp(args->v[0], "supervise") == 0)
		return supervise(args, err);
	if (args->count && (strcmp(args->v[0], "up") == 0 ||
			    strcmp(args->v[0], "down") == 0) &&
	    services_check_root("a lab", err) < 0)
		return -1;
	if (open_context(ctx, err) < 0)
		return -1;
	return verb_run(ctx, "lab", verbs, args, err);
}

const struct command cmd_lab = {
	.name = "lab",
	.summary = "The embedded lab: virtual hosts, and what they boot from",
	.usage = "up|down [NAME]\n"
		 "status [--json] [NAME]\n"
		 "list [--json]\n"
		 "add-host [--lab NAME] [--if-missing] HOST\n"
		 "remove-host [--lab NAME] HOST\n"
		 "snapshots [--json] [HOST]\n"
		 "snapshots delete HOST [NAME]",
	.options = options,
	.run = run,
};
