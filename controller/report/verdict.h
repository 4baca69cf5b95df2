/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which failures are new? Each step of a flight that did not pass is judged
 * against the baseline: what the same step did in flights that were built
 * from the baseline's revisions. docs/verdicts.md has the rules in a table.
 *
 * Pure: evidence in (rows of the flight and of what was before, evidence.h
 * reads them), verdicts out. Verdicts point into the evidence, which must
 * live as long.
 */
#ifndef IRONBIRD_REPORT_VERDICT_H
#define IRONBIRD_REPORT_VERDICT_H

#include <stdbool.h>

#include "base/strvec.h"
#include "db/steps.h"
#include "report/allow.h"

/* A flight of the branch, or of one that counts as well. */
struct evidence_flight {
	int64_t id, started;
	char *flight;
	bool same;	/* built from the revisions of the flight judged */
	bool basis;	/* built from those of the baseline */
};

/* A job that did not pass, of a flight that is judged. */
struct evidence_job {
	char *flight, *job, *reason;
	enum job_status status;
	bool has_cause;	/* a job that it names did not pass either */
};

/*
 * What a step came to. Of the flight judged and of those built from the same
 * revisions: every one that neither passed nor was skipped. Of all others
 * only the steps that one of those asks about; STEP_BLOCKED also stands for a
 * step that its job did not come to.
 */
struct evidence_step {
	char *flight, *job, *testid, *reason;
	int stepno;
	enum step_status status;
};

struct evidence {
	char *flight, *branch;
	bool has_baseline;
	struct strvec this_revisions;	/* "tree", "revision", ... */
	struct strvec that_revisions;
	struct strvec branches;		/* whose flights count, its own first */
	struct strvec statuses;		/* words of all jobs' statuses */
	struct strvec ever_passed;	/* "job testid" */
	struct evidence_flight *flights;	/* newest first */
	size_t flight_count;
	struct evidence_job *jobs;
	size_t job_count;
	struct evidence_step *steps;
	size_t step_count;
	int64_t horizon;		/* id of the newest flight seen */
};

enum verdict_kind {
	VERDICT_FAIL,		/* there is no baseline */
	VERDICT_REGRESSION,	/* passed in the baseline: "REGR. vs. N" */
	VERDICT_LIKE,		/* failed there too: "like N" */
	VERDICT_BLOCKED_IN,	/* not reached there: "blocked in N" */
	VERDICT_NEVER_PASS,	/* "never pass" */
	VERDICT_HEISENBUG,	/* passes with the same: "pass in N" */
	VERDICT_BLOCKED,	/* what it waits for is judged: "n/a" */
	VERDICT_BROKEN,		/* ours, or not run: tells nothing */
	VERDICT_UNTESTED,	/* "baseline untested" */
};

struct verdict {
	const char *flight;	/* not the one judged: its evidence */
	const char *job, *testid;	/* testid NULL: the job as a whole */
	int stepno;		/* 0 with testid NULL */
	const char *status;	/* the word */
	const char *reason;	/* may be NULL */
	enum verdict_kind kind;
	const char *against;	/* the flight in "like N", or NULL */
	bool blocking;
	bool allowed;		/* would block, but for the allow list */
};

enum overall {
	OVERALL_UNJUDGED, OVERALL_PERFECT, OVERALL_TOLERABLE,
	OVERALL_REGRESSIONS, OVERALL_TROUBLE,
};

/* How long it has been so; NULL flights: not known. Points into evidence. */
struct verdict_ages {
	const struct evidence_flight *basis;	/* its newest test */
	const struct evidence_flight *failing;	/* the oldest after that */
	const struct evidence_flight *same;	/* likewise, of the same */
	int failing_count, same_count;
};

struct judgement {
	enum overall overall;
	char *outcome;		/* "all pass", "FAIL", "trouble: ..." */
	struct verdict *v;	/* those that block first */
	size_t count, blocking;
	struct verdict_ages ages;
};

/* allow may be NULL. */
void judge(const struct evidence *evidence, const struct allow_list *allow,
	   struct judgement *judgement);
void judgement_release(struct judgement *judgement);
void evidence_release(struct evidence *evidence);

/* "perfect", "tolerable", ... */
const char *overall_name(enum overall overall);
/* May the branch move? */
bool overall_tolerable(enum overall overall);
/* "all pass", "FAIL", ... of the words of jobs' statuses; caller frees. */
char *verdict_outcome(const struct strvec *statuses);
struct verdict_ages verdict_ages(const struct evidence *evidence);
/* "fail REGR. vs. 12", "fail in 13 pass in 12": the caller frees. */
char *verdict_words(const struct verdict *verdict,
		    const struct evidence *evidence);
/* "3 results are not pass, and 1 of them holds the branch"; caller frees. */
char *verdict_counts(const struct judgement *judgement);
/* "regression", "heisenbug", "allowable", "nonblocking", "broken", "fail". */
const char *verdict_analysis(const struct verdict *verdict);
/* The one revision of that tree in pairs; NULL: none, or several. */
const char *revision_of(const struct strvec *pairs, const char *tree);
/* Is each of wanted's trees in pairs, with that revision alone? */
bool revisions_match(const struct strvec *pairs, const struct strvec *wanted);

#endif
