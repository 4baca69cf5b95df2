/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One build: from a job's runvars to an entry of the stash.
 *
 * build_describe says what is wanted and makes its key: a hash of all that the
 * result depends on. That is the commit (not the name it was asked by), the
 * part's script, its Kconfig fragments and patches, the words that the script
 * is given, the system that it runs in with the versions of all its packages
 * (the compiler is one), what it needs of other builds, and the commands of the
 * recipe up to its epilogue, which runs when the dists are in the stash. What
 * changes none of these does not make it another build: hosts, the URL that a
 * commit came from; of a recipe its name, summary, comments and limits, and
 * what a step's failure counts as.
 *
 * build_make takes the entry of that key from the stash, or makes it.
 */
#ifndef IRONBIRD_BUILD_BUILD_H
#define IRONBIRD_BUILD_BUILD_H

#include <stdbool.h>

#include "base/files.h"
#include "boot/cache.h"
#include "build/part.h"
#include "build/sandbox.h"
#include "build/stash.h"
#include "build/tree.h"
#include "db/runvars.h"

struct build {
	const struct build_part *part;
	const struct config *config;
	struct db *db;
	const char *flight, *job;	/* the caller's */
	struct runvars vars;
	struct tree tree;
	char *revision;		/* as asked */
	char commit[COMMIT_SIZE];
	struct strvec words;	/* "NAME=value" for the script */
	struct strvec patches;	/* paths */
	char *need;		/* path of the dist it needs; NULL: none */
	char *system;		/* that it runs in, NAME-KEY */
	char *root;		/* its folder */
	char *versions;		/* hash of its packages' versions */
	char key[SHA256_HEX_SIZE];
	char *name;		/* of the entry */
};

/*
 * Resolves the revision, which may fetch. Of the local build host's system
 * nothing is made: ERROR_AGAIN when it is not there (build_host_prepare).
 */
int must_check build_describe(struct build *build,
			      const struct build_part *part,
			      const struct config *config, struct db *db,
			      const char *flight, const char *job,
			      struct error *err);
void build_release(struct build *build);

/* For part->words: a runvar of the job, fallback when there is none. */
const char *build_runvar(const struct build *build, const char *name,
			 const char *fallback);
void build_word(struct build *build, const char *name, const char *value);

/* Who makes a build: what it tells of itself meanwhile, and where it runs. */
struct build_watcher {
	void (*stage)(void *arg, const char *text);
	/* the script's output, as it comes */
	void (*output)(const char *data, size_t len, void *arg);
	/*
	 * As sandbox_run, on another host: the folder's content goes there
	 * and its out/ comes back. NULL: on this machine.
	 */
	int (*run)(const struct sandbox *sandbox, void *arg,
		   struct error *err);
	void *arg;
};

/*
 * The entry, verified: taken when it is there and whole, else made; made says
 * which. While another process makes it this one waits. ERROR_FAIL: the
 * source does not build, with the first error line; ERROR_BROKEN: we failed.
 */
int must_check build_make(struct build *build, int64_t limit_ms,
			  const struct build_watcher *watcher,
			  struct dist *dist, bool *made, struct error *err);

/* The local build host's system, made if it must be. */
int must_check build_host_prepare(const struct config *config,
				  struct cache_entry *image,
				  struct error *err);

#endif
