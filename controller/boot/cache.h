/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Things that take minutes to make and are made once: images, bundles.
 *
 * An entry is the folder ImageCache/NAME-KEY, where KEY is a hash of all that
 * goes into it. It is made beside and renamed when whole, under a lock: two
 * who want the same thing make it once. A builder leaves "manifest" in it,
 * lines of key=value.
 */
#ifndef IRONBIRD_BOOT_CACHE_H
#define IRONBIRD_BOOT_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strvec.h"

struct cache_spec {
	const char *root;	/* ImageCache */
	const char *name;
	const char *key;	/* hex; the first 16 digits are used */
	char *const *argv;	/* the builder; OUTDIR takes the place of the
				   argument "{}" */
	char *const *env;
	int64_t limit_ms;
	bool fresh;		/* make it again */
};

struct cache_entry {
	char *name;
	char *key;		/* NAME-KEY, the folder's name */
	char *dir;
	bool made;		/* by this call, not found */
	struct strvec manifest;	/* its lines */
};

void cache_entry_release(struct cache_entry *entry);
/*
 * The entry, made if it must be. The builder's output goes to
 * ROOT/NAME-KEY.log; ERROR_BROKEN has its last line and the log's path.
 */
int must_check cache_ensure(const struct cache_spec *spec,
			    struct cache_entry *entry, struct error *err);
/* Is it there already? */
bool cache_has(const struct cache_spec *spec);
/* Value of KEY= in the manifest, or NULL. */
const char *cache_value(const struct cache_entry *entry, const char *key);
/*
 * KEY and what was made of it, "debian-host-5d8d...:8f03...": it may have been
 * made again. Of one that is not there yet, ":" is the end. The caller frees.
 */
char *cache_identity(const struct cache_spec *spec);
/* As cache_value; ERROR_BROKEN when the manifest lacks it. */
int must_check cache_need(const struct cache_entry *entry, const char *key,
			  const char **value, struct error *err);

#endif
