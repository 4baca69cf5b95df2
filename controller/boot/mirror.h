/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where hosts get Debian's packages: the mirror that the settings name, or
 * the one that the controller's own apt uses.
 */
#ifndef IRONBIRD_BOOT_MIRROR_H
#define IRONBIRD_BOOT_MIRROR_H

#include "base/error.h"
#include "config/config.h"

struct mirror {
	char *protocol;		/* "http" or "https" */
	char *host;		/* "mirror.example.com", perhaps with a port */
	char *path;		/* "/debian" */
};

void mirror_release(struct mirror *mirror);
/* ERROR_USAGE when neither settings nor apt know a Debian archive. */
int must_check mirror_find(const struct config *config, struct mirror *mirror,
			   struct error *err);
/* "Debian URI CODENAME\n" lines of apt-get indextargets; for mirror_find. */
int must_check mirror_from_apt(const char *lines, struct mirror *mirror,
			       struct error *err);

#endif
