/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images of host-images/ and bundles of hypervisor/, from the cache or made.
 *
 * An image's key is a hash of its definition, its folder, the builders, the
 * suite and firmware packages. A bundle's is one of its definition and those
 * it is made on top of, the packer, the pin and the package list of the host
 * image that it must fit.
 */
#ifndef IRONBIRD_BOOT_IMAGE_H
#define IRONBIRD_BOOT_IMAGE_H

#include "boot/cache.h"
#include "config/config.h"

/* ERROR_USAGE with a hint for a name that has no definition. */
int must_check image_ensure(const struct config *config, const char *name,
			    bool fresh, struct cache_entry *image,
			    struct error *err);
/* Is it in the cache as it would be made now? -1 for an unknown name. */
int image_is_made(const struct config *config, const char *name,
		  struct error *err);
/*
 * As cache_identity, of the image as it would be used now; nothing is made.
 */
int must_check image_identity(const struct config *config, const char *name,
			      char **identity, struct error *err);
/* Names of all definitions. */
int must_check image_names(struct strvec *names, struct error *err);

/*
 * A hypervisor bundle, of the version that the setting HypervisorPin names.
 * which is its name, or "" for the one of the setting HypervisorBundle, or
 * what is added to that one's name: "-libvirt", with what that toolstack
 * needs.
 */
int must_check bundle_ensure(const struct config *config, const char *which,
			     bool fresh, struct cache_entry *bundle,
			     struct error *err);
/* Is it, and the host image it must fit, in the cache? -1 for a bad name. */
int bundle_is_made(const struct config *config, struct error *err);
/*
 * Of the bundle that a fact (boot/inputs.h) is about: its name, or
 * "hypervisor" for the setting's, "hypervisor-libvirt" with more. Without its
 * host image it cannot be known, and ends in ':'.
 */
int must_check bundle_identity(const struct config *config, const char *fact,
			       char **identity, struct error *err);
/* PATH of a file of the share folder's hypervisor/; the caller frees. */
char *bundle_script(const char *name);

#endif
