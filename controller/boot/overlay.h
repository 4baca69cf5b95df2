/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tar of files that is extracted over a new root: what makes an image into
 * this host or guest. Built in memory, published whole.
 */
#ifndef IRONBIRD_BOOT_OVERLAY_H
#define IRONBIRD_BOOT_OVERLAY_H

#include "base/error.h"
#include "base/files.h"
#include "base/strbuf.h"

struct overlay;

/* NULL with ERROR_BROKEN where libarchive is not installed. */
struct overlay *overlay_new(struct error *err);
void overlay_free(struct overlay *overlay);
/* A regular file of root's; path without a leading '/'. */
void overlay_add(struct overlay *overlay, const char *path, unsigned mode,
		 const char *data, size_t len);
void overlay_addf(struct overlay *overlay, const char *path, unsigned mode,
		  const char *fmt, ...) printf_like(4, 5);
/*
 * Every file and symbolic link below dir, with its mode, at the same place; a
 * dir that is not there is no error.
 */
int must_check overlay_add_dir(struct overlay *overlay, const char *dir,
			       struct error *err);
/* A hash of all that was added until now. */
void overlay_digest(const struct overlay *overlay,
		    char hex[SHA256_HEX_SIZE]);
/* Ends it and writes it to path with the given mode; ERROR_USAGE when a file
 * that was added does not fit the format (a name over 255 bytes). */
int must_check overlay_publish(struct overlay *overlay, const char *path,
			       unsigned mode, struct error *err);

#endif
