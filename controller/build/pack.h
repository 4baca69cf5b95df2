/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A folder as a dist: a tar file that unpacks at / on a host, with zstd.
 *
 * Equal folders give equal bytes: names are in order, everything belongs to
 * root, modes are those of the owner's bits, and all is of one time.
 */
#ifndef IRONBIRD_BUILD_PACK_H
#define IRONBIRD_BUILD_PACK_H

#include <stdint.h>

#include "base/error.h"

/*
 * Writes the file, whole on the disk when it returns; it must not be there.
 * when: seconds since 1970. Folders, files and symbolic links are taken,
 * anything else is ERROR_BROKEN. *bytes, unless NULL: what was read.
 */
int must_check dist_pack(const char *dir, const char *file, int64_t when,
			 int64_t *bytes, struct error *err);

#endif
