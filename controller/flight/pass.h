/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass of nightly (flight/nightly.h), for its own files: nightly.c takes
 * its steps, nighttell.c says what came of them.
 */
#ifndef IRONBIRD_FLIGHT_PASS_H
#define IRONBIRD_FLIGHT_PASS_H

#include "base/alloc.h"
#include "db/nights.h"
#include "flight/gate.h"
#include "flight/nightly.h"
#include "report/mail.h"

struct pass {
	const struct config *config;
	struct db *db;
	const char *branch;
	const struct nightly_options *options;
	struct nightly_result *result;
	struct gate gate;
	const char *tested;	/* what the flight is of */
	bool of_baseline;	/* it was never tested: that first */
	enum night_stage stage;
	char *stopped;		/* why its flight was ended, or NULL */
	bool interrupted;	/* somebody stopped it while it ran */
};

/* NightlyDir/NAME, of a name as by printf; the caller frees. */
char *pass_file(const struct pass *pass, const char *fmt, ...)
	printf_like(2, 3);
/* The report as it is mailed, with its headers; the caller frees. */
char *pass_report(const struct pass *pass, const struct report *report);
/*
 * Lines for programs, pages and mail, with which the night is concluded; then
 * room is made for logs. What cannot be told is a warning.
 */
void pass_tell(const struct pass *pass, const struct report *report);

#endif
