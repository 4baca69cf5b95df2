/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "pdu/argument.h"
#include "pdu/command.h"
#include "pdu/method.h"
#include "pdu/osstest.h"

#define METHOD_MAX 4096

static bool has_name(const struct pdu_module *module, const char *name)
{
	AUTO_STRVEC aliases = STRVEC_INIT;

	if (module->aliases)
		strvec_split(&aliases, module->aliases, " ");
	return strcmp(module->name, name) == 0 || strvec_has(&aliases, name);
}

static int unknown_module(const struct host *host, const char *name,
			  struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;

	for (size_t i = 0; pdu_modules[i]; i++)
		strvec_push(&names, pdu_modules[i]->name);
	pdu_unknown("power module", name, &names, "", err);
	return error_prefix(err, "host %s", host->name);
}

/* How many words count against the module's limits. */
static int count_words(const struct pdu_module *module,
		       const struct strvec *args)
{
	int count = 0;

	for (size_t i = 0; i < args->count; i++)
		count += !module->keys || !strchr(args->v[i], '=');
	return count;
}

static int check_arguments(const struct host *host,
			   const struct pdu_port *port, struct error *err)
{
	const struct pdu_module *module = port->module;

	if ((module->keys && pdu_keys_check(port, module->keys, err) < 0) ||
	    (module->check && module->check(port, err) < 0))
		return error_prefix(err, "host %s: power module %s",
				    host->name, module->name);
	return 0;
}

static int check_port(const struct host *host, struct pdu_port *port,
		      const char *name, struct error *err)
{
	const struct pdu_module *module = NULL;
	int count;

	for (size_t i = 0; pdu_modules[i] && !module; i++)
		if (has_name(pdu_modules[i], name))
			module = pdu_modules[i];
	if (!module)
		return unknown_module(host, name, err);
	count = count_words(module, &port->args);
	if (count < module->min_args || count > module->max_args)
		return error_set(err, ERROR_USAGE, "host %s: power module %s "
				 "is used as '%s%s%s'", host->name,
				 module->name, module->name,
				 *module->usage ? " " : "", module->usage);
	port->module = module;
	return check_arguments(host, port, err);
}

/*
 * Appends the word at *p and moves behind it. False at a ';', a '|' that no
 * word goes before, at the end, or (with *bad set) when a quote is not closed.
 */
static bool take_word(const char **p, struct strbuf *word, bool *bad)
{
	char quote = '\0';

	*p += strspn(*p, " \t\n");
	if (!**p || **p == ';' || **p == '|')
		return false;
	for (; **p && (quote || !strchr(" \t\n;", **p)); (*p)++) {
		if (quote ? **p == quote : **p == '\'' || **p == '"')
			quote = quote ? '\0' : **p;
		else
			strbuf_addch(word, **p);
	}
	*bad = quote != '\0';
	return !*bad;
}

static int take_port(const struct host *host, const char **p,
		     struct pdu_ports *ports, struct error *err)
{
	AUTO_STRVEC words = STRVEC_INIT;
	struct pdu_port *port;
	bool bad = false, more = true;

	while (more) {
		AUTO_STRBUF word = STRBUF_INIT;

		more = take_word(p, &word, &bad);
		if (more)
			strvec_push(&words, word.buf);
	}
	if (bad)
		return error_set(err, ERROR_USAGE, "host %s: a quote in its "
				 "power-method is not closed", host->name);
	if (!words.count)
		return 0;
	if (osstest_method(&words, err) < 0)
		return error_prefix(err, "host %s", host->name);
	command_method(&words);
	ports->v = xrealloc(ports->v, ports->count + 1, sizeof(*ports->v));
	port = &ports->v[ports->count++];
	*port = (struct pdu_port){
		.host = host, .args = STRVEC_INIT, .device = -1,
	};
	strvec_pushv(&port->args, words.v + 1);
	return check_port(host, port, words.v[0], err);
}

int pdu_ports_parse(const struct host *host, const char *method,
		    struct pdu_ports *ports, struct error *err)
{
	const char *p = method;
	bool fallback = false;

	*ports = (struct pdu_ports){ 0 };
	if (strlen(method) > METHOD_MAX)
		return error_set(err, ERROR_USAGE, "host %s: its power-method "
				 "is longer than %d bytes", host->name,
				 METHOD_MAX);
	for (;;) {
		size_t before = ports->count;

		if (take_port(host, &p, ports, err) < 0) {
			pdu_ports_release(ports);
			return -1;
		}
		if (ports->count > before && before)
			ports->v[before].fallback = fallback;
		if (!*p)
			break;
		fallback = *p++ == '|';
	}
	if (!ports->count)
		return error_set(err, ERROR_USAGE, "host %s: its power-method "
				 "is empty", host->name);
	return 0;
}

void pdu_ports_release(struct pdu_ports *ports)
{
	for (size_t i = 0; i < ports->count; i++)
		strvec_release(&ports->v[i].args);
	free(ports->v);
	*ports = (struct pdu_ports){ 0 };
}

bool pdu_word_is_secret(const char *word)
{
	static const char *const words[] = {
		"pass", "secret", "community", "snmp_priv", "token",
	};
	AUTO_FREE char *key = xstrndup(word, strcspn(word, "="));

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasestr(key, words[i]))
			return true;
	return false;
}

char *pdu_port_text(const struct pdu_port *port)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, port->module->name);
	for (size_t i = 0; i < port->args.count; i++) {
		const char *word = port->args.v[i];
		const char *equals = strchr(word, '=');

		strbuf_addch(&text, ' ');
		if (equals && equals[1] != '@' && pdu_word_is_secret(word)) {
			strbuf_add(&text, word, equals + 1 - word);
			strbuf_addstr(&text, "***");
		} else {
			strbuf_add_quoted(&text, word);
		}
	}
	return strbuf_detach(&text);
}
