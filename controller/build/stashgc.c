/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in the stash, and what need not be. */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "build/stash.h"
#include "db/stash.h"

#define BESIDE ".new"

void dists_release(struct dists *dists)
{
	for (size_t i = 0; i < dists->count; i++)
		dist_release(&dists->v[i]);
	free(dists->v);
	*dists = (struct dists){ .v = NULL };
}

static int oldest_first(const void *a, const void *b)
{
	const struct dist *x = a, *y = b;

	if (x->made != y->made)
		return x->made < y->made ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int add_dist(const struct config *config, const char *name,
		    struct dists *dists, struct error *err)
{
	struct dist dist = DIST_INIT;
	int rc = stash_get(config, name, &dist, err);

	if (rc <= 0)
		return rc;
	dists->v = xrealloc(dists->v, dists->count + 1, sizeof(*dists->v));
	dists->v[dists->count++] = dist;
	return 0;
}

static int read_stash(const struct config *config, struct strvec *entries,
		      struct error *err)
{
	const char *path = config_get(config, "Stash");

	return dir_make(path, 0755, err) < 0 ? -1 :
		dir_list(path, entries, err);
}

int stash_list(const struct config *config, struct dists *dists,
	       struct error *err)
{
	AUTO_STRVEC entries = STRVEC_INIT;
	int rc = read_stash(config, &entries, err);

	for (size_t i = 0; i < entries.count && rc == 0; i++)
		if (name_ok(entries.v[i]) && !str_ends(entries.v[i], BESIDE))
			rc = add_dist(config, entries.v[i], dists, err);
	if (rc < 0)
		dists_release(dists);
	else if (dists->count)
		qsort(dists->v, dists->count, sizeof(*dists->v),
		      oldest_first);
	return rc;
}

/* A folder that is being filled has its lock held. */
static int remove_begun(const struct config *config, const char *entry,
			struct error *err)
{
	AUTO_FREE char *name = xstrndup(entry, strlen(entry) -
					strlen(BESIDE));
	AUTO_CLOSE int lock = stash_lock(config, name, 0, NULL);
	AUTO_FREE char *path = xasprintf("%s/%s", config_get(config, "Stash"),
					 entry);

	return lock < 0 ? 0 : dir_remove(path, err);
}

static int remove_leftovers(const struct config *config, struct error *err)
{
	AUTO_STRVEC entries = STRVEC_INIT;
	int rc = read_stash(config, &entries, err);

	for (size_t i = 0; i < entries.count && rc == 0; i++)
		if (name_ok(entries.v[i]) && str_ends(entries.v[i], BESIDE))
			rc = remove_begun(config, entries.v[i], err);
	return rc;
}

/* 1: removed; 0: a job refers to it, or somebody takes it just now. */
static int remove_unused(const struct config *config, struct db *db,
			 const char *name, struct error *err)
{
	AUTO_CLOSE int lock = stash_lock(config, name, 0, NULL);
	AUTO_STRVEC users = STRVEC_INIT;

	if (lock < 0)
		return 0;
	if (stash_users(db, name, &users, err) < 0)
		return -1;
	if (users.count)
		return 0;
	return stash_remove(config, name, err) < 0 ? -1 : 1;
}

int stash_gc(const struct config *config, struct db *db, int64_t room,
	     struct strvec *removed, int64_t *left, struct error *err)
{
	struct dists dists = { .v = NULL };
	int64_t bytes = 0;
	int rc;

	if (remove_leftovers(config, err) < 0 ||
	    stash_list(config, &dists, err) < 0)
		return -1;
	for (size_t i = 0; i < dists.count; i++)
		bytes += dists.v[i].bytes;
	rc = 0;
	for (size_t i = 0; i < dists.count && rc >= 0 && bytes > room; i++) {
		rc = remove_unused(config, db, dists.v[i].name, err);
		if (rc > 0) {
			strvec_push(removed, dists.v[i].name);
			bytes -= dists.v[i].bytes;
		}
	}
	dists_release(&dists);
	*left = bytes;
	return rc < 0 ? -1 : 0;
}
