/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "base/names.h"
#include "flight/condition.h"

enum operator { EQUAL, UNEQUAL, LEAST, MOST, MORE, LESS };

/* The longer ones first. */
static const struct {
	const char *text;
	enum operator op;
} operators[] = {
	{ ">=", LEAST }, { "<=", MOST }, { "!=", UNEQUAL },
	{ "=", EQUAL }, { ">", MORE }, { "<", LESS },
};

const char *fact_find(const struct strvec *facts, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = facts->count; i-- > 0;)
		if (strncmp(facts->v[i], name, n) == 0 &&
		    facts->v[i][n] == '=')
			return facts->v[i] + n + 1;
	return NULL;
}

static int unknown(const char *name, const struct strvec *facts,
		   struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	for (size_t i = 0; i < facts->count; i++) {
		AUTO_FREE char *known = xstrndup(facts->v[i],
						 strcspn(facts->v[i], "="));

		strvec_push(&names, known);
	}
	hint = name_hint(name, &names);
	return error_set(err, ERROR_USAGE, "nothing here is called "
			 "'%.60s'%s", name, hint);
}

/* Numbers before words: "4.17" < "4.18" < "unstable". */
static int compare_versions(const char *a, const char *b)
{
	bool number_a = isdigit((unsigned char)*a);
	bool number_b = isdigit((unsigned char)*b);

	if (number_a != number_b)
		return number_a ? -1 : 1;
	return number_a ? strverscmp(a, b) : 0;
}

static bool matches_any(const char *value, const char *patterns)
{
	AUTO_STRVEC list = STRVEC_INIT;

	strvec_split(&list, patterns, "|");
	for (size_t i = 0; i < list.count; i++)
		if (fnmatch(list.v[i], value, 0) == 0)
			return true;
	return *value == '\0' && !list.count;
}

static bool compare(const char *value, enum operator op, const char *wanted)
{
	switch (op) {
	case EQUAL: return matches_any(value, wanted);
	case UNEQUAL: return !matches_any(value, wanted);
	case LEAST: return compare_versions(value, wanted) >= 0;
	case MOST: return compare_versions(value, wanted) <= 0;
	case MORE: return compare_versions(value, wanted) > 0;
	case LESS: return compare_versions(value, wanted) < 0;
	}
	return false;
}

static int word_holds(const char *word, const struct strvec *facts,
		      struct error *err)
{
	size_t length = strcspn(word, "=!<>");
	AUTO_FREE char *name = xstrndup(word, length);
	const char *value = fact_find(facts, name);

	for (size_t i = 0; i < ARRAY_SIZE(operators) && length; i++) {
		if (!str_starts(word + length, operators[i].text))
			continue;
		if (!value)
			return unknown(name, facts, err);
		return compare(value, operators[i].op, word + length +
			       strlen(operators[i].text));
	}
	return error_set(err, ERROR_USAGE, "'%.60s' is no condition: "
			 "NAME=PATTERN, NAME>=VERSION", word);
}

int condition_holds(const char *text, const struct strvec *facts,
		    struct error *err)
{
	AUTO_STRVEC words = STRVEC_INIT;
	int all = 1;

	strvec_split(&words, text, " \t\n");
	for (size_t i = 0; i < words.count; i++) {
		int rc = word_holds(words.v[i], facts, err);

		if (rc < 0)
			return -1;
		all &= rc;
	}
	return all;
}

int fact_fill(struct strbuf *out, const char *text,
	      const struct strvec *facts, struct error *err)
{
	while (*text) {
		size_t plain = strcspn(text, "{");
		const char *end = strchr(text + plain, '}');
		AUTO_FREE char *name = NULL;
		const char *value;

		strbuf_add(out, text, plain);
		text += plain;
		if (!*text)
			break;
		if (!end)
			return error_set(err, ERROR_USAGE, "'%.60s' has no }",
					 text);
		name = xstrndup(text + 1, end - text - 1);
		value = fact_find(facts, name);
		if (!value)
			return unknown(name, facts, err);
		strbuf_addstr(out, value);
		text = end + 1;
	}
	return 0;
}
