/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine is handed over the web while it comes up, and where its
 * signs of life are fetched.
 *
 * Each installation of a host or guest gets a folder of its own with a random
 * name, NAME/NONCE/ below the site's web space: it holds the private host key
 * that the machine is given, so nobody else should be able to name it. In it
 * stand the orders, the overlay, and one small file for each stage: fetching
 * it is the report, and the access log is where it is read.
 */
#ifndef IRONBIRD_BOOT_HANDOVER_H
#define IRONBIRD_BOOT_HANDOVER_H

#include "base/error.h"
#include "base/strvec.h"
#include "host/host.h"

struct handover {
	char *dir;	/* folder on the controller */
	char *url;	/* as the machine sees it, ends in '/' */
	char *path;	/* the URL's path, "/iron1/5f3a.../" */
};

void handover_release(struct handover *handover);
/*
 * Makes a new folder for the machine, with a file for each of the stages
 * ("stage/disk", "booted"), and removes its earlier ones.
 */
int must_check handover_create(struct handover *handover,
			       const struct site *site, const char *name,
			       const char *const *stages, struct error *err);
/* The newest folder of the machine; ERROR_USAGE when it has none. */
int must_check handover_find(struct handover *handover,
			     const struct site *site, const char *name,
			     struct error *err);
int must_check handover_add(const struct handover *handover, const char *name,
			    const char *data, size_t len, struct error *err);

/*
 * Puts a file of the controller (an image, a kernel, a dist) into the web
 * space under images/KEY/NAME and gives its URL, the caller's to free. A hard
 * link where that can be, else a copy.
 */
int must_check web_publish_file(const struct site *site, const char *key,
				const char *path, char **url,
				struct error *err);
/* Takes away what was published under a key. */
int must_check web_unpublish(const struct site *site, const char *key,
			     struct error *err);

#endif
