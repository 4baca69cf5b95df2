/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A git tree out of a Debian source package: real revisions to build, test
 * and bisect, without any network but the package mirror.
 *
 * Repos/import/NAME.git gets the upstream snapshot as one commit and then one
 * commit for each patch of the package's series, with author, date and message
 * of the patch. The branch "debian" is the newest import, the tags
 * "debian/VERSION" and "upstream/VERSION" are each. The same package gives the
 * same commit ids everywhere: nothing in them comes from this machine.
 *
 * What is fetched stays in ImageCache, so that a version is fetched once.
 */
#ifndef IRONBIRD_BUILD_IMPORT_H
#define IRONBIRD_BUILD_IMPORT_H

#include "boot/cache.h"
#include "build/git.h"
#include "config/config.h"

struct import {
	char *repo;
	char *version;
	char *dsc_sha256;
	char head[COMMIT_SIZE];
	int patches;
	bool made;		/* by this call; false: it was there */
};

void import_release(struct import *import);
/*
 * version NULL: HypervisorPin when that names the package, else the newest
 * that the mirror can deliver. fresh: ask the mirror again. ERROR_BROKEN names
 * what the mirror has, or the patch that does not apply.
 */
int must_check import_tree(const struct config *config, const char *package,
			   const char *version, bool fresh,
			   struct import *import, struct error *err);
/*
 * The same from a package that is there: dir has the .dsc and the files that
 * it names. What import_tree does after fetching.
 */
int must_check import_package(const struct config *config,
			      const char *package, const char *dir,
			      const char *dsc, struct import *import,
			      struct error *err);

#endif
