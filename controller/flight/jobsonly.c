/* SPDX-License-Identifier: GPL-2.0-or-later */
/* $OSSTEST_JOBS_ONLY: which jobs of a flight are made at all. */
#include <regex.h>
#include <stdlib.h>

#include "flight/file.h"

#define VARIABLE "OSSTEST_JOBS_ONLY"

static int matches(const char *expression, const char *job, struct error *err)
{
	AUTO_FREE char *whole = xasprintf("^(%s)$", expression);
	regex_t regex;
	int rc = regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB);

	if (rc) {
		char why[100];

		regerror(rc, &regex, why, sizeof(why));
		return error_set(err, ERROR_USAGE, "$" VARIABLE ": '%.60s': "
				 "%s", expression, why);
	}
	rc = regexec(&regex, job, 0, NULL, 0);
	regfree(&regex);
	return rc == 0;
}

int flight_wants_job(const char *job, struct error *err)
{
	const char *only = getenv(VARIABLE);
	AUTO_STRVEC expressions = STRVEC_INIT;
	int rc = 0;

	if (!only || !*only)
		return 1;
	strvec_split(&expressions, only, ":");
	for (size_t i = 0; i < expressions.count && rc == 0; i++)
		rc = matches(expressions.v[i], job, err);
	return rc;
}
