/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that are whole or not there.
 *
 * Publishing writes beside the target, syncs and renames, so that a reader
 * (a booting host, Apache, a person) sees the old file or the new one.
 */
#ifndef IRONBIRD_BASE_FILES_H
#define IRONBIRD_BASE_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strvec.h"

#define SHA256_HEX_SIZE 65

/* Appends the file to sb; a file over max bytes is an error. */
int must_check file_read(const char *path, size_t max, struct strbuf *sb,
			 struct error *err);
/* As file_read, the last max bytes of a file of any size. */
int must_check file_read_tail(const char *path, size_t max, struct strbuf *sb,
			      struct error *err);
/* Puts data at path, atomically; missing parent folders are made. */
int must_check file_publish(const char *path, const void *data, size_t len,
			    mode_t mode, struct error *err);
/* Likewise, not synced: for what is made again when a power cut spoils it. */
int must_check file_publish_quick(const char *path, const void *data,
				  size_t len, mode_t mode, struct error *err);
/* A copy of from at to, published; for files of any size. */
int must_check file_copy(const char *from, const char *to, mode_t mode,
			 struct error *err);
/* All of data to an open file; -1 with errno. */
int must_check file_write(int fd, const char *data, size_t len);
bool file_exists(const char *path);
/* Removes path; a file that is not there is no error. */
int must_check file_remove(const char *path, struct error *err);
/* Size in bytes, or -1. */
int64_t file_size(const char *path);

/* mkdir -p; an existing folder is no error. */
int must_check dir_make(const char *path, mode_t mode, struct error *err);
int must_check dir_make_parent(const char *path, struct error *err);
/*
 * Appends the names in a folder, sorted, but for those that begin with a dot.
 * A folder that is not there is an error.
 */
int must_check dir_list(const char *path, struct strvec *names,
			struct error *err);
/* rm -r that never follows a symbolic link and stays on one file system. */
int must_check dir_remove(const char *path, struct error *err);

/*
 * Takes an exclusive lock on the file path (made if missing), waiting at most
 * limit_ms. Returns the descriptor that holds it (close to unlock) or -1 with
 * ERROR_AGAIN when it stayed taken.
 */
int must_check file_lock(const char *path, int64_t limit_ms,
			 struct error *err);

/* SHA-256 in lower-case hex. */
int must_check file_sha256(const char *path, char hex[SHA256_HEX_SIZE],
			   struct error *err);
void data_sha256(const void *data, size_t len, char hex[SHA256_HEX_SIZE]);
/*
 * One hash over names, contents, execute bits and symbolic links' targets of
 * all files under dir, in name order: what a cache key is made of.
 */
int must_check dir_sha256(const char *dir, char hex[SHA256_HEX_SIZE],
			  struct error *err);

/* bytes random bytes from the kernel in hex; the caller frees. */
char *random_hex(size_t bytes);

#endif
