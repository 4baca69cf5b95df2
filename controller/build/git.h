/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The git program: the only place that runs it.
 *
 * Not libgit2: work trees, every kind of URL with the user's own credentials,
 * and applying patches as git does it are what is needed, and the program has
 * them all. Repositories are always named, so that a GIT_DIR in the
 * environment (a hook that calls us) means nothing here.
 */
#ifndef IRONBIRD_BUILD_GIT_H
#define IRONBIRD_BUILD_GIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

#define COMMIT_SIZE 41	/* 40 hex digits */

struct git_call {
	const char *repo;	/* bare repository or .git folder; NULL: none */
	const char *dir;	/* working folder, or NULL */
	const char *input;	/* stdin, or NULL */
	char *const *env;	/* NULL-ended "NAME=value", or NULL */
	int64_t limit_ms;	/* 0: 1 min */
	bool own_settings;	/* the user's ~/.gitconfig counts */
};

/*
 * Runs "git WORD...", words up to NULL; what it prints is added to out
 * (NULL: dropped). ERROR_BROKEN has the line in which git says why.
 */
int must_check git_run(const struct git_call *call, struct strbuf *out,
		       struct error *err, ...) __attribute__((sentinel));
/*
 * As git_run for one line of output, without its end: the caller's. NULL when
 * git ended with another status than 0, which is then no error: *err is as it
 * was.
 */
char *git_ask(const struct git_call *call, ...) __attribute__((sentinel));

/* 40 hex digits, all of it? */
bool git_is_commit(const char *text);

#endif
