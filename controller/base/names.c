/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "base/names.h"
#include "base/strbuf.h"

#define NAME_MAX_LENGTH 100

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";

bool name_ok(const char *name)
{
	size_t n = strnlen(name, NAME_MAX_LENGTH + 1);

	return n >= 1 && n <= NAME_MAX_LENGTH &&
	       isalnum((unsigned char)name[0]) && !name[strspn(name, letters)];
}

bool runvar_name_ok(const char *name)
{
	return name_ok(name);
}

int name_check(const char *what, const char *name, struct error *err)
{
	AUTO_STRBUF shown = STRBUF_INIT;

	if (name_ok(name))
		return 0;
	strbuf_add_printable(&shown, name);
	return error_set(err, ERROR_USAGE, "'%.60s%s' cannot be the name of "
			 "%s %s: 1 to %d of A-Z a-z 0-9 . _ + - are allowed, "
			 "a letter or digit first", shown.buf,
			 shown.len > 60 ? "..." : "",
			 strchr("aeiou", what[0]) ? "an" : "a", what, NAME_MAX_LENGTH);
}

/* Levenshtein distance over two rows; words are at most 64 long here. */
static unsigned distance(const char *a, const char *b)
{
	size_t n = strlen(b);
	unsigned row[65];

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		unsigned diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			unsigned best = diagonal +
				(tolower((unsigned char)a[i]) !=
				 tolower((unsigned char)b[j]));

			diagonal = row[j + 1];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (diagonal + 1 < best)
				best = diagonal + 1;
			row[j + 1] = best;
		}
	}
	return row[n];
}

const char *name_nearest(const char *word, const struct strvec *candidates)
{
	unsigned best = strlen(word) / 3 + 2;
	const char *found = NULL;

	if (strlen(word) > 64)
		return NULL;
	for (size_t i = 0; i < candidates->count; i++) {
		unsigned d;

		if (strlen(candidates->v[i]) > 64)
			continue;
		d = distance(word, candidates->v[i]);
		if (d < best) {
			best = d;
			found = candidates->v[i];
		}
	}
	return found;
}

char *name_hint(const char *word, const struct strvec *candidates)
{
	const char *near = name_nearest(word, candidates);

	return near ? xasprintf(" (did you mean '%s'?)", near) : xstrdup("");
}

char *name_variable(const char *prefix, const char *name)
{
	char *variable = xasprintf("%s%s", prefix, name);

	for (char *p = variable; *p; p++)
		*p = isalnum((unsigned char)*p) ?
			(char)toupper((unsigned char)*p) : '_';
	return variable;
}
