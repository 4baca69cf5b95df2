/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lab's web pages: static files that any web server can serve, and that
 * a browser can open from the disk.
 *
 *	index.html			branches and hosts
 *	branch/BRANCH.html		its newest flights
 *	flight/FLIGHT/index.html	the grid: jobs and testids
 *	flight/FLIGHT/JOB/index.html	one job: steps, logs, runvars
 *	history/JOB/BRANCH.html, ALL.html
 *	host/HOST.html			what it did
 *	flight/FLIGHT/plan.html		not ours (flight/planpage.h): linked
 *
 * A page is made again only when the rows it shows have changed.
 */
#ifndef IRONBIRD_REPORT_PAGES_H
#define IRONBIRD_REPORT_PAGES_H

#include <stdbool.h>

#include "config/config.h"
#include "db/db.h"

struct pages {
	struct db *db;
	char *root;		/* the folder, setting Results */
	char *logs_dir;		/* setting Logs, without a slash at its end */
	char *logs_url;		/* where a browser finds it from the root */
	bool force;		/* make all that is asked for */
	int built, kept;
};

/* root NULL: setting Results. */
void pages_init(struct pages *pages, const struct config *config,
		struct db *db, const char *root);
void pages_release(struct pages *pages);

/* Of each branch the newest count flights, and all that belongs to them. */
int must_check pages_build(struct pages *pages, size_t count,
			   struct error *err);
/* One flight: its grid, its jobs and their histories, its branch, index. */
int must_check pages_build_flight(struct pages *pages, const char *flight,
				  struct error *err);
/*
 * One page by its path, "flight/12/index.html"; ERROR_USAGE when there is
 * nothing that it could be of.
 */
int must_check pages_build_path(struct pages *pages, const char *path,
				struct error *err);

/* The single ones; each looks at its key first. */
int must_check page_flight(struct pages *pages, const char *flight,
			   struct error *err);
int must_check page_job(struct pages *pages, const char *flight,
			const char *job, struct error *err);
/* branch NULL: ALL. */
int must_check page_job_history(struct pages *pages, const char *job,
				const char *branch, const char *blessings,
				size_t limit, struct error *err);
int must_check page_host_history(struct pages *pages, const char *host,
				 size_t limit, struct error *err);
int must_check page_branch(struct pages *pages, const char *branch,
			   struct error *err);
int must_check page_index(struct pages *pages, struct error *err);

#endif
