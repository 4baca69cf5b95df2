/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Relays, plugs and PDUs that are switched by one HTTP request and read by
 * another. What differs between makers is a row of http_models.c: paths with
 * {fields} in them, how the login goes, where in the answer the state is.
 * "generic" is the same row given in the arguments, so that a box that nobody
 * has seen yet needs no release of ours.
 *
 * A secret goes into the request and never into a sentence: each path is
 * filled in twice, once to be sent and once to be shown; content is sent only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/strvec.h"
#include "pdu/argument.h"
#include "pdu/http_models.h"
#include "pdu/json_path.h"
#include "pdu/modules.h"
#include "pdu/web.h"

static const struct http_model *find_model(const char *name)
{
	for (size_t i = 0; http_models[i].name; i++)
		if (strcmp(http_models[i].name, name) == 0)
			return &http_models[i];
	return NULL;
}

static int unknown_model(const char *name, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;

	for (size_t i = 0; http_models[i].name; i++)
		strvec_push(&names, http_models[i].name);
	return pdu_unknown("model", name, &names, "; and 'generic' with on=, "
			   "off=, get=", err);
}

static enum http_auth generic_auth(const struct pdu_port *port)
{
	const char *name = pdu_arg_or(port, "auth", "any");

	return strcmp(name, "basic") == 0 ? HTTP_AUTH_BASIC :
	       strcmp(name, "digest") == 0 ? HTTP_AUTH_DIGEST :
					     HTTP_AUTH_ANY;
}

/* "generic": the row is in the arguments; {state} is a whole path. */
static int generic_model(const struct pdu_port *port, struct http_model *model,
			 struct error *err)
{
	*model = (struct http_model){
		.name = "generic", .auth = generic_auth(port),
		.method = pdu_arg(port, "method"), .set = "{state}",
		.content = pdu_arg(port, "content"),
		.on = pdu_arg(port, "on"), .off = pdu_arg(port, "off"),
		.get = pdu_arg(port, "get"),
		.value = pdu_arg_or(port, "value", "text"),
		.reads_on = pdu_arg_or(port, "reads-on", "on"),
		.reads_off = pdu_arg_or(port, "reads-off", "off"),
	};
	if (!model->on || !model->off || *model->on != '/' ||
	    *model->off != '/' || (model->get && *model->get != '/'))
		return error_set(err, ERROR_USAGE, "model generic needs "
				 "on=/PATH and off=/PATH, and get=/PATH to be "
				 "verified");
	return 0;
}

static int check_name(const char *key, const char *value, struct error *err)
{
	for (const char *p = value ? value : ""; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
			    "WXYZ0123456789-_.", *p))
			return error_set(err, ERROR_USAGE, "%s=%.40s is no "
					 "name or number", key, value);
	return 0;
}

static int choose_model(const struct pdu_port *port, struct http_model *model,
			struct error *err)
{
	const char *name = pdu_word(port);
	const struct http_model *found = find_model(name);

	if (check_name("outlet", pdu_arg(port, "outlet"), err) < 0 ||
	    check_name("device", pdu_arg(port, "device"), err) < 0)
		return -1;
	if (strcmp(name, "generic") == 0)
		return generic_model(port, model, err);
	if (!found)
		return unknown_model(name, err);
	*model = *found;
	if (strstr(model->set, "{device}") && !pdu_arg(port, "device"))
		return error_set(err, ERROR_USAGE, "model %s needs device=",
				 name);
	if (strstr(model->set, "{outlet") && !pdu_arg(port, "outlet"))
		return error_set(err, ERROR_USAGE, "model %s needs outlet=",
				 name);
	return 0;
}

static int check_arguments(const struct pdu_port *port, struct error *err)
{
	struct http_model model;

	return choose_model(port, &model, err);
}

/* hide: as sentences show it. */
static int add_secret(const struct pdu_port *port, bool hide,
		      struct strbuf *out, struct error *err)
{
	AUTO_STRBUF secret = STRBUF_INIT;

	if (hide) {
		strbuf_addstr(out, "***");
		return 0;
	}
	if (pdu_secret(port, "password", &secret, err) < 0)
		return -1;
	web_add_escaped(out, secret.buf);
	explicit_bzero(secret.buf, secret.len);
	return 0;
}

static int add_field(const struct pdu_port *port, const char *name, size_t len,
		     const char *state, bool hide, struct strbuf *out,
		     struct error *err)
{
	const char *outlet = pdu_arg_or(port, "outlet", "");

	if (strncmp(name, "password", len) == 0)
		return add_secret(port, hide, out, err);
	if (strncmp(name, "user", len) == 0)
		web_add_escaped(out, pdu_arg_or(port, "user", "admin"));
	else if (strncmp(name, "device", len) == 0)
		strbuf_addstr(out, pdu_arg_or(port, "device", ""));
	else if (strncmp(name, "state", len) == 0)
		strbuf_addstr(out, state);
	else if (strncmp(name, "outlet0", len) == 0 && len == 7)
		strbuf_addf(out, "%ld", strtol(outlet, NULL, 10) - 1);
	else
		strbuf_addstr(out, outlet);
	return 0;
}

static int fill_in(const struct pdu_port *port, const char *template,
		   const char *state, bool hide, struct strbuf *out,
		   struct error *err)
{
	static const char fields[] =
		"{outlet} {outlet0} {device} {state} {user} {password}";

