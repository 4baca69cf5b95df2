/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "build/stash.h"

#define MANIFEST_MAX (1 << 20)
#define KEY_DIGITS 16
#define BESIDE ".new"

void dist_release(struct dist *dist)
{
	free(dist->name);
	free(dist->dir);
	strvec_release(&dist->manifest);
	*dist = (struct dist)DIST_INIT;
}

const char *dist_word(const char *part)
{
	return strcmp(part, "kern") == 0 ? "kernel" : part;
}

const char *dist_value(const struct dist *dist, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i < dist->manifest.count; i++)
		if (strncmp(dist->manifest.v[i], key, n) == 0 &&
		    dist->manifest.v[i][n] == '=')
			return dist->manifest.v[i] + n + 1;
	return NULL;
}

char *stash_name(const char *part, const char *key)
{
	return xasprintf("%s-%.*s", part, KEY_DIGITS, key);
}

static char *path_of(const struct config *config, const char *name,
		     const char *suffix)
{
	return xasprintf("%s/%s%s", config_get(config, "Stash"), name,
			 suffix);
}

int stash_lock(const struct config *config, const char *name,
	       int64_t limit_ms, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/.locks/%s",
					 config_get(config, "Stash"), name);

	return file_lock(path, limit_ms, err);
}

static int read_manifest(struct dist *dist, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/manifest", dist->dir);
	AUTO_STRBUF text = STRBUF_INIT;
	struct stat st;

	if (file_read(path, MANIFEST_MAX, &text, err) < 0)
		return -1;
	strvec_split(&dist->manifest, text.buf, "\n");
	if (stat(path, &st) == 0)
		dist->made = (int64_t)st.st_mtime * 1000;
	for (size_t i = 0; i < dist->manifest.count; i++) {
		long long bytes;

		if (sscanf(dist->manifest.v[i], "file %*s %lld", &bytes) == 1)
			dist->bytes += bytes;
	}
	return 0;
}

int stash_get(const struct config *config, const char *name,
	      struct dist *dist, struct error *err)
{
	AUTO_FREE char *manifest = path_of(config, name, "/manifest");
	struct dist got = DIST_INIT;

	if (name_check("dist", name, err) < 0)
		return -1;
	if (!file_exists(manifest))
		return 0;
	got.name = xstrdup(name);
	got.dir = path_of(config, name, "");
	if (read_manifest(&got, err) < 0) {
		dist_release(&got);
		return -1;
	}
	*dist = got;
	return 1;
}

int stash_of_path(const struct config *config, const char *path,
		  struct dist *dist, struct error *err)
{
	AUTO_FREE char *name = xstrndup(path, strcspn(path, "/"));
	int rc = stash_get(config, name, dist, err);

	if (rc)
		return rc < 0 ? -1 : 0;
	return error_set(err, ERROR_BROKEN, "the stash has no dist %s any more "
			 "(%s)", name, config_get(config, "Stash"));
}

static int check_file(const struct dist *dist, const char *line, bool whole,
		      struct error *err)
{
	AUTO_STRVEC words = STRVEC_INIT;
	AUTO_FREE char *path = NULL;
	char sha256[SHA256_HEX_SIZE];

	strvec_split(&words, line, " ");
	if (words.count != 4 || !name_ok(words.v[1]))
		return error_set(err, ERROR_BROKEN, "dist %s is damaged: its "
				 "manifest has the line '%.60s'", dist->name,
				 line);
	path = xasprintf("%s/%s", dist->dir, words.v[1]);
	if (file_size(path) != strtoll(words.v[2], NULL, 10))
		return error_set(err, ERROR_BROKEN, "dist %s is damaged: %s "
				 "has %lld bytes instead of %s", dist->name,
				 words.v[1], (long long)file_size(path),
				 words.v[2]);
	if (!whole)
		return 0;
	if (file_sha256(path, sha256, err) < 0)
		return -1;
	if (strcmp(sha256, words.v[3]) == 0)
		return 0;
	return error_set(err, ERROR_BROKEN, "dist %s is damaged: %s has sha256 "
			 "%.16s... instead of %.16s...", dist->name,
			 words.v[1], sha256, words.v[3]);
}

static int check_files(const struct dist *dist, bool whole, struct error *err)
{
	size_t files = 0;

	for (size_t i = 0; i < dist->manifest.count; i++) {
		if (!str_starts(dist->manifest.v[i], "file "))
			continue;
		if (check_file(dist, dist->manifest.v[i], whole, err) < 0)
			return -1;
		files++;
	}
	if (files)
		return 0;
	return error_set(err, ERROR_BROKEN, "dist %s is damaged: its manifest "
			 "names no file", dist->name);
}

int dist_verify(const struct dist *dist, struct error *err)
{
	return check_files(dist, true, err);
}

int dist_glance(const struct dist *dist, struct error *err)
{
	return check_files(dist, false, err);
}

char *stash_begin(const struct config *config, const char *name,
		  struct error *err)
{
	char *beside = path_of(config, name, BESIDE);

	if (dir_remove(beside, err) == 0 && dir_make(beside, 0755, err) == 0)
		return beside;
	free(beside);
	return NULL;
}

static int add_file(const char *dir, const char *name, struct strbuf *text,
		    struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);
	char sha256[SHA256_HEX_SIZE];

	if (file_sha256(path, sha256, err) < 0)
		return -1;
	strbuf_addf(text, "file %s %lld %s\n", name,
		    (long long)file_size(path), sha256);
	return 0;
}

static int write_manifest(const char *dir, const char *text,
			  struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/manifest", dir);
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_STRBUF all = STRBUF_INIT;

	strbuf_addstr(&all, text);
	if (dir_list(dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (add_file(dir, names.v[i], &all, err) < 0)
			return -1;
	return file_publish(path, all.buf, all.len, 0644, err);
}

int stash_put(const struct config *config, const char *name,
	      const char *manifest, struct error *err)
{
	AUTO_FREE char *beside = path_of(config, name, BESIDE);
	AUTO_FREE char *dir = path_of(config, name, "");

	if (write_manifest(beside, manifest, err) < 0 ||
	    dir_remove(dir, err) < 0)
		return -1;
	if (rename(beside, dir) < 0)
		return error_errno(err, "cannot rename %s", beside);
	return 0;
}

void stash_abandon(const struct config *config, const char *name)
{
	AUTO_FREE char *beside = path_of(config, name, BESIDE);

	/* what stays is removed when it is begun again, or by gc */
	if (dir_remove(beside, NULL) < 0)
		return;
}

int stash_remove(const struct config *config, const char *name,
		 struct error *err)
{
	AUTO_FREE char *dir = path_of(config, name, "");

	/* its lock stays: a file that is locked must not become another */
	if (name_check("dist", name, err) < 0)
		return -1;
	return dir_remove(dir, err);
}
