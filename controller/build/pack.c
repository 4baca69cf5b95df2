/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/libarchive.h"
#include "build/pack.h"

#define CHUNK_SIZE (1 << 18)

struct packing {
	struct archive *archive;
	const char *file;
	size_t skip;		/* of each path: the folder's own */
	int64_t when, bytes;
};

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int write_error(const struct packing *p, struct error *err)
{
	int why = libarchive.error_number(p->archive);

	return error_set(err, ERROR_BROKEN, "cannot write %s: %s", p->file,
			 why > 0 ? strerror(why) :
			 str_or(libarchive.error_string(p->archive), "?"));
}

static int copy_file(struct packing *p, const char *path, struct error *err)
{
	static char chunk[CHUNK_SIZE];
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = -1;

	if (fd < 0)
		return error_errno(err, "cannot read %s", path);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		if (libarchive.write_data(p->archive, chunk, n) != n)
			return write_error(p, err);
		p->bytes += n;
	}
	return n < 0 ? error_errno(err, "cannot read %s", path) : 0;
}

/* Who may write depends on the umask of the build: only the owner does. */
static mode_t plain_mode(mode_t mode)
{
	if (S_ISLNK(mode))
		return 0777;
	return S_ISDIR(mode) || (mode & 0100) ? 0755 : 0644;
}

static int set_target(struct archive_entry *entry, const char *path,
		      struct error *err)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		return error_errno(err, "cannot read %s", path);
	target[n] = '\0';
	libarchive.entry_set_symlink(entry, target);
	return 0;
}

static int write_entry(struct packing *p, struct archive_entry *entry,
		       const FTSENT *found, struct error *err)
{
	const struct stat *st = found->fts_statp;

	libarchive.entry_set_pathname(entry, found->fts_path + p->skip);
	libarchive.entry_set_filetype(entry, st->st_mode & S_IFMT);
	libarchive.entry_set_perm(entry, plain_mode(st->st_mode));
	libarchive.entry_set_mtime(entry, p->when, 0);
	libarchive.entry_set_uname(entry, "root");
	libarchive.entry_set_gname(entry, "root");
	libarchive.entry_set_size(entry, S_ISREG(st->st_mode) ? st->st_size : 0);
	if (S_ISLNK(st->st_mode) &&
	    set_target(entry, found->fts_accpath, err) < 0)
		return -1;
	if (libarchive.write_header(p->archive, entry) != ARCHIVE_OK)
		return write_error(p, err);
	return S_ISREG(st->st_mode) ? copy_file(p, found->fts_accpath, err)
				    : 0;
}

static int add(struct packing *p, const FTSENT *found, struct error *err)
{
	struct archive_entry *entry;
	int rc;

	switch (found->fts_info) {
	case FTS_D: case FTS_F: case FTS_SL: case FTS_SLNONE:
		break;
	case FTS_DP:
		return 0;
	default:
		return error_set(err, ERROR_BROKEN, "%s cannot be packed: it "
				 "is no folder, file or link that can be read",
				 found->fts_path);
	}
	if (found->fts_level == 0)
		return 0;
	entry = libarchive.entry_new();
	rc = write_entry(p, entry, found, err);
	libarchive.entry_free(entry);
	return rc;
}

static int add_all(struct packing *p, const char *dir, struct error *err)
{
	char *const paths[] = { (char *)dir, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *found;
	int rc = 0;

	if (!fts)
		return error_errno(err, "cannot read the folder %s", dir);
	p->skip = strlen(dir) + 1;
	errno = 0;
	while (rc == 0 && (found = fts_read(fts)))
		rc = add(p, found, err);
	if (rc == 0 && errno)
		rc = error_errno(err, "cannot read the folder %s", dir);
	fts_close(fts);
	return rc;
}

static int write_archive(struct packing *p, const char *dir, int fd,
			 struct error *err)
{
	libarchive.write_set_format_gnutar(p->archive);
	if (libarchive.write_add_filter_zstd(p->archive) != ARCHIVE_OK ||
	    libarchive.write_set_options(p->archive,
				      "zstd:compression-level=6") !=
			ARCHIVE_OK ||
	    libarchive.write_open_fd(p->archive, fd) != ARCHIVE_OK)
		return write_error(p, err);
	if (add_all(p, dir, err) < 0)
		return -1;
	if (libarchive.write_close(p->archive) != ARCHIVE_OK)
		return write_error(p, err);
	return fsync(fd) < 0 ? error_errno(err, "cannot write %s", p->file)
			     : 0;
}

int dist_pack(const char *dir, const char *file, int64_t when, int64_t *bytes,
	      struct error *err)
{
	struct packing p = { .file = file, .when = when };
	AUTO_CLOSE int fd = -1;
	int rc;

	if (libarchive_load(err) < 0)
		return -1;
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_errno(err, "cannot make %s", file);
	p.archive = libarchive.write_new();
	rc = write_archive(&p, dir, fd, err);
	libarchive.write_free(p.archive);
	if (rc == 0 && bytes)
		*bytes = p.bytes;
	return rc;
}
