/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arguments.h"
#include "base/clock.h"
#include "base/names.h"
#include "pdu/argument.h"
#include "pdu/method.h"

/* Those of every module: pdu.c's own. */
#define COMMON_KEYS " gap"

const char *pdu_arg(const struct pdu_port *port, const char *key)
{
	return argument_get(&port->args, key);
}

const char *pdu_arg_or(const struct pdu_port *port, const char *key,
		       const char *fallback)
{
	return argument_or(&port->args, key, fallback);
}

const char *pdu_word(const struct pdu_port *port)
{
	for (size_t i = 0; i < port->args.count; i++)
		if (!strchr(port->args.v[i], '='))
			return port->args.v[i];
	return NULL;
}

char *pdu_address(const struct pdu_port *port, int *number)
{
	const char *host = pdu_arg(port, "host");
	const char *colon = strrchr(host, ':');

	if (!colon)
		return xstrdup(host);
	*number = atoi(colon + 1);
	return xstrndup(host, colon - host);
}

int pdu_unknown(const char *what, const char *name,
		const struct strvec *names, const char *more,
		struct error *err)
{
	AUTO_FREE char *all = strvec_join(names, ", ");
	AUTO_FREE char *hint = name_hint(name, names);

	return error_set(err, ERROR_USAGE, "unknown %s '%.40s'%s; there are: "
			 "%s%s", what, name, hint, all, more);
}

int pdu_secret(const struct pdu_port *port, const char *key,
	       struct strbuf *value, struct error *err)
{
	if (argument_secret(&port->args, key, value, err) == 0)
		return 0;
	/* a file that is not there is the settings' fault, nobody else's */
	if (err)
		err->kind = ERROR_USAGE;
	return -1;
}

static void put_stars(char *text, const struct strbuf *value)
{
	while (value->len && (text = strstr(text, value->buf)))
		memset(text, '*', value->len);
}

void pdu_hide_secrets(const struct pdu_port *port,
		      void (*escape)(struct strbuf *out, const char *s),
		      char *text)
{
	for (size_t i = 0; i < port->args.count; i++) {
		const char *word = port->args.v[i];
		AUTO_FREE char *key = xstrndup(word, strcspn(word, "="));
		AUTO_STRBUF value = STRBUF_INIT, escaped = STRBUF_INIT;

		if (!pdu_word_is_secret(word) ||
		    pdu_secret(port, key, &value, NULL) < 0)
			continue;
		put_stars(text, &value);
		if (escape)
			escape(&escaped, value.buf);
		put_stars(text, &escaped);
		explicit_bzero(value.buf, value.len);
		explicit_bzero(escaped.buf, escaped.len);
	}
}

int pdu_number(const struct pdu_port *port, const char *key, long min,
	       long max, long fallback, long *value, struct error *err)
{
	return argument_number(&port->args, key, min, max, fallback, value,
			       err);
}

int pdu_state_before(struct pdu_port *port, enum power_state *now,
		     struct error *err)
{
	*now = port->before;
	return *now != POWER_UNKNOWN ? 0 : port->module->get(port, now, err);
}

int64_t pdu_left(const struct pdu_port *port)
{
	int64_t left = port->deadline - clock_mono_ms();

	return left > 0 ? left : 1;
}

int pdu_fail(struct pdu_port *port, enum power_failure failure,
	     struct error *err, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	port->failure = failure;
	return error_set(err, failure == POWER_FAILURE_CONFIGURATION ?
			 ERROR_USAGE : ERROR_BROKEN, "%s", text);
}

enum power_failure pdu_failure_class(struct pdu_port *port,
				     const struct error *err)
{
	if (port->failure == POWER_FAILURE_NONE)
		port->failure = err->kind == ERROR_USAGE ?
			POWER_FAILURE_CONFIGURATION : POWER_FAILURE_REFUSED;
	return port->failure;
}

int pdu_keys_check(const struct pdu_port *port, const char *keys,
		   struct error *err)
{
	AUTO_FREE char *all = xasprintf("%s" COMMON_KEYS, keys);

	return arguments_check(&port->args, all, err);
}
