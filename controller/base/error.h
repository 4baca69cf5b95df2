/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong, as one complete sentence and a class.
 *
 * Library code returns -1 and fills a struct error given by its caller; it
 * prints nothing. Whoever stands at the edge (a command, a test case) prints
 * the sentence once and turns the class into the exit status. Every sentence
 * names its object: "host iron2: no ssh answer within 400 s (...)".
 */
#ifndef IRONBIRD_BASE_ERROR_H
#define IRONBIRD_BASE_ERROR_H

#include "base/alloc.h"

/* The values are the program's exit statuses (docs/ironbird.1). */
enum error_kind {
	ERROR_NONE = 0,
	ERROR_FAIL = 1,		/* the product's fault */
	ERROR_USAGE = 2,	/* command line, configuration, a file's text */
	ERROR_BROKEN = 3,	/* ours: power, network, disk, test system */
	ERROR_BLOCKED = 4,	/* something it depends on did not pass */
	ERROR_ABORTED = 5,	/* somebody asked us to stop */
	ERROR_AGAIN = 75,	/* busy now, try later (EX_TEMPFAIL) */
};

struct error {
	enum error_kind kind;
	char text[1024];
};

#define ERROR_INIT { .kind = ERROR_NONE }

/*
 * Sets the sentence (cut at the buffer's end, control characters from hosts
 * replaced) and returns -1, so that "return error_set(...)" reads as it is.
 * err may be NULL: the caller does not want to know.
 */
int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
	printf_like(3, 4);
/* As error_set with ERROR_BROKEN, followed by ": " and strerror(errno). */
int error_errno(struct error *err, const char *fmt, ...) printf_like(2, 3);
/* Puts "PREFIX: " before the sentence that is already there; returns -1. */
int error_prefix(struct error *err, const char *fmt, ...) printf_like(2, 3);

#endif
