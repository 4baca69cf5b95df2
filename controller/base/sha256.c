/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sha256.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strvec.h"

_Static_assert(SHA256_DIGEST_STRING_LENGTH == SHA256_HEX_SIZE, "hex size");

void data_sha256(const void *data, size_t len, char hex[SHA256_HEX_SIZE])
{
	SHA256Data(data, len, hex);
}

int file_sha256(const char *path, char hex[SHA256_HEX_SIZE],
		struct error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char chunk[65536];
	SHA256_CTX ctx;
	ssize_t n;

	if (fd < 0)
		return error_errno(err, "cannot open %s", path);
	SHA256Init(&ctx);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		SHA256Update(&ctx, chunk, n);
	if (n < 0)
		return error_errno(err, "cannot read %s", path);
	SHA256End(&ctx, hex);
	return 0;
}

/* nftw has no argument for its callback: the walk's list is here. */
static __thread struct strvec *walked;

static int walk_one(const char *path, const struct stat *st, int type,
		    struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_F || type == FTW_SL)
		strvec_push(walked, path);
	return 0;
}

/* The kind ('x', '-', or 'l' for a symbolic link) and hash of one file. */
static int hash_one(const char *path, char *kind, char hex[SHA256_HEX_SIZE],
		    struct error *err)
{
	char target[PATH_MAX];
	struct stat st;
	ssize_t n;

	if (lstat(path, &st) < 0)
		return error_errno(err, "cannot read %s", path);
	if (!S_ISLNK(st.st_mode)) {
		*kind = st.st_mode & 0100 ? 'x' : '-';
		return file_sha256(path, hex, err);
	}
	n = readlink(path, target, sizeof(target));
	if (n < 0)
		return error_errno(err, "cannot read %s", path);
	*kind = 'l';
	data_sha256(target, n, hex);
	return 0;
}

int dir_sha256(const char *dir, char hex[SHA256_HEX_SIZE], struct error *err)
{
	AUTO_STRVEC paths = STRVEC_INIT;
	char one[SHA256_HEX_SIZE], kind;
	SHA256_CTX ctx;

	walked = &paths;
	if (nftw(dir, walk_one, 32, FTW_PHYS) < 0)
		return error_errno(err, "cannot read the folder %s", dir);
	strvec_sort(&paths);
	SHA256Init(&ctx);
	for (size_t i = 0; i < paths.count; i++) {
		const char *name = paths.v[i] + strlen(dir);

		if (hash_one(paths.v[i], &kind, one, err) < 0)
			return -1;
		SHA256Update(&ctx, (const void *)name, strlen(name) + 1);
		SHA256Update(&ctx, (const void *)&kind, 1);
		SHA256Update(&ctx, (const void *)one, sizeof(one));
	}
	SHA256End(&ctx, hex);
	return 0;
}
