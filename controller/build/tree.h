/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Source trees: where they come from, what is kept of them, which revision is
 * meant.
 *
 * Of each tree there is one bare repository, Repos/NAME.git, which is fetched
 * and never cloned again. The branches and tags of each URL have a place of
 * their own in it, refs/urls/HASH/, so that a fork shares the objects and not
 * the names. A revision is a branch, a tag, a commit (also shortened), HEAD,
 * or one of those with ~ and ^ behind it.
 *
 * Where a tree comes from, the first that says so: who asks (a job's runvar
 * tree_NAME), $TREE_NAME, the setting Tree_NAME, and at last what 'ironbird
 * tree import NAME' made. Which revision, likewise: revision_NAME,
 * $REVISION_NAME, the setting Revision_NAME, and at last HEAD. make-flight asks
 * all this once for a flight (flight/pin.c): its builds are told a commit.
 */
#ifndef IRONBIRD_BUILD_TREE_H
#define IRONBIRD_BUILD_TREE_H

#include "base/strvec.h"
#include "build/git.h"
#include "config/config.h"

struct tree {
	char *name;		/* "xen" */
	char *url;
	char *repo;		/* Repos/xen.git */
	char *place;		/* "refs/urls/0123456789ab" */
	char *modules;		/* Repos/submodules */
	bool fetched;		/* by this process */
	bool remote_only;	/* its URL is to be of another machine */
};

#define TREE_INIT { .name = NULL }
#define AUTO_TREE __attribute__((cleanup(tree_release))) struct tree

/*
 * asked is the URL that somebody named, or NULL. ERROR_USAGE when nobody says
 * where the tree comes from. Nothing is fetched yet.
 */
int must_check tree_open(struct tree *tree, const struct config *config,
			 const char *name, const char *asked,
			 struct error *err);
void tree_release(struct tree *tree);
/* Was nothing of it fetched yet? The first time takes long. */
bool tree_is_new(const struct tree *tree);
/* Who said where it comes from: "runvar", "environment", ...; or NULL. */
const char *tree_origin(const struct config *config, const char *name,
			const char *asked);
/* What is asked for when nobody names a revision; never NULL, the caller's. */
char *tree_revision(const struct config *config, const char *name,
		    const char *asked);
/*
 * Brings the repository up to date. One at a time for each tree: others wait.
 * ERROR_BROKEN when the URL is no git repository or cannot be reached.
 */
int must_check tree_fetch(struct tree *tree, struct error *err);
/*
 * The commit that a revision means now. Fetches, except for a whole commit id
 * that is there. ERROR_USAGE naming near ones when there is none.
 */
int must_check tree_resolve(struct tree *tree, const char *revision,
			    char commit[COMMIT_SIZE], struct error *err);
/*
 * A submodule of parent at the path, from a whole URL (submodule.h). Named
 * "PARENT/PATH".
 */
void tree_open_submodule(struct tree *tree, const struct tree *parent,
			 const char *path, const char *url);
/* Is it a folder of this machine? */
bool tree_url_is_local(const char *url);
/*
 * A work tree of the commit, with its submodules, which may be fetched, in the
 * folder dir, which must not exist, or be empty.
 */
int must_check tree_checkout(const struct tree *tree, const char *commit,
			     const char *dir, struct error *err);
/* Removes a work tree, whatever state it is in. */
int must_check tree_drop(const struct tree *tree, const char *dir,
			 struct error *err);
/* Seconds since 1970 of the commit. */
int must_check tree_commit_time(const struct tree *tree, const char *commit,
				int64_t *when, struct error *err);
/* Pushes "PATH COMMIT" for each sub-tree (submodule) that the commit names. */
int must_check tree_subtrees(const struct tree *tree, const char *commit,
			     struct strvec *subtrees, struct error *err);

/* Repos/import/NAME.git: what 'tree import' makes. The caller frees. */
char *tree_import_path(const struct config *config, const char *name);
/* Names of trees that are known: of builds, imports, repositories. */
void tree_list(const struct config *config, struct strvec *names);

#endif
