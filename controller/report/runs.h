/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a job, or a host, did before: rows for pages and for commands. */
#ifndef IRONBIRD_REPORT_RUNS_H
#define IRONBIRD_REPORT_RUNS_H

#include "db/past.h"

struct run_line {
	const struct past_run *run;
	char *failure;		/* "xen-boot fail", ...; NULL: none */
	struct strvec hosts;	/* "ident", "host", ... */
	struct strvec revisions;	/* "tree", "revision", ... as built */
};

struct run_lines {
	struct past_runs runs;
	struct run_line *v;	/* as many */
	struct strvec trees;	/* all that any has a revision of */
};

/* Newest first; branch and blessings may be NULL: any. */
int must_check run_lines_of_job(struct db *db, const char *job,
				const char *branch, const char *blessings,
				size_t limit, struct run_lines *lines,
				struct error *err);
int must_check run_lines_of_host(struct db *db, const char *host,
				 size_t limit, struct run_lines *lines,
				 struct error *err);
void run_lines_release(struct run_lines *lines);

#endif
