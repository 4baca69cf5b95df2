/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which regressions a branch may live with: OSSTest's allow files.
 *
 * A line is a glob for jobs and, optionally, one for testids: '@@' stands for
 * any text, '@' for text without '-' and '/'. The last line that fits
 * decides; one that begins with '!' says no. '#' begins a comment.
 */
#ifndef IRONBIRD_REPORT_ALLOW_H
#define IRONBIRD_REPORT_ALLOW_H

#include <stdbool.h>

#include "base/error.h"

struct allow_line {
	char *job, *testid;	/* testid NULL: any */
	bool no;
};

struct allow_list {
	struct allow_line *v;
	size_t count;
};

#define ALLOW_LIST_INIT { .v = NULL }

/* Adds the lines of text; name is the file's, for errors (ERROR_USAGE). */
int must_check allow_parse(const char *name, const char *text,
			   struct allow_list *list, struct error *err);
int must_check allow_read(const char *path, struct allow_list *list,
			  struct error *err);
void allow_release(struct allow_list *list);
/* testid NULL: the job as a whole. */
bool allow_matches(const struct allow_list *list, const char *job,
		   const char *testid);
bool allow_glob(const char *glob, const char *text);

#endif
