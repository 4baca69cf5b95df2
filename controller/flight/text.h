/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of flights/NAME.yaml as it stands there: what libcyaml fills in
 * before expand.c makes jobs of it. flights/README has the keys.
 */
#ifndef IRONBIRD_FLIGHT_TEXT_H
#define IRONBIRD_FLIGHT_TEXT_H

#include "run/yamlfile.h"

struct words_text {
	char **v;
	unsigned count;
};

struct value_text {
	char *value;
	char *part;		/* in names of jobs; NULL: the value */
	char *disabled;		/* why jobs of this value are not made */
	struct words_text runvars, when;
};

struct axis_text {
	char *axis;
	char *each;		/* "host": a value for each host there is */
	struct value_text *values;
	unsigned values_count;
};

/* A job, or a build, which others may need by its word. */
struct job_text {
	char *build;		/* NULL: it is a job */
	char *name, *recipe;
	char *disabled;
	struct words_text axes, include, exclude, when, needs, trees, runvars;
};

struct flight_text {
	char *summary;
	struct words_text branches, runvars, needs;
	struct axis_text *axes;
	unsigned axes_count;
	struct job_text *builds;
	unsigned builds_count;
	struct job_text *jobs;
	unsigned jobs_count;
};

extern const cyaml_schema_value_t flight_schema;

#endif
