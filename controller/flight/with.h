/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trees that a night needs and does not test, each as its own branch let
 * it through last (setting NightlyWith): what fails is then not because of
 * what is new in another tree.
 */
#ifndef IRONBIRD_FLIGHT_WITH_H
#define IRONBIRD_FLIGHT_WITH_H

#include "base/strvec.h"
#include "config/config.h"

struct with {
	struct strvec environment;	/* "REVISION_XEN=COMMIT" */
	char *xen_branch;	/* that of the tree xen, or NULL */
	struct strvec sentences;	/* branches that let nothing through */
};

#define WITH_INIT { .environment = STRVEC_INIT, .sentences = STRVEC_INIT }
#define AUTO_WITH __attribute__((cleanup(with_release))) struct with

void with_release(struct with *with);
/*
 * For a night of the branch, which tests that tree. A branch of the same tree
 * is passed over; so is one whose tree has its revision from $REVISION_TREE;
 * of two branches of one tree the first counts.
 */
int must_check with_read(const struct config *config, const char *branch,
			 const char *tree, struct with *with,
			 struct error *err);

#endif
