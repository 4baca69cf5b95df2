/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A BMC by Redfish (DMTF DSP0266 and the schemas of DSP8010): the system's
 * power state, its reset in the types that it offers, and its next boot.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdu/argument.h"
#include "pdu/json_path.h"
#include "pdu/modules.h"
#include "pdu/web.h"

#define ROOT "/redfish/v1"
#define SESSIONS ROOT "/SessionService/Sessions"
#define SYSTEMS ROOT "/Systems"
#define SETTLE_LIMIT_MS 60000

struct redfish {
	struct web web;
	char *system;		/* path of the system */
	char *token;		/* header of the session, or NULL: basic */
	char *session;		/* path to be deleted at the end */
};

static int ask(struct redfish *r, const char *method, const char *path,
	       const char *content, struct http_answer *answer,
	       struct error *err)
{
	char *headers[] = {
		(char *)"Content-Type: application/json",
		(char *)"Accept: application/json", r->token, NULL
	};
	const struct web_request request = {
		.method = method, .path = path, .content = content,
		.headers = headers,
	};

	return web_ask(&r->web, &request, answer, err);
}

static int ask_json(struct redfish *r, const char *path, cJSON **json,
		    struct error *err)
{
	AUTO_HTTP_ANSWER answer = HTTP_ANSWER_INIT;

	if (ask(r, NULL, path, NULL, &answer, err) < 0)
		return -1;
	*json = cJSON_ParseWithLength(answer.body.buf, answer.body.len);
	if (!*json)
		return pdu_fail(r->web.port, POWER_FAILURE_REFUSED, err,
				"%s: %s is no JSON",
				pdu_arg(r->web.port, "host"), path);
	return 0;
}

static char *login_text(const char *user, const char *password)
{
	cJSON *json = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(json, "UserName", user);
	cJSON_AddStringToObject(json, "Password", password);
	text = cJSON_PrintUnformatted(json);
	cJSON_Delete(json);
	return text;
}

/* A BMC without sessions is asked with the password each time. */
static int log_in(struct redfish *r, struct error *err)
{
	struct pdu_port *port = r->web.port;
	AUTO_HTTP_ANSWER answer = HTTP_ANSWER_INIT;
	AUTO_STRBUF password = STRBUF_INIT;
	AUTO_FREE char *text = NULL;
	int rc;

	if (!pdu_arg(port, "password") ||
	    strcmp(pdu_arg_or(port, "auth", "session"), "basic") == 0) {
		r->web.login = true;
		return 0;
	}
	if (pdu_secret(port, "password", &password, err) < 0)
		return -1;
	text = login_text(pdu_arg_or(port, "user", "admin"), password.buf);
	rc = ask(r, "POST", SESSIONS, text, &answer, err);
	explicit_bzero(text, strlen(text));
	explicit_bzero(password.buf, password.len);
	if (rc < 0 && (answer.status == 404 || answer.status == 405)) {
		r->web.login = true;
		return 0;
	}
	if (rc < 0)
		return -1;
	if (answer.token)
		r->token = xasprintf("X-Auth-Token: %s", answer.token);
	r->web.login = !answer.token;
	if (answer.location)
		r->session = xstrdup(answer.location);
	return 0;
}

static int find_system(struct redfish *r, struct error *err)
{
	const char *name = pdu_arg(r->web.port, "system");
	cJSON *json = NULL;
	char *path = NULL;

	if (name) {
		r->system = xasprintf("%s/%s", SYSTEMS, name);
		return 0;
	}
	if (ask_json(r, SYSTEMS, &json, err) < 0)
		return -1;
	if (cJSON_GetArraySize(json_path(json, "Members")) == 1)
		path = json_text(cJSON_GetObjectItemCaseSensitive(
			json_path(json, "Members[0]"), "@odata.id"));
	cJSON_Delete(json);
	r->system = path;
	if (!path)
		return pdu_fail(r->web.port, POWER_FAILURE_CONFIGURATION, err,
				"%s has not one system but none or several: "
				"choose with system=NAME",
				pdu_arg(r->web.port, "host"));
	return 0;
}

static void redfish_close(struct pdu_port *port)
{
	struct redfish *r = port->state;
	AUTO_HTTP_ANSWER answer = HTTP_ANSWER_INIT;

	/* A session that stays ends by itself; BMCs have room for a few. */
	if (r->session &&
	    ask(r, "DELETE", r->session, NULL, &answer, NULL) < 0)
		port->failure = POWER_FAILURE_NONE;
	free(r->system);
	free(r->token);
	free(r->session);
	free(r);
}

static int redfish_open(struct pdu_port *port, struct error *err)
{
	struct redfish *r = xcalloc(1, sizeof(*r));
	enum power_failure failure;

	r->web = (struct web){ .port = port, .tls = true };
	port->state = r;
	if (log_in(r, err) == 0 && find_system(r, err) == 0)
		return 0;
	failure = port->failure;
	redfish_close(port);
	port->failure = failure;
	port->state = NULL;
	return -1;
}

static int redfish_get(struct pdu_port *port, enum power_state *state,
		       struct error *err)
{
	struct redfish *r = port->state;
	AUTO_FREE char *text = NULL;
	cJSON *json = NULL;

	if (ask_json(r, r->system, &json, err) < 0)
		return -1;
	text = json_text(json_path(json, "PowerState"));
	cJSON_Delete(json);
	if (!text)
		return pdu_fail(port, POWER_FAILURE_REFUSED, err, "%s has no "
				"PowerState", r->system);
	/* PoweringOn and PoweringOff are on their way */
	*state = strcmp(text, "On") == 0 ? POWER_ON :
		 strcmp(text, "Off") == 0 ? POWER_OFF : POWER_UNKNOWN;
	return 0;
}

