/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/names.h"
#include "pdu/argument.h"

/* Those of every module: pdu.c's own. */
#define COMMON_KEYS " gap"

const char *pdu_arg(const struct pdu_port *port, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < port->args.count; i++)
		if (strncmp(port->args.v[i], key, len) == 0 &&
		    port->args.v[i][len] == '=')
			return port->args.v[i] + len + 1;
	return NULL;
}

const char *pdu_arg_or(const struct pdu_port *port, const char *key,
		       const char *fallback)
{
	const char *value = pdu_arg(port, key);

	return value ? value : fallback;
}

const char *pdu_word(const struct pdu_port *port)
{
	for (size_t i = 0; i < port->args.count; i++)
		if (!strchr(port->args.v[i], '='))
			return port->args.v[i];
	return NULL;
}

int pdu_secret(const struct pdu_port *port, const char *key,
	       struct strbuf *value, struct error *err)
{
	const char *word = pdu_arg(port, key);
	AUTO_STRBUF text = STRBUF_INIT;

	if (!word)
		return 0;
	if (*word != '@') {
		strbuf_addstr(value, word);
		return 0;
	}
	if (file_read(word + 1, PDU_SECRET_MAX, &text, err) < 0) {
		if (err)
			err->kind = ERROR_USAGE;
		return -1;
	}
	strbuf_add(value, text.buf, strcspn(text.buf, "\r\n"));
	return 0;
}

int pdu_number(const struct pdu_port *port, const char *key, long min,
	       long max, long fallback, long *value, struct error *err)
{
	const char *text = pdu_arg(port, key);
	char *end;

	*value = fallback;
	if (!text)
		return 0;
	*value = strtol(text, &end, 10);
	if (!*text || *end || *value < min || *value > max)
		return error_set(err, ERROR_USAGE, "%s=%.40s is no number "
				 "from %ld to %ld", key, text, min, max);
	return 0;
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

static int check_known(const char *word, const struct strvec *known,
		       struct error *err)
{
	AUTO_FREE char *key = xstrndup(word, strcspn(word, "="));
	AUTO_FREE char *hint = NULL, *all = NULL;

	if (!strchr(word, '=') || strvec_has(known, key))
		return 0;
	hint = name_hint(key, known);
	all = strvec_join(known, ", ");
	return error_set(err, ERROR_USAGE, "unknown argument '%.40s='%s; "
			 "there are: %s", key, hint, all);
}

int pdu_keys_check(const struct pdu_port *port, const char *keys,
		   struct error *err)
{
	AUTO_FREE char *all = xasprintf("%s" COMMON_KEYS, keys);
	AUTO_STRVEC words = STRVEC_INIT, known = STRVEC_INIT;

	strvec_split(&words, all, " ");
	for (size_t i = 0; i < words.count; i++) {
		bool needed = str_ends(words.v[i], "!");
		AUTO_FREE char *key = xstrndup(words.v[i],
			strlen(words.v[i]) - needed);

		strvec_push(&known, key);
		if (needed && !pdu_arg(port, key))
			return error_set(err, ERROR_USAGE, "the argument "
					 "'%s=' is missing", key);
	}
	for (size_t i = 0; i < port->args.count; i++)
		if (check_known(port->args.v[i], &known, err) < 0)
			return -1;
	return 0;
}
