/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stash: what builds have produced, by what went into them.
 *
 * An entry is the folder Stash/PART-KEY; KEY is the beginning of a hash of
 * all that a build depends on (build.h), so that the same thing is never built
 * twice and two names never mean the same thing. In it are one tar file for
 * each dist, "xendist.tar.zst", other files, and "manifest": lines of
 * key=value, and "file NAME BYTES SHA256" for each file.
 *
 * An entry is filled beside and renamed when it is whole and on the disk: it
 * is there or it is not. The lock of its key is held by whoever builds it;
 * who wants the same waits and takes it.
 *
 * Rows say which job refers to which entry (db/stash.h): those stay, however
 * little room there is.
 */
#ifndef IRONBIRD_BUILD_STASH_H
#define IRONBIRD_BUILD_STASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strvec.h"
#include "config/config.h"
#include "db/db.h"

struct dist {
	char *name;		/* "xen-0123456789abcdef" */
	char *dir;
	struct strvec manifest;	/* its lines */
	int64_t bytes;		/* of all its files */
	int64_t made;		/* UTC ms */
};

#define DIST_INIT { .manifest = STRVEC_INIT }
#define AUTO_DIST __attribute__((cleanup(dist_release))) struct dist

void dist_release(struct dist *dist);
/*
 * OSSTest's word for the dist of a part: what kernbuildjob made is found in
 * the runvar path_kerneldist.
 */
const char *dist_word(const char *part);
/* Value of KEY= in the manifest, or NULL. */
const char *dist_value(const struct dist *dist, const char *key);

/* "xen-0123456789abcdef" of a part and a whole key. The caller frees. */
char *stash_name(const char *part, const char *key);
/* Takes the entry's lock within limit_ms: the descriptor, or -1 with
 * ERROR_AGAIN. */
int must_check stash_lock(const struct config *config, const char *name,
			  int64_t limit_ms, struct error *err);
/* 1: filled; 0: there is no such entry. Not verified. */
int must_check stash_get(const struct config *config, const char *name,
			 struct dist *dist, struct error *err);
/* The entry that a runvar path_xendist is of: "NAME/xendist.tar.zst". */
int must_check stash_of_path(const struct config *config, const char *path,
			     struct dist *dist, struct error *err);
/* Are all files as the manifest says? ERROR_BROKEN names the first. */
int must_check dist_verify(const struct dist *dist, struct error *err);
/* Only names and sizes: in no time, and enough to begin. */
int must_check dist_glance(const struct dist *dist, struct error *err);
/*
 * A folder to fill, on the stash's own disk; what an interrupted build left
 * there is gone. For the holder of the lock. The caller frees.
 */
char *stash_begin(const struct config *config, const char *name,
		  struct error *err);
/*
 * Writes the manifest (text, "file" lines are added) and puts the folder in
 * place. On failure nothing is in place.
 */
int must_check stash_put(const struct config *config, const char *name,
			 const char *manifest, struct error *err);
/* Removes what was begun. */
void stash_abandon(const struct config *config, const char *name);

struct dists {
	struct dist *v;
	size_t count;
};

void dists_release(struct dists *dists);
/* All entries, oldest first. */
int must_check stash_list(const struct config *config, struct dists *dists,
			  struct error *err);
int must_check stash_remove(const struct config *config, const char *name,
			    struct error *err);
/*
 * Removes entries that no job refers to, oldest first, until the stash has
 * room bytes at most (0: all such entries), and what dead builds left behind.
 * Pushes the names removed. *left: bytes that are there now.
 */
int must_check stash_gc(const struct config *config, struct db *db,
			int64_t room, struct strvec *removed, int64_t *left,
			struct error *err);

#endif
