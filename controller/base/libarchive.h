/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libarchive, loaded by the first who packs or unpacks.
 *
 * It brings libxml2 and with it ICU and the C++ library: 10 of 27 libraries,
 * and a third of the time from exec to main(), of a program of which hundreds
 * start at once and few ever see an archive.
 *
 * Its calls are libarchive.NAME() for archive_NAME(), once libarchive_load()
 * has said yes.
 */
#ifndef IRONBIRD_BASE_LIBARCHIVE_H
#define IRONBIRD_BASE_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#include "base/error.h"

#define LIBARCHIVE_CALLS(CALL) \
	CALL(entry_filetype) CALL(entry_free) CALL(entry_hardlink) \
	CALL(entry_mode) CALL(entry_new) CALL(entry_pathname) \
	CALL(entry_set_filetype) CALL(entry_set_gname) CALL(entry_set_mtime) \
	CALL(entry_set_pathname) CALL(entry_set_perm) CALL(entry_set_size) \
	CALL(entry_set_symlink) CALL(entry_set_uname) CALL(entry_size) \
	CALL(entry_symlink) CALL(error_string) \
	CALL(read_data_block) CALL(read_free) CALL(read_new) \
	CALL(read_next_header) CALL(read_open_filename) \
	CALL(read_support_filter_gzip) CALL(read_support_format_tar) \
	CALL(write_add_filter_zstd) CALL(write_close) CALL(write_data) \
	CALL(write_data_block) CALL(write_disk_new) \
	CALL(write_disk_set_options) CALL(write_free) CALL(write_header) \
	CALL(write_new) CALL(write_open) CALL(write_open_fd) \
	CALL(write_set_format_gnutar) CALL(write_set_format_ustar) \
	CALL(write_set_options)

#define LIBARCHIVE_POINTER(name) __typeof__(archive_##name) *name;

struct libarchive {
	LIBARCHIVE_CALLS(LIBARCHIVE_POINTER)
	/* errno is a macro */
	__typeof__(archive_errno) *error_number;
};

extern struct libarchive libarchive;

/* ERROR_BROKEN names the package that is missing. */
int must_check libarchive_load(struct error *err);

#endif
