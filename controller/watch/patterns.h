/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lines of a console mean: rows of files NAME.patterns, which
 * host-images/ and hypervisor/ bring, and a site may add to with the setting
 * ConsolePatterns. A row is
 *
 *	CLASS NAME "TEXT" [at-end] [boot] [phase=install] [grace=2s]
 *
 * and '#' begins a line that is none. TEXT is plain, with '*' for anything in
 * between; it matches where a word begins, so that "BUG:" is not found in
 * "DEBUG:". The first row that matches counts: the site's, then hypervisor/,
 * then host-images/, each by file name, so special ones stand above general
 * ones. Several rows may have one NAME.
 */
#ifndef IRONBIRD_WATCH_PATTERNS_H
#define IRONBIRD_WATCH_PATTERNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strvec.h"
#include "config/config.h"

enum pattern_class {
	PATTERN_IGNORE,		/* means nothing, whatever follows in it */
	PATTERN_MARK,		/* a sign of life worth telling */
	PATTERN_WARNING,	/* not well, but it goes on */
	PATTERN_FAILURE,	/* it stays where it is: a rescue prompt */
	PATTERN_CRASH,		/* the kernel or the hypervisor is dead */
};

struct pattern {
	char *name;		/* "kernel-panic", "login" */
	char *text;
	enum pattern_class class;
	int64_t grace_ms;	/* how long the lines after it are collected */
	bool at_end;		/* nothing but blanks may follow */
	bool boot;		/* a machine begins anew: firmware, a loader */
	bool install_only;	/* counts while the host is installed only */
};

struct patterns;

/* All files'; config NULL: without the site's. Errors say file and line. */
int must_check patterns_load(struct patterns **out,
			     const struct config *config, struct error *err);
/* None, and those of a file's text; path is for errors. */
struct patterns *patterns_new(void);
int must_check patterns_add(struct patterns *patterns, const char *path,
			    const char *text, struct error *err);
void patterns_free(struct patterns *patterns);	/* NULL is fine */
/* The i-th row, or NULL behind the last one. */
const struct pattern *patterns_row(const struct patterns *patterns, size_t i);
/* Pushes each name once. */
void patterns_names(const struct patterns *patterns, struct strvec *names);
/* The row that the line matches, or NULL; line as console_clean left it. */
const struct pattern *patterns_match(const struct patterns *patterns,
				     const char *line, bool installing);
/*
 * A console's line made plain, in place: terminal control sequences, control
 * characters and blanks at the end go, tabs and carriage returns become
 * blanks, and what is not ASCII becomes '?'.
 */
void console_clean(char *line);

#endif
