/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/libarchive.h"
#include "base/strbuf.h"
#include "ts/unpack.h"

#define BLOCK_SIZE 65536
#define NAME_BYTES_MAX 512
/* Paths are absolute by then, and ours: safe_name has seen to that. */
#define SAFELY (ARCHIVE_EXTRACT_SECURE_NODOTDOT | \
		ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_UNLINK)

static bool below(const char *name, const char *const *tops)
{
	size_t len = strcspn(name, "/");

	for (; *tops; tops++)
		if (strlen(*tops) == len && strncmp(name, *tops, len) == 0)
			return name[len] == '/';
	return false;
}

/* "./var/log/x" -> "var/log/x"; NULL for what must not be a path here. */
static const char *safe_name(const char *name, const char *const *tops)
{
	while (name && (str_starts(name, "./") || name[0] == '/'))
		name += name[0] == '/' ? 1 : 2;
	if (!name || !below(name, tops) || strstr(name, "..") ||
	    strlen(name) > NAME_BYTES_MAX)
		return NULL;
	return name;
}

struct unpacking {
	const struct unpack_spec *spec;
	const char *dir;	/* the spec's, without links */
	struct archive *in, *out;
};

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

static int take_entry(const struct unpacking *u, struct archive_entry *entry)
{
	const char *raw = libarchive.entry_pathname(entry);
	const char *name = safe_name(raw, u->spec->tops);
	AUTO_FREE char *kept = xstrdup(name), *path = NULL, *told = NULL;

	if (!kept || libarchive.entry_filetype(entry) != AE_IFREG ||
	    libarchive.entry_hardlink(entry))
		return ARCHIVE_OK;
	path = xasprintf("%s/%s", u->dir, kept);
	libarchive.entry_set_pathname(entry, path);
	libarchive.entry_set_perm(entry, 0644);
	if (libarchive.write_header(u->out, entry) != ARCHIVE_OK ||
	    copy_data(u->in, u->out) != ARCHIVE_OK)
		return ARCHIVE_FATAL;
	told = xasprintf("%s/%s", u->spec->dir, kept);
	u->spec->found(kept, told);
	return ARCHIVE_OK;
}

static int unpack_all(const struct unpacking *u, struct error *err)
{
	const struct unpack_spec *spec = u->spec;
	struct archive_entry *entry;
	int64_t left = spec->max_bytes;
	size_t count = 0;
	int rc;

	while ((rc = libarchive.read_next_header(u->in, &entry)) ==
	       ARCHIVE_OK) {
		if (++count > spec->max_files)
			return error_set(err, ERROR_BROKEN, "the host's logs "
					 "are more than %zu files",
					 spec->max_files);
		/* a size is what the host says it is */
		if (libarchive.entry_size(entry) > left)
			return error_set(err, ERROR_BROKEN, "the host's logs "
					 "are larger than %lld bytes",
					 (long long)spec->max_bytes);
		left -= libarchive.entry_size(entry);
		if (take_entry(u, entry) != ARCHIVE_OK)
			return error_set(err, ERROR_BROKEN, "cannot unpack "
					 "into %s: %s", spec->dir,
					 libarchive.error_string(u->out));
	}
	if (rc != ARCHIVE_EOF)
		return error_set(err, ERROR_BROKEN, "the host's tar is "
				 "damaged: %s", libarchive.error_string(u->in));
	return 0;
}

static int unpack_file(const char *tar, struct unpacking *u,
		       struct error *err)
{
	int rc;

	u->in = libarchive.read_new();
	u->out = libarchive.write_disk_new();
	libarchive.read_support_format_tar(u->in);
	libarchive.read_support_filter_gzip(u->in);
	libarchive.write_disk_set_options(u->out, SAFELY);
	if (libarchive.read_open_filename(u->in, tar, BLOCK_SIZE) != ARCHIVE_OK)
		rc = error_set(err, ERROR_BROKEN, "cannot read %s: %s", tar,
			       libarchive.error_string(u->in));
	else
		rc = unpack_all(u, err);
	libarchive.read_free(u->in);
	libarchive.write_free(u->out);
	return rc;
}

int unpack_tar(const char *tar, const struct unpack_spec *spec,
	       struct error *err)
{
	/* libarchive would rid the user of links above */
	AUTO_FREE char *dir = realpath(spec->dir, NULL);
	struct unpacking unpacking = { .spec = spec, .dir = dir };

	if (!dir)
		return error_errno(err, "cannot unpack into %s", spec->dir);
	return libarchive_load(err) < 0 ? -1 :
		unpack_file(tar, &unpacking, err);
}
