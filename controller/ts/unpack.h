/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacking a tar that a host made. Hosts are not trusted: only regular files
 * are taken, below the folders that were asked for, nothing through a link,
 * and no more than there is room for.
 */
#ifndef IRONBIRD_TS_UNPACK_H
#define IRONBIRD_TS_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct unpack_spec {
	const char *dir;	/* unpacked into */
	/* Top folders, up to a NULL: what else the tar has is passed over, so
	 * that it takes no other file's place in dir. */
	const char *const *tops;
	int64_t max_bytes;	/* of all files together */
	size_t max_files;	/* and of everything else that is in the tar */
	/* Called for each file with its name in the tar and its path here. */
	void (*found)(const char *name, const char *path);
};

/*
 * -1 when the tar is damaged or larger than the spec says; what was unpacked
 * until then stays.
 */
int must_check unpack_tar(const char *tar, const struct unpack_spec *spec,
			  struct error *err);

#endif
