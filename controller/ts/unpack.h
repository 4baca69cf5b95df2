/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacking a tar that a host made. Hosts are not trusted: only regular files
 * are taken, below the folder, nothing through a link, and not more than max.
 */
#ifndef IRONBIRD_TS_UNPACK_H
#define IRONBIRD_TS_UNPACK_H

#include <stdint.h>

#include "base/error.h"

/*
 * Unpacks the file tar into dir; found is called for each file with its name
 * in the archive and its path here. -1 when the archive is damaged or larger
 * than max bytes; what was unpacked until then stays.
 */
int must_check unpack_tar(const char *tar, const char *dir, int64_t max,
			  void (*found)(const char *name, const char *path),
			  struct error *err);

#endif
