/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/libarchive.h"
#include "base/strbuf.h"
#include "ts/unpack.h"

#define BLOCK_SIZE 65536
/* Paths are absolute by then, and ours: safe_name has seen to that. */
#define SAFELY (ARCHIVE_EXTRACT_SECURE_NODOTDOT | \
		ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_UNLINK)

/* "./var/log/x" -> "var/log/x"; NULL for what must not be a path here. */
static const char *safe_name(const char *name)
{
	while (name && (str_starts(name, "./") || name[0] == '/'))
		name += name[0] == '/' ? 1 : 2;
	if (!name || !*name || strstr(name, "..") || strlen(name) > 512)
		return NULL;
	return name;
}

static int copy_data(struct archive *in, struct archive *out)
{
	const void *block;
	la_int64_t offset;
	size_t size;
	int rc;

	while ((rc = libarchive.read_data_block(in, &block, &size, &offset)) ==
	       ARCHIVE_OK)
		if (libarchive.write_data_block(out, block, size, offset) < 0)
			return ARCHIVE_FATAL;
	return rc == ARCHIVE_EOF ? ARCHIVE_OK : rc;
}

static int take_entry(struct archive *in, struct archive *out,
		      struct archive_entry *entry, const char *dir,
		      void (*found)(const char *name, const char *path))
{
	const char *raw = libarchive.entry_pathname(entry);
	const char *name = safe_name(raw);
	AUTO_FREE char *kept = xstrdup(name), *path = NULL;

	if (!kept || libarchive.entry_filetype(entry) != AE_IFREG ||
	    libarchive.entry_hardlink(entry))
		return ARCHIVE_OK;
	path = xasprintf("%s/%s", dir, kept);
	libarchive.entry_set_pathname(entry, path);
	libarchive.entry_set_perm(entry, 0644);
	if (libarchive.write_header(out, entry) != ARCHIVE_OK ||
	    copy_data(in, out) != ARCHIVE_OK)
		return ARCHIVE_FATAL;
	found(kept, path);
	return ARCHIVE_OK;
}

static int unpack_all(struct archive *in, struct archive *out,
		      const char *dir, int64_t max,
		      void (*found)(const char *name, const char *path),
		      struct error *err)
{
	struct archive_entry *entry;
	int64_t total = 0;
	int rc;

	while ((rc = libarchive.read_next_header(in, &entry)) == ARCHIVE_OK) {
		total += libarchive.entry_size(entry);
		if (total > max)
			return error_set(err, ERROR_BROKEN, "the host's logs "
					 "are larger than %lld bytes",
					 (long long)max);
		if (take_entry(in, out, entry, dir, found) != ARCHIVE_OK)
			return error_set(err, ERROR_BROKEN, "cannot unpack "
					 "into %s: %s", dir,
					 libarchive.error_string(out));
	}
	if (rc != ARCHIVE_EOF)
		return error_set(err, ERROR_BROKEN, "the host's tar is "
				 "damaged: %s", libarchive.error_string(in));
	return 0;
}

int unpack_tar(const char *tar, const char *dir, int64_t max,
	       void (*found)(const char *name, const char *path),
	       struct error *err)
{
	struct archive *in, *out;
	int rc;

	if (libarchive_load(err) < 0)
		return -1;
	in = libarchive.read_new();
	out = libarchive.write_disk_new();
	libarchive.read_support_format_tar(in);
	libarchive.read_support_filter_gzip(in);
	libarchive.write_disk_set_options(out, SAFELY);
	if (libarchive.read_open_filename(in, tar, BLOCK_SIZE) != ARCHIVE_OK)
		rc = error_set(err, ERROR_BROKEN, "cannot read %s: %s", tar,
			       libarchive.error_string(in));
	else
		rc = unpack_all(in, out, dir, max, found, err);
	libarchive.read_free(in);
	libarchive.write_free(out);
	return rc;
}
