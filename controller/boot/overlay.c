/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/libarchive.h"
#include "boot/overlay.h"

#define OVERLAY_FILE_MAX (16 << 20)

struct overlay {
	struct archive *archive;
	struct strbuf tar;
	struct strbuf list;	/* a line for each file, for its digest */
	char *problem;		/* the first file that could not be added */
};

static la_ssize_t add_bytes(struct archive *archive, void *arg,
			    const void *data, size_t len)
{
	(void)archive;
	strbuf_add(&((struct overlay *)arg)->tar, data, len);
	return (la_ssize_t)len;
}

struct overlay *overlay_new(struct error *err)
{
	struct overlay *overlay;

	if (libarchive_load(err) < 0)
		return NULL;
	overlay = xcalloc(1, sizeof(*overlay));
	strbuf_init(&overlay->tar);
	strbuf_init(&overlay->list);
	overlay->archive = libarchive.write_new();
	libarchive.write_set_format_ustar(overlay->archive);
	libarchive.write_open(overlay->archive, overlay, NULL, add_bytes, NULL);
	return overlay;
}

void overlay_free(struct overlay *overlay)
{
	if (!overlay)
		return;
	libarchive.write_free(overlay->archive);
	strbuf_release(&overlay->tar);
	strbuf_release(&overlay->list);
	free(overlay->problem);
	free(overlay);
}

static struct archive_entry *new_entry(const char *path, unsigned type,
				       unsigned mode)
{
	struct archive_entry *entry = libarchive.entry_new();

	libarchive.entry_set_pathname(entry, path);
	libarchive.entry_set_filetype(entry, type);
	libarchive.entry_set_perm(entry, mode);
	libarchive.entry_set_mtime(entry, 1, 0);
	return entry;
}

/* The format has limits (names of 255 bytes): overlay_publish tells. */
static void write_entry(struct overlay *overlay, struct archive_entry *entry,
			const char *data, size_t len)
{
	struct archive *archive = overlay->archive;
	char hex[SHA256_HEX_SIZE];

	data_sha256(data, len, hex);
	strbuf_addf(&overlay->list, "%s %o %s %s\n",
		    libarchive.entry_pathname(entry), libarchive.entry_mode(entry),
		    str_or(libarchive.entry_symlink(entry), ""), hex);
	libarchive.entry_set_size(entry, (la_int64_t)len);
	if ((libarchive.write_header(archive, entry) < ARCHIVE_WARN ||
	     libarchive.write_data(archive, data, len) != (la_ssize_t)len) &&
	    !overlay->problem)
		overlay->problem = xasprintf("%s: %s",
				libarchive.entry_pathname(entry),
				str_or(libarchive.error_string(archive), "?"));
	libarchive.entry_free(entry);
}

void overlay_add(struct overlay *overlay, const char *path, unsigned mode,
		 const char *data, size_t len)
{
	write_entry(overlay, new_entry(path, AE_IFREG, mode), data, len);
}

void overlay_addf(struct overlay *overlay, const char *path, unsigned mode,
		  const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	overlay_add(overlay, path, mode, text, strlen(text));
}

static int add_link(struct overlay *overlay, const char *name,
		    const char *path, struct error *err)
{
	struct archive_entry *entry;
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		return error_errno(err, "cannot read %s", path);
	target[n] = '\0';
	entry = new_entry(name, AE_IFLNK, 0777);
	libarchive.entry_set_symlink(entry, target);
	write_entry(overlay, entry, "", 0);
	return 0;
}

static int add_entry(struct overlay *overlay, const char *dir,
		     const FTSENT *entry, struct error *err)
{
	const char *name = entry->fts_path + strlen(dir);
	AUTO_STRBUF data = STRBUF_INIT;

	name += strspn(name, "/");
	switch (entry->fts_info) {
	case FTS_SL:
	case FTS_SLNONE:
		return add_link(overlay, name, entry->fts_path, err);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		errno = entry->fts_errno;
		return error_errno(err, "cannot read %s", entry->fts_path);
	case FTS_F:
		break;
	default:
		return 0;
	}
	if (file_read(entry->fts_path, OVERLAY_FILE_MAX, &data, err) < 0)
		return -1;
	overlay_add(overlay, name, entry->fts_statp->st_mode & 0777, data.buf,
		    data.len);
	return 0;
}

int overlay_add_dir(struct overlay *overlay, const char *dir,
		    struct error *err)
{
	char *const roots[] = { (char *)dir, NULL };
	FTSENT *entry;
	FTS *fts;
	int rc = 0;

	if (!file_exists(dir))
		return 0;
	fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!fts)
		return error_errno(err, "cannot read the folder %s", dir);
	while (rc == 0 && (entry = fts_read(fts)))
		rc = add_entry(overlay, dir, entry, err);
	fts_close(fts);
	return rc;
}

void overlay_digest(const struct overlay *overlay,
		    char hex[SHA256_HEX_SIZE])
{
	data_sha256(overlay->list.buf, overlay->list.len, hex);
}

int overlay_publish(struct overlay *overlay, const char *path, unsigned mode,
		    struct error *err)
{
	if (overlay->problem)
		return error_set(err, ERROR_USAGE, "cannot put the file %s "
				 "into %s", overlay->problem, path);
	if (libarchive.write_close(overlay->archive) != ARCHIVE_OK)
		return error_set(err, ERROR_BROKEN, "cannot make %s: %s", path,
				 libarchive.error_string(overlay->archive));
	return file_publish(path, overlay->tar.buf, overlay->tar.len, mode,
			    err);
}
