/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the rows of a flight come to. Pure: rows in, structs out.
 *
 * A report is made of rows in three movements: report_gather (rows.h) reads
 * them, report_summarise puts them in order and draws the conclusions, and
 * text.c, json.c or junit.c print. The summary points into the rows, which
 * must live as long.
 */
#ifndef IRONBIRD_REPORT_SUMMARY_H
#define IRONBIRD_REPORT_SUMMARY_H

#include "base/strvec.h"
#include "db/events.h"
#include "db/flights.h"
#include "db/retests.h"
#include "db/runvars.h"
#include "db/steps.h"
#include "report/verdict.h"

/* The testids of a recipe, to know what a job did not come to. */
struct report_recipe {
	char *name;
	struct strvec testids;
	struct strvec idents;	/* its hosts' roles */
};

/* What one host was seen to do while a job had it. */
struct report_boot {
	const struct job_row *job;
	char *host;
	struct boot_event_rows events;
	struct power_action_rows actions;	/* newest first */
};

struct report_rows {
	struct flight_row flight;
	struct retest_links retests;
	struct job_rows jobs;
	struct step_rows steps;		/* by job, in the order of jobs */
	struct runvars vars;
	struct report_recipe *recipes;
	size_t recipe_count;
	struct report_boot *boots;
	size_t boot_count;
	struct artifact_rows *artifacts;	/* one a job, or NULL */
};

/* A line of a host's way up. */
struct report_moment {
	int64_t at;		/* UTC ms */
	int64_t since_power_ms;	/* -1: no power-on is known */
	const char *source, *stage, *detail;
};

struct report_timeline {
	const char *host;
	struct report_moment *moments;
	size_t count;
};

struct report_job {
	const struct job_row *row;
	int64_t duration_ms;	/* -1: not known */
	const struct step_row *steps;
	size_t step_count;
	const struct step_row *first_bad;	/* why it did not pass */
	/* Both "name", "value", ...: idents and hosts, other synthesised. */
	struct strvec hosts, found;
	struct strvec not_run;	/* testids */
	const struct artifact_rows *artifacts;	/* NULL: not known */
	struct report_timeline *timelines;
	size_t timeline_count;
};

struct report {
	const struct flight_row *flight;
	const struct retest_links *retests;
	enum job_status status;	/* the worst; JOB_RUNNING: not finished */
	int64_t started, duration_ms;	/* of all jobs; 0 and -1: not known */
	size_t counts[JOB_ABORTED + 1];	/* jobs of each status */
	struct report_job *jobs;
	size_t job_count;
	/* NULL: not judged (yet). The caller's, who sets them. */
	const struct evidence *evidence;
	const struct judgement *judgement;
};

void report_summarise(const struct report_rows *rows, struct report *report);
void report_release(struct report *report);

/* -1 while either end is not known. */
int64_t report_duration(int64_t started, int64_t finished);
/* An earlier attempt ("host-install.try1", "xen-boot.lost1") of a step that
 * was run again. */
bool report_was_run_again(const struct step_row *step);
bool report_is_attempt(const char *testid);
/* Of a step, or with testid NULL of the job as a whole; NULL: none. */
const struct verdict *report_verdict(const struct report *report,
				     const char *job, const char *testid);

#endif
