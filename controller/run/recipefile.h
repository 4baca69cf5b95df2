/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a recipe as it stands in its file: what libcyaml fills in
 * before recipe.c expands groups, repeats and hosts.
 */
#ifndef IRONBIRD_RUN_RECIPEFILE_H
#define IRONBIRD_RUN_RECIPEFILE_H

#include <stdint.h>

#include "run/yamlfile.h"

enum { RECIPE_REUSE_YES = 1, RECIPE_REUSE_NO };

struct step_text {
	char *run;
	char *testid;
	char *group;
	char *limit;
	int on_fail, on_limit;	/* enum step_status; STEP_RUNNING: not said */
	int always, tolerate, each_host, wipes, prepares;
	unsigned repeat;	/* 0: not said */
	unsigned retry;
	char **needs;
	unsigned needs_count;
};

/* What a job leaves its hosts at, whatever becomes of it. */
enum recipe_power { RECIPE_POWER_KEEP, RECIPE_POWER_OFF, RECIPE_POWER_ON };

struct recipe_text {
	char *summary;
	char *around;
	char *limit;
	int power;		/* enum recipe_power */
	int reuse;		/* 0: not said */
	char **hosts;
	unsigned hosts_count;
	struct step_text *steps;
	unsigned steps_count;
};

struct around_text {
	char *summary;
	struct step_text *before, *after;
	unsigned before_count, after_count;
};

extern const cyaml_schema_value_t recipe_schema, around_schema;

#endif
