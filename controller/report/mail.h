/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report as people and programs get it after a flight: mail, and the lines
 * that the push gate and the bisector read.
 *
 * The subject is made of the branch, the flight and the outcome only, so that
 * filters and threads can rely on it; all else that programs may want of a
 * mail is in headers named as OSSTest's.
 */
#ifndef IRONBIRD_REPORT_MAIL_H
#define IRONBIRD_REPORT_MAIL_H

#include <stdio.h>

#include "report/summary.h"

struct report_mail {
	const char *base;	/* address of all pages, or NULL */
	const char *changes;	/* what is new under test, text, or NULL */
	const char *before;	/* text that the body begins with, or NULL */
	const char *end;	/* was it let through? A sentence, or NULL */
	const char *trailer;	/* text that the body ends with, or NULL */
	const char *stopped;	/* it was: word of the subject, or NULL */
	bool pushed;
};

/* Subject, X-Osstest-* headers, an empty line. */
void report_mail_headers(const struct report *report,
			 const struct report_mail *mail, FILE *out);
void report_mail_body(const struct report *report,
		      const struct report_mail *mail, FILE *out);
/*
 * A fact a line: "flight 12", "version this xen REV", "regression JOB TESTID
 * FLIGHT", ...; the last are "tolerable" and "perfect", when it is.
 */
void report_machine(const struct report *report, FILE *out);

#endif
