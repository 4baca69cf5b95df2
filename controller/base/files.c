/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"

static int read_all(int fd, const char *path, size_t max, struct strbuf *sb,
		    struct error *err)
{
	size_t total = 0;
	char chunk[65536];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		total += n;
		if (total > max)
			return error_set(err, ERROR_USAGE, "%s is longer than "
					 "the %zu bytes it may have", path,
					 max);
		strbuf_add(sb, chunk, n);
	}
	return n < 0 ? error_errno(err, "cannot read %s", path) : 0;
}

int file_read(const char *path, size_t max, struct strbuf *sb,
	      struct error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot open %s", path);
	return read_all(fd, path, max, sb, err);
}

int file_read_tail(const char *path, size_t max, struct strbuf *sb,
		   struct error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *tail = xmalloc(max);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot open %s", path);
	n = pread(fd, tail, max, st.st_size > (off_t)max ?
		  st.st_size - (off_t)max : 0);
	if (n < 0)
		return error_errno(err, "cannot read %s", path);
	strbuf_add(sb, tail, n);
	return 0;
}

int file_write(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		len -= n;
	}
	return 0;
}

/* A file beside path that will take its name; *beside is the caller's. */
static int open_beside(const char *path, mode_t mode, char **beside,
		       struct error *err)
{
	int fd;

	if (dir_make_parent(path, err) < 0)
		return -1;
	*beside = xasprintf("%s.new-XXXXXX", path);
	fd = mkostemp(*beside, O_CLOEXEC);
	if (fd >= 0 && fchmod(fd, mode) == 0)
		return fd;
	error_errno(err, "cannot make a file beside %s", path);
	if (fd >= 0) {
		unlink(*beside);
		close(fd);
	}
	return -1;
}

/* After a power cut, too, it is the new file that has the name. */
static int sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *dir = slash ? xstrndup(path, slash - path + 1)
				    : xstrdup(".");
	AUTO_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* file systems that know no such thing are as good as they are */
	return fd < 0 || fsync(fd) == 0 || errno != EIO ? 0 : -1;
}

static int rename_whole(int fd, const char *beside, const char *path,
			bool sync, struct error *err)
{
	if ((!sync || fsync(fd) == 0) && rename(beside, path) == 0 &&
	    (!sync || sync_folder(path) == 0))
		return 0;
	error_errno(err, "cannot publish %s", path);
	unlink(beside);
	return -1;
}

static int publish(const char *path, const void *data, size_t len,
		   mode_t mode, bool sync, struct error *err)
{
	AUTO_FREE char *beside = NULL;
	AUTO_CLOSE int fd = open_beside(path, mode, &beside, err);

	if (fd < 0)
		return -1;
	if (file_write(fd, data, len) < 0) {
		error_errno(err, "cannot write %s", path);
		unlink(beside);
		return -1;
	}
	return rename_whole(fd, beside, path, sync, err);
}

int file_publish(const char *path, const void *data, size_t len, mode_t mode,
		 struct error *err)
{
	return publish(path, data, len, mode, true, err);
}

int file_publish_quick(const char *path, const void *data, size_t len,
		       mode_t mode, struct error *err)
{
	return publish(path, data, len, mode, false, err);
}

static int copy_data(int in, int out)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(in, chunk, sizeof(chunk))) > 0)
		if (file_write(out, chunk, n) < 0)
			return -1;
	return n < 0 ? -1 : 0;
}

int file_copy(const char *from, const char *to, mode_t mode,
	      struct error *err)
{
	AUTO_FREE char *beside = NULL;
	AUTO_CLOSE int in = open(from, O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int out = -1;

	if (in < 0)
		return error_errno(err, "cannot open %s", from);
	out = open_beside(to, mode, &beside, err);
	if (out < 0)
		return -1;
	if (copy_data(in, out) < 0) {
		error_errno(err, "cannot copy %s to %s", from, to);
		unlink(beside);
		return -1;
	}
	return rename_whole(out, beside, to, true, err);
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int file_remove(const char *path, struct error *err)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove %s", path);
	return 0;
}

int64_t file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? -1 : st.st_size;
}

int dir_make_parent(const char *path, struct error *err)
{
	AUTO_FREE char *dir = xstrdup(path);
	size_t n = strlen(dir);

	while (n && dir[n - 1] == '/')
		n--;
	while (n && dir[n - 1] != '/')
		n--;
	while (n && dir[n - 1] == '/')
		n--;
	dir[n] = '\0';
	return n ? dir_make(dir, 0755, err) : 0;
}

int dir_make(const char *path, mode_t mode, struct error *err)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno == ENOENT) {
		if (dir_make_parent(path, err) < 0)
			return -1;
		if (mkdir(path, mode) == 0)
			return 0;
	}
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return error_errno(err, "cannot make the folder %s", path);
}

/* Appends what is in dir; -1 with errno. */
static int read_names(DIR *dir, struct strvec *names)
{
	struct dirent *entry;

	errno = 0;
	while ((entry = readdir(dir)))
		if (*entry->d_name != '.')
			strvec_push(names, entry->d_name);
	return errno ? -1 : 0;
}

int dir_list(const char *path, struct strvec *names, struct error *err)
{
	AUTO_STRVEC got = STRVEC_INIT;
	DIR *dir = opendir(path);
	int rc = dir ? read_names(dir, &got) : -1;

	if (rc < 0)
		error_errno(err, "cannot read the folder %s", path);
	if (dir)
		closedir(dir);
	if (rc < 0)
		return -1;
	strvec_sort(&got);
	strvec_pushv(names, got.v);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

int dir_remove(const char *path, struct error *err)
{
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0 &&
	    errno != ENOENT)
		return error_errno(err, "cannot remove the folder %s", path);
	return 0;
}

int file_lock(const char *path, int64_t limit_ms, struct error *err)
{
	int64_t deadline = clock_mono_ms() + limit_ms;
	const struct timespec pause = { .tv_nsec = 20000000 };
	int fd;

	if (dir_make_parent(path, err) < 0)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_errno(err, "cannot open the lock %s", path);
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			error_errno(err, "cannot lock %s", path);
			close(fd);
			return -1;
		}
		if (clock_mono_ms() >= deadline) {
			close(fd);
			return error_set(err, ERROR_AGAIN,
					 "%s is locked by another process",
					 path);
		}
		/* flock knows no deadline: look again, 50 times a second */
		nanosleep(&pause, NULL);
	}
	return fd;
}

char *random_hex(size_t bytes)
{
	AUTO_FREE unsigned char *raw = xmalloc(bytes);
	struct strbuf hex = STRBUF_INIT;

	if (getrandom(raw, bytes, 0) != (ssize_t)bytes)
		abort();	/* cannot happen for up to 256 bytes */
	for (size_t i = 0; i < bytes; i++)
		strbuf_addf(&hex, "%02x", raw[i]);
	return strbuf_detach(&hex);
}
