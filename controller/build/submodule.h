/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Submodules: commits of other trees that a commit names, with the file
 * .gitmodules (gitmodules(5)) saying where these trees are.
 *
 * Each URL has a bare repository of its own, Repos/submodules/NAME-HASH.git,
 * kept, locked and fetched as those of trees are. A path that .gitmodules does
 * not have, or has with "update = none", stays an empty folder, as git leaves
 * it.
 */
#ifndef IRONBIRD_BUILD_SUBMODULE_H
#define IRONBIRD_BUILD_SUBMODULE_H

#include "build/tree.h"

/*
 * Checks out the submodules of the commit, and theirs, in dir, a work tree of
 * it. Fetches what is not there. ERROR_BROKEN naming path and URL when one
 * cannot be had.
 */
int must_check submodules_checkout(const struct tree *tree,
				   const char *commit, const char *dir,
				   struct error *err);
/* What tells one .gitmodules from another; NULL: the commit has none. */
char *submodules_id(const struct tree *tree, const char *commit);
/*
 * A URL of .gitmodules as git understands it: "./x" and "../x" are relative to
 * the URL of the tree that has it. The caller frees; NULL: it leads nowhere.
 */
char *submodule_url(const char *parent, const char *url);

#endif