	while (*template) {
		size_t len = strcspn(template, "}");
		AUTO_FREE char *field = xstrndup(template, len + 1);

		if (*template != '{' || template[len] != '}' ||
		    !strstr(fields, field)) {
			strbuf_addch(out, *template++);
			continue;
		}
		if (add_field(port, template + 1, len - 1, state, hide, out,
			      err) < 0)
			return -1;
		template += len + 1;
	}
	return 0;
}

/* What is sent, secrets and all. */
struct filled {
	struct strbuf path, content;
};

static void filled_release(struct filled *filled)
{
	explicit_bzero(filled->path.buf, filled->path.len);
	explicit_bzero(filled->content.buf, filled->content.len);
	strbuf_release(&filled->path);
	strbuf_release(&filled->content);
}

/* A login that the templates have is not sent in a header as well. */
static bool has_login(const char *path, const char *content)
{
	return strstr(path, "{password}") ||
	       (content && strstr(content, "{password}"));
}

static int ask(struct pdu_port *port, const struct http_model *model,
	       const char *path, const char *state, bool set,
	       struct http_answer *answer, struct error *err)
{
	struct filled sent = { STRBUF_INIT, STRBUF_INIT };
	AUTO_STRBUF shown = STRBUF_INIT;
	const char *content = set ? model->content : NULL;
	const struct web web = {
		.port = port, .login = !has_login(path, content),
		.auth = model->auth,
	};
	struct web_request request = {
		.method = set ? model->method : NULL,
		.headers = (char *const *)model->headers,
	};
	int rc = -1;

	if (fill_in(port, path, state, false, &sent.path, err) == 0 &&
	    fill_in(port, path, state, true, &shown, err) == 0 &&
	    (!content || fill_in(port, content, state, false, &sent.content,
				 err) == 0)) {
		request.path = sent.path.buf;
		request.shown = shown.buf;
		request.content = content ? sent.content.buf : NULL;
		rc = web_ask(&web, &request, answer, err);
	}
	filled_release(&sent);
	return rc;
}

static int http_open(struct pdu_port *port, struct error *err)
{
	struct http_model *model = xcalloc(1, sizeof(*model));

	if (choose_model(port, model, err) < 0) {
		free(model);
		return -1;
	}
	port->unreadable = !model->get;
	port->state = model;
	return 0;
}

static void http_close(struct pdu_port *port)
{
	free(port->state);
}

static int http_set(struct pdu_port *port, enum power_state wanted,
		    struct error *err)
{
	const struct http_model *model = port->state;
	const char *state = wanted == POWER_ON ? model->on : model->off;
	AUTO_HTTP_ANSWER answer = HTTP_ANSWER_INIT;
	bool whole = strcmp(model->set, "{state}") == 0;

	return ask(port, model, whole ? state : model->set, state, true,
		   &answer, err);
}

/* "word 2": the outlet's character in the second word. */
static char *character(const struct pdu_port *port, const char *body, long n)
{
	AUTO_STRVEC words = STRVEC_INIT;
	long place = strtol(pdu_arg_or(port, "outlet", "1"), NULL, 10);

	strvec_split(&words, body, " \t\r\n");
	if (n < 1 || (size_t)n > words.count || place < 1 ||
	    (size_t)place > strlen(words.v[n - 1]))
		return NULL;
	return xstrndup(words.v[n - 1] + place - 1, 1);
}

static char *find_value(const struct pdu_port *port,
			const struct http_model *model,
			const struct strbuf *body)
{
	AUTO_STRBUF path = STRBUF_INIT;
	cJSON *json;
	char *text;

	if (strcmp(model->value, "text") == 0)
		return xstrdup(strcasestr(body->buf, model->reads_on) ?
			       model->reads_on :
			       strcasestr(body->buf, model->reads_off) ?
			       model->reads_off : "");
	if (str_starts(model->value, "word "))
		return character(port, body->buf, atol(model->value + 5));
	if (fill_in(port, model->value, "", true, &path, NULL) < 0)
		return NULL;
	json = cJSON_ParseWithLength(body->buf, body->len);
	text = json_text(json_path(json, path.buf));
	cJSON_Delete(json);
	return text;
}

static int http_get_state(struct pdu_port *port, enum power_state *state,
			  struct error *err)
{
	const struct http_model *model = port->state;
	AUTO_HTTP_ANSWER answer = HTTP_ANSWER_INIT;
	AUTO_FREE char *value = NULL, *text = NULL;

	if (ask(port, model, model->get, "", false, &answer, err) < 0)
		return -1;
	value = find_value(port, model, &answer.body);
	*state = !value ? POWER_UNKNOWN :
		 strcasecmp(value, model->reads_on) == 0 ? POWER_ON :
		 strcasecmp(value, model->reads_off) == 0 ? POWER_OFF :
							    POWER_UNKNOWN;
	if (value)
		return 0;
	text = web_told(port, &answer);
	return pdu_fail(port, POWER_FAILURE_REFUSED, err, "%s tells no state "
			"of that outlet: %s", pdu_arg(port, "host"), text);
}

const struct pdu_module pdu_http = {
	.name = "http",
	.summary = "a relay or PDU by HTTP: tasmota, shelly, shelly1, netio, "
		   "dli, eth008, gude, esphome, pdudaemon, or generic",
	.usage = "MODEL host=ADDRESS[:PORT] outlet=N [user=NAME "
		 "password=@FILE] [ca=FILE|fingerprint=KEY|insecure=yes]",
	.min_args = 1, .max_args = 1,
	.keys = WEB_KEYS " outlet device on off get value method content "
		"reads-on reads-off auth",
	.check = check_arguments,
	.open = http_open, .set = http_set, .get = http_get_state,
	.close = http_close,
};
