/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/arguments.h"
#include "cmd/shown-property.h"
#include "pdu/method.h"
#include "pdu/osstest.h"

#define SHOWN "***"

static void add_secrets(const struct strvec *words, struct strvec *secrets)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *equals = strchr(words->v[i], '=');

		if (equals && equals[1] && equals[1] != '@' &&
		    pdu_word_is_secret(words->v[i]))
			strvec_push(secrets, equals + 1);
	}
}

/* What is no list of words has none. */
static void find_secrets(const char *name, const char *value,
			 struct strvec *secrets)
{
	for (const char *p = value; *p; p += *p != '\0') {
		AUTO_STRVEC words = STRVEC_INIT;

		if (arguments_split(&p, ";|", &words, NULL) < 0)
			return;
		add_secrets(&words, secrets);
		/* words at a place get their key */
		if (strcmp(name, "power-method") == 0 &&
		    osstest_method(&words, NULL) == 0)
			add_secrets(&words, secrets);
	}
}

static char *without(const char *text, const char *secret)
{
	struct strbuf shown = STRBUF_INIT;
	const char *at;

	while ((at = strstr(text, secret))) {
		strbuf_add(&shown, text, (size_t)(at - text));
		strbuf_addstr(&shown, SHOWN);
		text = at + strlen(secret);
	}
	strbuf_addstr(&shown, text);
	return strbuf_detach(&shown);
}

char *shown_property(const struct host *host, const char *name)
{
	const char *value = host_prop(host, name);
	AUTO_STRVEC secrets = STRVEC_INIT;
	char *shown;

	if (!value)
		return NULL;
	if (pdu_word_is_secret(name))
		return xstrdup(SHOWN);
	find_secrets(name, value, &secrets);
	shown = xstrdup(value);
	for (size_t i = 0; i < secrets.count; i++) {
		AUTO_FREE char *more = shown;

		shown = without(more, secrets.v[i]);
	}
	return shown;
}
