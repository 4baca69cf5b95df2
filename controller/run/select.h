/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which steps of a recipe a person wants to run this time.
 *
 * A step is named by its testid, or by its test case ("ts-guest-start"), which
 * then means the first of its steps for from, the last for until, and all of
 * them for only. A step of each host is named without the host ("boot" of
 * "boot/src_host"); a range means the same place in the lane of each. After a
 * range the always-steps still run, so that there are logs; "only" is taken at
 * its word.
 */
#ifndef IRONBIRD_RUN_SELECT_H
#define IRONBIRD_RUN_SELECT_H

#include "run/recipe.h"

struct step_selection {
	const char *from, *until, *only;	/* NULL: not said */
	bool fresh;		/* hosts are prepared whatever is on them */
};

/*
 * wanted has room for a word on each step. ERROR_USAGE, with a hint, when
 * there is no such step, or when until comes before from.
 */
int must_check select_steps(const struct recipe *recipe,
			    const struct step_selection *selection,
			    bool *wanted, struct error *err);

#endif
