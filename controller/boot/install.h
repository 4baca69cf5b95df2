/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Installing a host over the network, by one of several methods.
 *
 * A method publishes what its installer fetches and says by which fetches it
 * tells how far it is. The host property install-method names it: "image"
 * (Ironbird's own installer streams an image, the default) or
 * "debian-installer" (Debian's, with a preseed). A new method is a file and a
 * row of the table in install.c.
 */
#ifndef IRONBIRD_BOOT_INSTALL_H
#define IRONBIRD_BOOT_INSTALL_H

#include <stdbool.h>

#include "base/files.h"
#include "boot/handover.h"
#include "config/config.h"
#include "host/host.h"

struct install_plan {
	const struct install_method *method;
	struct handover handover;
	char *disk;		/* the one that will be wiped */
	char *kernel_url, *initrd_url;
	char *append;		/* kernel command line */
};

struct install_method {
	const char *name;
	/* Its fetch proves that the installer has its orders: from then on
	 * the host may boot from its disk. */
	const char *orders;
	/* Fetched when each stage begins; the last is "installed". */
	const char *const *stages;
	/* Fills the rest of a plan that has method, disk and handover. */
	int (*publish)(const struct config *config, const struct host *host,
		       struct install_plan *plan, struct error *err);
};

/* For install.c: what the method "image" does for a restore. */
int must_check orders_publish_restore(const struct config *config,
				      const struct host *host,
				      const char *state,
				      struct install_plan *plan,
				      struct error *err);

extern const struct install_method install_method_image;
extern const struct install_method install_method_debian;

void install_plan_release(struct install_plan *plan);
/*
 * Publishes everything for the host. ERROR_USAGE when it does not say which
 * disk may be wiped (property disk-device), or by an unknown method.
 */
int must_check install_publish(const struct config *config,
			       const struct host *host,
			       struct install_plan *plan, struct error *err);
/*
 * Instead of an installation: the pristine partition that the method "image"
 * made (host property pristine-partition) becomes root again, when it has the
 * state of that name. The host goes on to report where it did before.
 */
int must_check install_publish_restore(const struct config *config,
				       const struct host *host,
				       const char *state,
				       struct install_plan *plan,
				       struct error *err);
/* Does the host keep such a partition? */
bool install_has_pristine(const struct host *host);
/* The digest of that host's overlay, but for what differs each time. */
int must_check install_overlay_digest(const struct config *config,
				      const struct host *host,
				      char hex[SHA256_HEX_SIZE],
				      struct error *err);
#endif
