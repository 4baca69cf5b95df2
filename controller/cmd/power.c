/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ironbird power: what pdu/ does, by hand. It tells what was read back, never
 * what was asked for; the database is opened because each action is a row.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "cmd/command.h"
#include "cmd/json.h"
#include "cmd/power-list.h"
#include "host/host.h"
#include "pdu/map.h"
#include "pdu/operator.h"
#include "pdu/pdu.h"

static bool json, methods, map;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_FLAG('m', "methods", &methods,
		    "what a host's power-method can be"),
	OPTION_FLAG('M', "map", &map,
		    "prove that the outlet is the host's: off, on, off, on"),
	OPTION_END
};

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
		return error_set(err, ERROR_USAGE, "power HOST bootdev takes "
				 "pxe, disk or bios%s%.40s%s",
				 *word ? ", not '" : "", word,
				 *word ? "'" : "");
	if (*word)
		return error_set(err, ERROR_USAGE, "power %s takes no '%.40s'",
				 action, word);
	return 1;
}

/* The operator's answer to a question that another process has asked. */
static int answer(const struct host *host, struct error *err)
{
	enum power_state wanted;

	if (operator_done(host, &wanted, err) < 0)
		return -1;
	printf("host %s: whoever waits for its power to be %s goes on\n",
	       host->name, power_state_name(wanted));
	return 0;
}

static int unknown_action(const char *action, struct error *err)
{
	AUTO_STRVEC known = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	strvec_pushl(&known, "on", "off", "cycle", "reset", "status", "nmi",
		     "bootdev", "done", NULL);
	hint = name_hint(action, &known);
	return error_set(err, ERROR_USAGE, "power knows on, off, cycle, "
			 "reset, status, nmi, bootdev and done, not '%.40s'%s",
			 action, hint);
}

static int act(struct context *ctx, const struct host *host,
	       const char *action, const char *word, struct error *err)
{
	enum power_state state = POWER_UNKNOWN;
	int rc = act_special(ctx, host, action, word, err);

	if (rc < 1)
		return rc;
	if (strcmp(action, "done") == 0)
		return answer(host, err);
	if (strcmp(action, "on") == 0)
		rc = power_set_seen(ctx->db, host, POWER_ON, &state, err);
	else if (strcmp(action, "off") == 0)
		rc = power_set_seen(ctx->db, host, POWER_OFF, &state, err);
	else if (strcmp(action, "cycle") == 0)
		rc = power_cycle_seen(ctx->db, host, &state, err);
	else if (strcmp(action, "status") == 0)
		rc = power_status(host, &state, err);
	else
		return unknown_action(action, err);
	if (rc == 0)
		tell(host->name, action, state);
	return rc;
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

static int list(struct context *ctx, const struct strvec *args,
		struct error *err)
{
	const struct strvec hosts = { args->v + 1, args->count - 1 };

	return power_print_outlets(ctx, &hosts, json, err);
}

static int act_on_host(struct context *ctx, const struct strvec *args,
		       struct error *err)
{
	struct host *host;
	int rc;

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

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	const char *first = args->count ? args->v[0] : "";
	bool listed = strcmp(first, "list") == 0;
	bool actions = strcmp(first, "actions") == 0;

	if (args_check(args, "power", methods ? 0 : 1, methods ? 0 : map ? 1 :
		       listed ? args->count : actions ? 2 : 3, err) < 0)
		return -1;
	if (methods) {
		power_print_methods(json);
		return 0;
	}
	if (listed)
		return list(ctx, args, err);
	if (actions)
		return power_print_actions(ctx, args->v[1], json, err);
	return act_on_host(ctx, args, err);
}

const struct command cmd_power = {
	.name = "power",
	.summary = "Switch hosts on and off, or tell what was switched",
	.usage = "[--json] HOST [on|off|cycle|reset|status|nmi]\n"
		 "[--json] HOST bootdev pxe|disk|bios\n"
		 "--map [--json] HOST\n"
		 "HOST done\n"
		 "list [--json] [HOST...]\n"
		 "actions [--json] [HOST]\n"
		 "--methods [--json]",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
