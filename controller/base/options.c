/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/options.h"
#include "base/strbuf.h"
#include "base/wrap.h"

#define LEFT_WIDTH 26	/* of options and their arguments in a help */

static int set_number(const struct option_row *row, const char *text,
		      struct error *err)
{
	char *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || end == text || *end)
		return error_set(err, ERROR_USAGE, "option --%s takes a whole "
				 "number, not '%.40s'", row->name, text);
	*(int64_t *)row->value = value;
	return 0;
}

static int set_value(const struct option_row *row, const char *text,
		     struct error *err)
{
	switch (row->type) {
	case OPTION_TYPE_STRING:
		*(const char **)row->value = text;
		return 0;
	case OPTION_TYPE_LIST:
		strvec_push(row->value, text);
		return 0;
	case OPTION_TYPE_NUMBER:
		return set_number(row, text, err);
	case OPTION_TYPE_DURATION:
		if (duration_parse(text, row->value, err) < 0)
			return error_prefix(err, "option --%s", row->name);
		return 0;
	case OPTION_TYPE_FLAG:
	case OPTION_TYPE_FAMILY:
	case OPTION_TYPE_END:
		break;
	}
	return 0;
}

static const struct option_row *by_letter(const struct option_row *rows,
					  char letter)
{
	for (; rows->type != OPTION_TYPE_END; rows++)
		if (rows->letter == letter)
			return rows;
	return NULL;
}

static const struct option_row *by_name(const struct option_row *rows,
					const char *name, size_t len)
{
	for (; rows->type != OPTION_TYPE_END; rows++)
		if (rows->type != OPTION_TYPE_FAMILY &&
		    strlen(rows->name) == len &&
		    memcmp(rows->name, name, len) == 0)
			return rows;
	return NULL;
}

/* The row whose name the option begins with, "that-" for "--that-xen". */
static const struct option_row *by_family(const struct option_row *rows,
					  const char *name, size_t len)
{
	for (; rows->type != OPTION_TYPE_END; rows++)
		if (rows->type == OPTION_TYPE_FAMILY &&
		    strlen(rows->name) < len && str_starts(name, rows->name))
			return rows;
	return NULL;
}

static int unknown(const struct option_row *rows, const char *word,
		   struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	for (; rows->type != OPTION_TYPE_END; rows++)
		strvec_pushf(&names, "--%s", rows->name);
	strvec_push(&names, "--help");
	hint = name_hint(word, &names);
	return error_set(err, ERROR_USAGE, "unknown option '%.60s'%s", word,
			 hint);
}

struct cursor {
	char *const *argv;
	int argc;
	int at;
};

static int take_value(struct cursor *c, const struct option_row *row,
		      const char *attached, struct error *err)
{
	if (attached)
		return set_value(row, attached, err);
	if (c->at + 1 >= c->argc)
		return error_set(err, ERROR_USAGE, "option --%s needs a value "
				 "(%s)", row->name, row->argument);
	return set_value(row, c->argv[++c->at], err);
}

static int take_family(struct cursor *c, const struct option_row *row,
		       const char *name, size_t len, const char *equals,
		       struct error *err)
{
	size_t start = strlen(row->name);
	AUTO_FREE char *word = xstrndup(name + start, len - start);

	if (!equals && c->at + 1 >= c->argc)
		return error_set(err, ERROR_USAGE, "option --%s%s needs a "
				 "value", row->name, row->argument);
	strvec_pushl(row->value, word, equals ? equals + 1 :
		     c->argv[++c->at], NULL);
	return 0;
}

static int parse_long(const struct option_row *rows, struct cursor *c,
		      struct error *err)
{
	const char *word = c->argv[c->at];
	const char *name = word + 2;
	const char *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct option_row *row = by_name(rows, name, len);

	if (!row && strcmp(name, "help") == 0)
		return OPTIONS_HELP;
	if (!row)
		row = by_family(rows, name, len);
	if (!row) {
		AUTO_FREE char *option = xstrndup(word, len + 2);

		return unknown(rows, option, err);
	}
	if (row->type == OPTION_TYPE_FAMILY)
		return take_family(c, row, name, len, equals, err);
	if (row->type != OPTION_TYPE_FLAG)
		return take_value(c, row, equals ? equals + 1 : NULL, err);
	if (equals)
		return error_set(err, ERROR_USAGE, "option --%s takes no value",
				 row->name);
	*(bool *)row->value = true;
	return 0;
}

static int parse_letters(const struct option_row *rows, struct cursor *c,
			 struct error *err)
{
	const char *word = c->argv[c->at];

	for (const char *p = word + 1; *p; p++) {
		const struct option_row *row = by_letter(rows, *p);

		if (!row && *p == 'h')
			return OPTIONS_HELP;
		if (!row)
			return unknown(rows, word, err);
		if (row->type != OPTION_TYPE_FLAG)
			return take_value(c, row, p[1] ? p + 1 : NULL, err);
		*(bool *)row->value = true;
	}
	return 0;
}

int options_parse(const struct option_row *rows, int argc, char *const argv[],
		  struct strvec *args, struct error *err)
{
	struct cursor c = { .argv = argv, .argc = argc };

	for (c.at = 1; c.at < argc; c.at++) {
		const char *word = argv[c.at];
		int rc;

		if (strcmp(word, "--") == 0) {
			while (++c.at < argc)
				strvec_push(args, argv[c.at]);
			break;
		}
		if (word[0] != '-' || !word[1]) {
			strvec_push(args, word);
			continue;
		}
		rc = word[1] == '-' ? parse_long(rows, &c, err)
				    : parse_letters(rows, &c, err);
		if (rc)
			return rc;
	}
	return OPTIONS_OK;
}

static void print_row(const struct option_row *row, FILE *out)
{
	AUTO_STRBUF left = STRBUF_INIT;
	AUTO_FREE char *label = NULL;

	if (row->letter)
		strbuf_addf(&left, "-%c, ", row->letter);
	else
		strbuf_addstr(&left, "    ");
	strbuf_addf(&left, "--%s", row->name);
	if (row->argument)
		strbuf_addf(&left, "%s%s", row->type == OPTION_TYPE_FAMILY ?
			    "" : " ", row->argument);
	if (left.len > LEFT_WIDTH) {
		fprintf(out, "  %s\n", left.buf);
		strbuf_clear(&left);
	}
	label = xasprintf("  %-*s ", LEFT_WIDTH, left.buf);
	wrap_print(out, label, row->help);
}

void options_print(const struct option_row *rows, FILE *out)
{
	static const struct option_row help = {
		.letter = 'h', .name = "help", .help = "show this help",
	};

	for (; rows->type != OPTION_TYPE_END; rows++)
		print_row(rows, out);
	print_row(&help, out);
}
