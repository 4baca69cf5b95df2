/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass of a branch through its push gate, as OSSTest's cr-daily-branch:
 * which revision is the candidate, which was let through last and was that one
 * itself tested; a flight, its verdict, regressions once more at once, the
 * push, the pages, the mail.
 *
 * The folder NightlyDir holds a lock for each branch and the files by which
 * people have their way: stop, BRANCH.stop, BRANCH.block, BRANCH.force and
 * BRANCH.force-rev (docs/nightly.md). It may be killed at any time: the next
 * nightly of the branch goes on where its rows say that it was (db/nights.h).
 */
#ifndef IRONBIRD_FLIGHT_NIGHTLY_H
#define IRONBIRD_FLIGHT_NIGHTLY_H

#include "build/git.h"
#include "config/config.h"
#include "db/db.h"
#include "report/verdict.h"

struct nightly_options {
	const char *blessing;	/* intended, of its flights */
	bool always;		/* also when there is nothing new */
	bool no_push;
};

enum nightly_end {
	NIGHTLY_STOPPED,	/* by a file */
	NIGHTLY_UP_TO_DATE,
	NIGHTLY_DONE,
};

struct nightly_result {
	enum nightly_end end;
	char *why;		/* the file; or why it was not pushed; NULL */
	char *flight;		/* NULL: none was made */
	char *retest;		/* that of its regressions, or NULL */
	enum overall overall;
	bool pushed;
	char *report;		/* subject, headers and body as mailed */
};

/*
 * ERROR_AGAIN when another process is at this branch; ERROR_USAGE when the
 * settings do not say what to test.
 */
int must_check nightly(const struct config *config, struct db *db,
		       const char *branch,
		       const struct nightly_options *options,
		       struct nightly_result *result, struct error *err);
void nightly_result_release(struct nightly_result *result);

#endif
