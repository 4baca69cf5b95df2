/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the environment says of trees: $TREE_XEN, $REVISION_XEN, and
 * $TREEVCS_XEN, which OSSTest has for trees that are not git's.
 */
#ifndef IRONBIRD_BUILD_ENVIRONMENT_H
#define IRONBIRD_BUILD_ENVIRONMENT_H

#include "base/error.h"
#include "base/strvec.h"

/* Of $TREE_XEN for "TREE_", "xen"; NULL when it is not set, or empty. */
const char *tree_environment(const char *prefix, const char *tree);
/*
 * Pushes a sentence for each variable of another tree than these, which are
 * all that is built: who set it would believe that it had an effect.
 * ERROR_USAGE when a tree is said to be something else than git's.
 */
int must_check tree_environment_check(const struct strvec *trees,
				      struct strvec *sentences,
				      struct error *err);

#endif
