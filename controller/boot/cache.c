/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "boot/cache.h"

#define MANIFEST_MAX (1 << 20)
#define LAST_LINE_MAX 300

void cache_entry_release(struct cache_entry *entry)
{
	free(entry->name);
	free(entry->key);
	free(entry->dir);
	strvec_release(&entry->manifest);
	*entry = (struct cache_entry){ .manifest = STRVEC_INIT };
}

static char *entry_path(const struct cache_spec *spec, const char *suffix)
{
	return xasprintf("%s/%s-%.16s%s", spec->root, spec->name, spec->key,
			 suffix);
}

bool cache_has(const struct cache_spec *spec)
{
	AUTO_FREE char *manifest = entry_path(spec, "/manifest");

	return file_exists(manifest);
}

static int builder_failed(const struct cache_spec *spec, const char *log_path,
			  const struct proc_result *result, struct error *err)
{
	AUTO_STRBUF tail = STRBUF_INIT;
	const char *line;

	if (file_read_tail(log_path, LAST_LINE_MAX, &tail, err) < 0)
		return -1;
	strbuf_rtrim(&tail);
	line = strrchr(tail.buf, '\n');
	line = line ? line + 1 : tail.buf;
	return error_set(err, ERROR_BROKEN, "making %s failed with status %d: "
			 "%s (all of it: %s)", spec->name, result->status,
			 *line ? line : "it printed nothing", log_path);
}

static int run_builder(const struct cache_spec *spec, const char *outdir,
		       const char *log_path, struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	AUTO_STRVEC argv = STRVEC_INIT;
	struct proc_spec proc = {
		.env = spec->env, .limit_ms = spec->limit_ms,
		.merge_errors = true, .output_max = 16 << 20,
		/* else it would fill a folder that the next one clears */
		.die_with_parent = true,
	};
	int rc;

	for (char *const *a = spec->argv; *a; a++)
		strvec_push(&argv, strcmp(*a, "{}") == 0 ? outdir : *a);
	proc.argv = argv.v;
	rc = proc_run(&proc, &result, err);
	if (file_publish(log_path, result.output.buf, result.output.len, 0644,
			 rc < 0 ? NULL : err) < 0)
		return -1;
	if (rc < 0)
		return error_prefix(err, "making %s (its output: %s)",
				    spec->name, log_path);
	return result.status ? builder_failed(spec, log_path, &result, err) : 0;
}

static int make_entry(const struct cache_spec *spec, const char *dir,
		      struct error *err)
{
	AUTO_FREE char *beside = entry_path(spec, ".new");
	AUTO_FREE char *log_path = entry_path(spec, ".log");
	AUTO_FREE char *manifest = xasprintf("%s/manifest", beside);

	if (dir_remove(beside, err) < 0 || dir_make(beside, 0755, err) < 0)
		return -1;
	if (run_builder(spec, beside, log_path, err) < 0) {
		if (dir_remove(beside, NULL) < 0)
			return error_prefix(err, "and %s stays", beside);
		return -1;
	}
	if (!file_exists(manifest))
		return error_set(err, ERROR_BROKEN, "making %s left no "
				 "manifest in %s", spec->name, beside);
	if (dir_remove(dir, err) < 0)
		return -1;
	if (rename(beside, dir) < 0)
		return error_errno(err, "cannot rename %s", beside);
	return 0;
}

static int read_manifest(struct cache_entry *entry, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/manifest", entry->dir);
	AUTO_STRBUF text = STRBUF_INIT;

	if (file_read(path, MANIFEST_MAX, &text, err) < 0)
		return -1;
	strvec_split(&entry->manifest, text.buf, "\n");
	return 0;
}

int cache_ensure(const struct cache_spec *spec, struct cache_entry *entry,
		 struct error *err)
{
	AUTO_FREE char *lock_path = entry_path(spec, ".lock");
	AUTO_CLOSE int lock = -1;

	*entry = (struct cache_entry){
		.name = xstrdup(spec->name),
		.key = xasprintf("%s-%.16s", spec->name, spec->key),
		.dir = entry_path(spec, ""),
		.manifest = STRVEC_INIT,
	};
	if (spec->fresh || !cache_has(spec)) {
		lock = file_lock(lock_path, spec->limit_ms, err);
		if (lock < 0)
			goto failed;
		/* somebody else may have made it while we waited */
		entry->made = spec->fresh || !cache_has(spec);
		if (entry->made && make_entry(spec, entry->dir, err) < 0)
			goto failed;
	}
	if (read_manifest(entry, err) == 0)
		return 0;
failed:
	cache_entry_release(entry);
	return -1;
}

const char *cache_value(const struct cache_entry *entry, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i < entry->manifest.count; i++)
		if (strncmp(entry->manifest.v[i], key, n) == 0 &&
		    entry->manifest.v[i][n] == '=')
			return entry->manifest.v[i] + n + 1;
	return NULL;
}

char *cache_identity(const struct cache_spec *spec)
{
	AUTO_FREE char *manifest = entry_path(spec, "/manifest");
	char hex[SHA256_HEX_SIZE] = "";

	if (!file_exists(manifest) || file_sha256(manifest, hex, NULL) < 0)
		hex[0] = '\0';
	return xasprintf("%s-%.16s:%.12s", spec->name, spec->key, hex);
}

int cache_need(const struct cache_entry *entry, const char *key,
	       const char **value, struct error *err)
{
	*value = cache_value(entry, key);
	if (*value)
		return 0;
	return error_set(err, ERROR_BROKEN, "%s/manifest has no line %s=; "
			 "remove the folder and it is made again", entry->dir,
			 key);
}
