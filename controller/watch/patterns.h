/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lines of a console mean: one row each in patterns.c.
 *
 * A row's text is plain, with '*' for anything in between; it matches where a
 * word begins, so that "BUG:" is not found in "DEBUG:". The first row that
 * matches counts.
 */
#ifndef IRONBIRD_WATCH_PATTERNS_H
#define IRONBIRD_WATCH_PATTERNS_H

#include <stdbool.h>

enum pattern_class {
	PATTERN_MARK,		/* a sign of life worth telling */
	PATTERN_WARNING,	/* not well, but it goes on */
	PATTERN_FAILURE,	/* it stays where it is: a rescue prompt */
	PATTERN_CRASH,		/* the kernel or the hypervisor is dead */
};

struct pattern {
	const char *name;	/* "kernel-panic", "login" */
	const char *text;
	enum pattern_class class;
	int grace_ms;		/* how long the lines after it are collected */
	bool at_end;		/* nothing but blanks may follow */
};

/* The row that the line matches, or NULL; line as console_clean left it. */
const struct pattern *pattern_match(const char *line);
/* The rows, for tests and documents. */
const struct pattern *pattern_table(unsigned int *count);
/*
 * A console's line made plain, in place: terminal control sequences, control
 * characters and blanks at the end go, tabs and carriage returns become
 * blanks, and what is not ASCII becomes '?'.
 */
void console_clean(char *line);

#endif
