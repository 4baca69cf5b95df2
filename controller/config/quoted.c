/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "config/quoted.h"

/* Inside '...': \' and \\ only. Returns what is behind the quote, or NULL. */
static const char *perl_single(const char *s, struct strbuf *value)
{
	for (; *s && *s != '\''; s++) {
		if (*s == '\\' && (s[1] == '\'' || s[1] == '\\'))
			s++;
		strbuf_addch(value, *s);
	}
	return *s ? s + 1 : NULL;
}

/* Inside "...": no variables, and the few escapes that people write. */
static const char *perl_double(const char *s, struct strbuf *value)
{
	for (; *s && *s != '"'; s++) {
		if (*s == '$' || *s == '@')
			return NULL;
		if (*s != '\\') {
			strbuf_addch(value, *s);
			continue;
		}
		s++;
		if (*s == 'n')
			strbuf_addch(value, '\n');
		else if (*s == 't')
			strbuf_addch(value, '\t');
		else if (*s && strchr("\\\"$@", *s))
			strbuf_addch(value, *s);
		else
			return NULL;
	}
	return *s ? s + 1 : NULL;
}

static const char *perl_number(const char *s, struct strbuf *value)
{
	size_t sign = *s == '-';
	size_t n = sign + strspn(s + sign, "0123456789");

	if (n == sign)
		return NULL;
	if (s[n] == '.' && strspn(s + n + 1, "0123456789"))
		n += 1 + strspn(s + n + 1, "0123456789");
	strbuf_add(value, s, n);
	return s + n;
}

int quoted_perl(const char *text, struct strbuf *value, struct error *err)
{
	const char *rest;

	if (*text == '\'')
		rest = perl_single(text + 1, value);
	else if (*text == '"')
		rest = perl_double(text + 1, value);
	else
		rest = perl_number(text, value);
	if (rest) {
		rest += strspn(rest, " \t");
		rest += *rest == ';';
		rest += strspn(rest, " \t");
		if (!*rest || *rest == '#')
			return 0;
	}
	return error_set(err, ERROR_USAGE, "Perl expressions are not run, "
			 "only a quoted text or a number may stand behind '='");
}

/* Inside "...": the shell's four escapes. */
static const char *shell_double(const char *s, struct strbuf *value)
{
	for (; *s && *s != '"'; s++) {
		if (*s == '$' || *s == '`')
			return NULL;
		if (*s == '\\' && s[1] && strchr("\\\"$`", s[1]))
			s++;
		strbuf_addch(value, *s);
	}
	return *s ? s + 1 : NULL;
}

static const char *shell_single(const char *s, struct strbuf *value)
{
	size_t n = strcspn(s, "'");

	strbuf_add(value, s, n);
	return s[n] ? s + n + 1 : NULL;
}

int quoted_shell(const char *text, struct strbuf *value, struct error *err)
{
	const char *s = text;

	while (s && *s) {
		size_t blank = strspn(s, " \t");

		if (blank && (!s[blank] || s[blank] == '#'))
			return 0;
		if (*s == '\'')
			s = shell_single(s + 1, value);
		else if (*s == '"')
			s = shell_double(s + 1, value);
		else if (strchr(" \t$`;&|<>()", *s))
			s = NULL;
		else {
			s += *s == '\\' && s[1];
			strbuf_addch(value, *s++);
		}
	}
	if (s)
		return 0;
	return error_set(err, ERROR_USAGE, "the shell is not run, only one "
			 "word, quoted or not, may stand behind '='");
}
