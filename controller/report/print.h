/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report on paper: text for people, JSON and JUnit XML for programs. */
#ifndef IRONBIRD_REPORT_PRINT_H
#define IRONBIRD_REPORT_PRINT_H

#include <stdio.h>

#include "db/steps.h"
#include "report/summary.h"

struct report_style {
	bool all;		/* the steps of every job */
	bool colour;
	bool verdict;		/* also of a flight that is not over */
};

/* Within 80 columns; reads the ends of the logs it quotes. */
void report_text(const struct report *report,
		 const struct report_style *style, FILE *out);
/* What text and mail say of the verdicts; nothing when it is not judged. */
void report_verdicts_text(const struct report *report, FILE *out);
/* docs/report-json.md. */
void report_json(const struct report *report, FILE *out);
/* One testsuite a job, one testcase a step. */
void report_junit(const struct report *report, FILE *out);

/*
 * Adds the last printable lines, at most count, of a file of any size; false
 * when it cannot be read or is empty.
 */
bool report_log_tail(const char *path, size_t count, struct strvec *lines);

#endif
