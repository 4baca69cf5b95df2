/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first line of a build's output that says what is wrong.
 *
 * The compiler's "FILE:LINE:COLUMN: error: ..." is what a person looks for;
 * linkers and other tools say "error" in their own ways; make's "*** [...]
 * Error 2" is only the end of it, and is told with the line before it. The
 * first line of the best kind is kept.
 */
#ifndef IRONBIRD_BUILD_ERRORLINE_H
#define IRONBIRD_BUILD_ERRORLINE_H

#include "base/strbuf.h"

/* What a machine can be short of, by the words of strerror(3) and of gcc. */
enum errorline_lack {
	ERRORLINE_DISK,
	ERRORLINE_MEMORY,
	ERRORLINE_LACKS
};

struct errorline {
	struct strbuf line;	/* what came of the current one */
	char *best;
	int rank;		/* of best; 0: none yet */
	char *last;		/* the last line that was not empty */
	char *lacks[ERRORLINE_LACKS];	/* the first line that says so */
};

#define ERRORLINE_INIT { .line = STRBUF_INIT }

void errorline_release(struct errorline *e);
/* Output as it comes, in pieces of any size. */
void errorline_add(struct errorline *e, const char *data, size_t len);
/* The line, or the last one when none says more; NULL: nothing came. */
const char *errorline_text(const struct errorline *e);
/* The first line by which the machine was short of it, or NULL. */
const char *errorline_short_of(const struct errorline *e,
			       enum errorline_lack lack);

#endif
