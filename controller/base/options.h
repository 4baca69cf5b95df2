/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command line options as rows of a table.
 *
 * Parsing, -h and the check of the man pages all read the same table. A row
 * points at the variable it sets:
 *
 *	static bool json;
 *	static const struct option_row options[] = {
 *		OPTION_FLAG('j', "json", &json, "print JSON"),
 *		OPTION_END
 *	};
 *
 * Options and arguments may be mixed; "--" ends the options.
 */
#ifndef IRONBIRD_BASE_OPTIONS_H
#define IRONBIRD_BASE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/strvec.h"

enum option_type {
	OPTION_TYPE_END,
	OPTION_TYPE_FLAG,	/* bool * */
	OPTION_TYPE_STRING,	/* const char ** */
	OPTION_TYPE_NUMBER,	/* int64_t * */
	OPTION_TYPE_DURATION,	/* int64_t *, milliseconds */
	OPTION_TYPE_LIST,	/* struct strvec *, may be given often */
	/* struct strvec *: --NAMEWORD=VALUE pushes "WORD", "VALUE" */
	OPTION_TYPE_FAMILY,
};

struct option_row {
	enum option_type type;
	char letter;		/* 0: long name only */
	const char *name;
	const char *argument;	/* how the help names its value */
	void *value;
	const char *help;
};

#define OPTION_FLAG(l, n, v, h) { OPTION_TYPE_FLAG, l, n, NULL, v, h }
#define OPTION_STRING(l, n, a, v, h) { OPTION_TYPE_STRING, l, n, a, v, h }
#define OPTION_NUMBER(l, n, a, v, h) { OPTION_TYPE_NUMBER, l, n, a, v, h }
#define OPTION_DURATION(l, n, a, v, h) { OPTION_TYPE_DURATION, l, n, a, v, h }
#define OPTION_LIST(l, n, a, v, h) { OPTION_TYPE_LIST, l, n, a, v, h }
#define OPTION_FAMILY(n, a, v, h) { OPTION_TYPE_FAMILY, 0, n, a, v, h }
#define OPTION_END { .type = OPTION_TYPE_END }

enum options_result { OPTIONS_OK = 0, OPTIONS_HELP = 1 };

/*
 * Parses argv[1...]; what is no option is pushed to args. Returns OPTIONS_OK,
 * OPTIONS_HELP when -h or --help was given, or -1 with ERROR_USAGE (unknown
 * option, with the nearest name as a hint; missing or bad value).
 */
int must_check options_parse(const struct option_row *rows, int argc,
			     char *const argv[], struct strvec *args,
			     struct error *err);
/* The rows as help text, two columns, within 80. */
void options_print(const struct option_row *rows, FILE *out);

#endif