/* Types the system says that it takes; or none said: all. */
static bool offers(const cJSON *types, const char *type)
{
	const cJSON *one;

	if (!cJSON_IsArray(types))
		return true;
	cJSON_ArrayForEach(one, types)
		if (cJSON_IsString(one) && strcmp(one->valuestring, type) == 0)
			return true;
	return false;
}

/* *info is kept alive for *types when they are in the action's own page. */
static int read_types(struct redfish *r, const cJSON *action, cJSON **info,
		      const cJSON **types, struct error *err)
{
	const cJSON *page = cJSON_GetObjectItemCaseSensitive(action,
		"@Redfish.ActionInfo");

	*types = cJSON_GetObjectItemCaseSensitive(action,
		"ResetType@Redfish.AllowableValues");
	if (*types || !cJSON_IsString(page))
		return 0;
	if (ask_json(r, page->valuestring, info, err) < 0)
		return -1;
	*types = json_path(*info, "Parameters[Name=ResetType].AllowableValues");
	return 0;
}

/* The first of choices (ended by NULL) that is offered. */
static int reset_by(struct redfish *r, const cJSON *action,
		    const cJSON *types, const char *const *choices,
		    struct error *err)
{
	AUTO_HTTP_ANSWER answer = HTTP_ANSWER_INIT;
	AUTO_FREE char *content = NULL, *target = NULL;

	target = json_text(cJSON_GetObjectItemCaseSensitive(action, "target"));
	if (!target)
		target = xasprintf("%s/Actions/ComputerSystem.Reset",
				   r->system);
	while (*choices && !offers(types, *choices))
		choices++;
	if (!*choices)
		return pdu_fail(r->web.port, POWER_FAILURE_REFUSED, err,
				"%s does not offer that reset type",
				r->system);
	content = xasprintf("{\"ResetType\":\"%s\"}", *choices);
	return ask(r, "POST", target, content, &answer, err);
}

static int reset(struct redfish *r, const char *const *choices,
		 struct error *err)
{
	cJSON *json = NULL, *info = NULL;
	const cJSON *action, *types = NULL;
	int rc = -1;

	if (ask_json(r, r->system, &json, err) < 0)
		return -1;
	action = cJSON_GetObjectItemCaseSensitive(
		json_path(json, "Actions"), "#ComputerSystem.Reset");
	if (read_types(r, action, &info, &types, err) == 0)
		rc = reset_by(r, action, types, choices, err);
	cJSON_Delete(info);
	cJSON_Delete(json);
	return rc;
}

/* Once, and read back: some firmware takes it and forgets. */
static int boot_once(struct redfish *r, const char *target, struct error *err)
{
	AUTO_FREE char *content = xasprintf("{\"Boot\":{"
		"\"BootSourceOverrideEnabled\":\"Once\","
		"\"BootSourceOverrideTarget\":\"%s\"}}", target);
	AUTO_HTTP_ANSWER answer = HTTP_ANSWER_INIT;
	AUTO_FREE char *now = NULL;
	cJSON *json = NULL;

	if (ask(r, "PATCH", r->system, content, &answer, err) < 0 ||
	    ask_json(r, r->system, &json, err) < 0)
		return -1;
	now = json_text(json_path(json, "Boot.BootSourceOverrideTarget"));
	cJSON_Delete(json);
	if (!now || strcmp(now, target) != 0)
		return pdu_fail(r->web.port, POWER_FAILURE_UNVERIFIED, err,
				"it took the boot override %s but reads %s",
				target, now ? now : "none");
	return 0;
}

static int redfish_set(struct pdu_port *port, enum power_state wanted,
		       struct error *err)
{
	static const char *const on[] = { "On", "ForceOn", NULL };
	static const char *const off[] = {
		"ForceOff", "PushPowerButton", NULL
	};
	struct redfish *r = port->state;
	enum power_state now;

	if (wanted == POWER_ON &&
	    strcmp(pdu_arg_or(port, "boot", ""), "pxe") == 0 &&
	    boot_once(r, "Pxe", err) < 0)
		return -1;
	/* Many answer an error to "on" when they are on. */
	if (pdu_state_before(port, &now, err) < 0)
		return -1;
	if (now == wanted)
		return 0;
	return reset(r, wanted == POWER_ON ? on : off, err);
}

static int redfish_special(struct pdu_port *port, enum power_special special,
			   struct error *err)
{
	static const char *const restart[] = { "ForceRestart", NULL };
	static const char *const nmi[] = { "Nmi", NULL };
	struct redfish *r = port->state;

	switch (special) {
	case POWER_RESET:
		return reset(r, restart, err);
	case POWER_NMI:
		return reset(r, nmi, err);
	case POWER_BOOT_PXE:
		return boot_once(r, "Pxe", err);
	case POWER_BOOT_DISK:
		return boot_once(r, "Hdd", err);
	case POWER_BOOT_SETUP:
		return boot_once(r, "BiosSetup", err);
	}
	return -1;
}

const struct pdu_module pdu_redfish = {
	.name = "redfish",
	.summary = "a BMC by Redfish: power, reset, NMI, next boot",
	.usage = "host=BMC user=NAME password=@FILE [system=NAME] [boot=pxe] "
		 "[auth=session|basic] [ca=FILE|fingerprint=KEY|insecure=yes]",
	.keys = WEB_KEYS " system boot auth",
	.open = redfish_open, .set = redfish_set, .get = redfish_get,
	.special = redfish_special, .close = redfish_close,
	.settle_ms = SETTLE_LIMIT_MS,
};
