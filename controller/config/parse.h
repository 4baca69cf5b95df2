/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OSSTest's file format, read without running any of it.
 *
 *	Name value to the end of the line
 *	Name= 'quoted'		"quoted", or a number: no other Perl
 *	Name= <<'END'		lines up to one that is END
 *	Include FILE		relative to the file that includes
 *	export VAR=value	for the environment of steps
 *	export VAR		the same with the value of setting VAR
 *	# comment
 *
 * The parser knows no names and keeps nothing: it tells a sink what it reads
 * and what is wrong, and carries on behind an error, so that one pass finds
 * all of them.
 */
#ifndef IRONBIRD_CONFIG_PARSE_H
#define IRONBIRD_CONFIG_PARSE_H

#include <stdbool.h>

#include "base/error.h"

#define PARSE_FILE_MAX (1024 * 1024)
#define PARSE_LINE_MAX (64 * 1024)
#define PARSE_NAME_MAX 200
#define PARSE_DEPTH_MAX 10

struct parse_place {
	const char *file;	/* as it was named */
	const char *dir;	/* absolute; what relative paths in it mean */
	unsigned line;		/* of a here-document: its first */
};

/* Strings live during the call only. */
struct parse_sink {
	void (*set)(void *arg, const struct parse_place *place,
		    const char *name, const char *value);
	/* value NULL: that of the setting of this name */
	void (*export)(void *arg, const struct parse_place *place,
		       const char *name, const char *value);
	/* text is a sentence without the place */
	void (*complain)(void *arg, const struct parse_place *place,
			 bool is_error, const char *text);
	void *arg;
};

/*
 * Reads path and what it includes. Everything wrong goes to the sink; -1 only
 * when path itself cannot be read.
 */
int must_check parse_file(const struct parse_sink *sink, const char *path,
			  struct error *err);
/* "~/x" with the home folder; relative paths behind dir; caller frees. */
char *parse_path(const char *path, const char *dir);

#endif
