/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/arguments.h"
#include "base/files.h"
#include "base/names.h"

#define SECRET_MAX 4096

static int take_word(const char **p, const char *stops, struct strbuf *word,
		     struct error *err)
{
	char quote = '\0';

	for (; **p; (*p)++) {
		if (!quote && (strchr(" \t\n", **p) || strchr(stops, **p)))
			break;
		if (quote ? **p == quote : **p == '\'' || **p == '"')
			quote = quote ? '\0' : **p;
		else
			strbuf_addch(word, **p);
	}
	if (quote)
		return error_set(err, ERROR_USAGE, "a quote is not closed");
	return 0;
}

int arguments_split(const char **p, const char *stops, struct strvec *words,
		    struct error *err)
{
	for (;;) {
		AUTO_STRBUF word = STRBUF_INIT;

		*p += strspn(*p, " \t\n");
		if (!**p || strchr(stops, **p))
			return 0;
		if (take_word(p, stops, &word, err) < 0)
			return -1;
		strvec_push(words, word.buf);
	}
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
			 "there are: %s", key, hint, *all ? all : "none");
}

int arguments_check(const struct strvec *words, const char *keys,
		    struct error *err)
{
	AUTO_STRVEC rows = STRVEC_INIT, known = STRVEC_INIT;

	strvec_split(&rows, keys, " ");
	for (size_t i = 0; i < rows.count; i++) {
		bool needed = str_ends(rows.v[i], "!");
		AUTO_FREE char *key = xstrndup(rows.v[i],
					       strlen(rows.v[i]) - needed);

		strvec_push(&known, key);
		if (needed && !argument_get(words, key))
			return error_set(err, ERROR_USAGE, "the argument "
					 "'%s=' is missing", key);
	}
	for (size_t i = 0; i < words->count; i++)
		if (check_known(words->v[i], &known, err) < 0)
			return -1;
	return 0;
}

const char *argument_get(const struct strvec *words, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < words->count; i++)
		if (strncmp(words->v[i], key, len) == 0 &&
		    words->v[i][len] == '=')
			return words->v[i] + len + 1;
	return NULL;
}

const char *argument_or(const struct strvec *words, const char *key,
			const char *fallback)
{
	return str_or(argument_get(words, key), fallback);
}

int argument_secret(const struct strvec *words, const char *key,
		    struct strbuf *value, struct error *err)
{
	const char *word = argument_get(words, key);
	AUTO_STRBUF text = STRBUF_INIT;

	if (!word)
		return 0;
	if (*word != '@') {
		strbuf_addstr(value, word);
		return 0;
	}
	if (file_read(word + 1, SECRET_MAX, &text, err) < 0)
		return -1;
	strbuf_add(value, text.buf, strcspn(text.buf, "\r\n"));
	explicit_bzero(text.buf, text.len);
	return 0;
}

int argument_number(const struct strvec *words, const char *key, long min,
		    long max, long fallback, long *value, struct error *err)
{
	const char *text = argument_get(words, key);
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
