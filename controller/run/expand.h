/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the text of step lists to the steps of a recipe: groups and repeats
 * written out, each-host steps put into lanes, every step with its testid.
 * All that is wrong is collected, not only the first of it.
 */
#ifndef IRONBIRD_RUN_EXPAND_H
#define IRONBIRD_RUN_EXPAND_H

#include "run/recipe.h"
#include "run/recipefile.h"

struct step_list {
	const struct yamlfile *file;	/* for lines */
	const char *key;	/* "steps", "before", "after" */
	const struct step_text *texts;
	size_t count;
};

/* Appends the list's steps to recipe, whose hosts must be known. */
void expand_steps(struct recipe *recipe, const struct step_list *list,
		  struct strvec *problems);

#endif
