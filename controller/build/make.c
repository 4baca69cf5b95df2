/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An entry of the stash: taken, or made. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/proc.h"
#include "build/build.h"
#include "build/errorline.h"
#include "build/makeflags.h"
#include "build/pack.h"
#include "config/state.h"
#include "db/stash.h"

#define UNPACK_LIMIT_MS (5 * 60 * 1000)
#define MANIFEST_MAX (1 << 20)
#define ERROR_LINE_MAX 600

/* A build under way: its folder is BuildDir/NAME. */
struct making {
	struct build *build;
	const struct build_watcher *watcher;
	char *dir;
	char *src;
	int64_t when;		/* of the commit */
	int64_t limit_ms;
	struct errorline error;
};

static void stage(const struct making *making, const char *fmt, ...)
	printf_like(2, 3);

static void stage(const struct making *making, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	making->watcher->stage(making->watcher->arg, text);
}

static int apply_patches(const struct making *making, struct error *err)
{
	const struct build *build = making->build;
	const struct git_call call = { .dir = making->src };

	for (size_t i = 0; i < build->patches.count; i++) {
		const char *path = build->patches.v[i];
		const char *slash = strrchr(path, '/');

		stage(making, "applying %s", slash ? slash + 1 : path);
		if (git_run(&call, NULL, err, "apply", "--whitespace=nowarn",
			    path, NULL) < 0)
			return error_prefix(err, "the patch %s does not apply "
					    "to %s %.12s",
					    slash ? slash + 1 : path,
					    build->tree.name, build->commit);
	}
	return 0;
}

static int copy_into(const struct making *making, const char *from,
		     const char *name, mode_t mode, struct error *err)
{
	AUTO_FREE char *source = xasprintf("%s/hypervisor/%s",
					   config_share_dir(), from);
	AUTO_FREE char *target = xasprintf("%s/%s", making->dir, name);

	return file_copy(source, target, mode, err);
}

static int copy_fragments(const struct making *making, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/hypervisor/kconfig",
					 config_share_dir());
	AUTO_STRVEC names = STRVEC_INIT;
	int rc = dir_list(path, &names, err);

	for (size_t i = 0; i < names.count && rc == 0; i++) {
		AUTO_FREE char *name = xasprintf("kconfig/%s", names.v[i]);

		rc = copy_into(making, name, name, 0644, err);
	}
	return rc;
}

static int unpack_need(const struct making *making, struct error *err)
{
	const struct build *build = making->build;
	AUTO_FREE char *tar = xasprintf("%s/%s",
					config_get(build->config, "Stash"),
					str_or(build->need, ""));
	AUTO_FREE char *dir = xasprintf("%s/need", making->dir);
	char *argv[] = { (char *)"tar", (char *)"--zstd", (char *)"-C", dir,
			 (char *)"-xf", tar, NULL };
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = UNPACK_LIMIT_MS,
	};

	if (!build->need)
		return 0;
	if (dir_make(dir, 0755, err) < 0)
		return -1;
	return proc_check(&spec, err);
}

static int prepare(struct making *making, struct error *err)
{
	const struct build *build = making->build;
	AUTO_FREE char *script = xasprintf("build-%s", build->part->name);
	AUTO_FREE char *out = xasprintf("%s/out", making->dir);
	AUTO_FREE char *kconfig = xasprintf("%s/kconfig", making->dir);

	/* what an interrupted build left */
	if (dir_remove(making->dir, err) < 0 || dir_make(out, 0755, err) < 0 ||
	    dir_make(kconfig, 0755, err) < 0)
		return -1;
	stage(making, "checking out %s %.12s", build->tree.name,
	      build->commit);
	if (tree_commit_time(&build->tree, build->commit, &making->when,
			     err) < 0 ||
	    tree_checkout(&build->tree, build->commit, making->src, err) < 0 ||
	    apply_patches(making, err) < 0 ||
	    copy_into(making, script, "build", 0755, err) < 0 ||
	    copy_fragments(making, err) < 0)
		return -1;
	return unpack_need(making, err);
}

static void on_output(const char *data, size_t len, void *arg)
{
	struct making *making = arg;

	errorline_add(&making->error, data, len);
	making->watcher->output(data, len, making->watcher->arg);
}

/* What this machine lacks is nothing that a revision can be blamed for. */
static int was_short(const struct making *making, struct error *err)
{
	const struct build *build = making->build;
	int64_t memory = config_size(build->config, "BuildMemory");
	const char *line;

	line = errorline_short_of(&making->error, ERRORLINE_DISK);
	if (line)
		return error_set(err, ERROR_BROKEN, "%s at %.12s cannot be "
				 "built, the disk is full: %.*s",
				 build->tree.name, build->commit,
				 ERROR_LINE_MAX, line);
	line = errorline_short_of(&making->error, ERRORLINE_MEMORY);
	if (line)
		return error_set(err, ERROR_BROKEN, "%s at %.12s cannot be "
				 "built, a process of it needed more than the "
				 "%lld MB that BuildMemory allows: %.*s",
				 build->tree.name, build->commit,
				 (long long)memory >> 20, ERROR_LINE_MAX,
				 line);
	return 0;
}

/* The source as the sandbox has it is no part of the file's name. */
static int does_not_build(const struct making *making, int status,
			  struct error *err)
{
	const struct build *build = making->build;
	const char *line = errorline_text(&making->error);

	if (was_short(making, err) < 0)
		return -1;
	if (line && str_starts(line, "/build/src/"))
		line += strlen("/build/src/");
	return error_set(err, ERROR_FAIL, "%s at %.12s does not build: %.*s",
			 build->tree.name, build->commit, ERROR_LINE_MAX,
			 line ? line : status > 128 ? "it was killed" :
			 "it printed nothing");
}

static int64_t memory_of_all(const struct build *build)
{
	int64_t bytes = config_size(build->config, "BuildMemoryAll");

	return bytes > 0 ? bytes : (int64_t)sysconf(_SC_PHYS_PAGES) *
		sysconf(_SC_PAGESIZE) / 4 * 3;
}

static int run_script(struct making *making, struct error *err)
{
	const struct build *build = making->build;
	char *argv[] = { (char *)"sh", (char *)"./build", NULL };
	AUTO_STRVEC env = STRVEC_INIT;
	struct sandbox sandbox = {
		.root = build->root, .build = making->dir,
		.ccache = config_get(build->config, "BuildCache"),
		.argv = argv, .limit_ms = making->limit_ms,
		.memory = config_size(build->config, "BuildMemory"),
		.memory_all = memory_of_all(build),
		.sink = on_output, .sink_arg = making,
	};
	int status;

	strvec_pushf(&env, "REVISION=%s", build->commit);
	strvec_pushf(&env, "DATE=%lld", (long long)making->when);
	makeflags_add(build->config, &env);
	strvec_pushv(&env, build->words.v);
	sandbox.env = env.v;
	stage(making, "building %s %.12s", build->part->name, build->commit);
	if (making->watcher->run)
		status = making->watcher->run(&sandbox, making->watcher->arg,
					      err);
	else
		status = sandbox_run(&sandbox, err);
	return status > 0 ? does_not_build(making, status, err) : status;
}

/* Each folder of out/ is a dist; each file but the manifest goes along. */
static int pack_one(const struct making *making, const char *name,
		    const char *to, struct error *err)
{
	AUTO_FREE char *from = xasprintf("%s/out/%s", making->dir, name);
	AUTO_FREE char *tar = xasprintf("%s/%s.tar.zst", to, name);
	AUTO_FREE char *file = xasprintf("%s/%s", to, name);
	int64_t start = clock_mono_ms(), bytes = 0;
	struct stat st;

	if (lstat(from, &st) < 0)
		return error_errno(err, "cannot read %s", from);
	if (S_ISREG(st.st_mode))
		return strcmp(name, "manifest") == 0 ? 0 :
			file_copy(from, file, 0644, err);
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERROR_BROKEN, "the build left %s, which "
				 "is no file and no folder", name);
	stage(making, "packing %s", name);
	if (dist_pack(from, tar, making->when, &bytes, err) < 0)
		return -1;
	stage(making, "packed %s: %lld bytes in %lld ms", name,
	      (long long)bytes, (long long)(clock_mono_ms() - start));
	return 0;
}

static int pack_all(const struct making *making, const char *to,
		    struct error *err)
{
	AUTO_FREE char *out = xasprintf("%s/out", making->dir);
	AUTO_STRVEC names = STRVEC_INIT;
	int rc = dir_list(out, &names, err);

	for (size_t i = 0; i < names.count && rc == 0; i++)
		rc = pack_one(making, names.v[i], to, err);
	return rc;
}

/* "built_revision_qemu_roms_u-boot=...": what the commit names, of others. */
static int add_subtrees(const struct build *build, struct strbuf *text,
			struct error *err)
{
	AUTO_STRVEC subtrees = STRVEC_INIT;

	if (tree_subtrees(&build->tree, build->commit, &subtrees, err) < 0)
		return -1;
	for (size_t i = 0; i < subtrees.count; i++) {
		char *space = strrchr(subtrees.v[i], ' ');

		*space = '\0';
		for (char *p = subtrees.v[i]; *p; p++)
			if (!isalnum((unsigned char)*p) && *p != '-' &&
			    *p != '.')
				*p = '_';
		strbuf_addf(text, "built_revision_%s_%s=%s\n",
			    build->tree.name, subtrees.v[i], space + 1);
	}
	return 0;
}

/* What it was built against, and what tells that when it runs. */
static int add_need(const struct build *build, struct strbuf *text,
		    struct error *err)
{
	AUTO_DIST need = DIST_INIT;

	if (!build->need)
		return 0;
	if (stash_of_path(build->config, build->need, &need, err) < 0)
		return -1;
	strbuf_addf(text, "need=%s\nneed_revision=%s\nneed_tools_id=%s\n",
		    build->need, str_or(dist_value(&need, "built_revision"),
					"unknown"),
		    str_or(dist_value(&need, "tools_id"), "none"));
	return 0;
}

/* Ours first, then what the script says of its result. */
static int write_manifest(const struct making *making, struct strbuf *text,
			  struct error *err)
{
	const struct build *build = making->build;
	AUTO_FREE char *path = xasprintf("%s/out/manifest", making->dir);

	strbuf_addf(text, "kind=source\npart=%s\nkey=%s\ntree=%s\nrevision=%s\n"
		    "built_revision=%s\nsystem=%s\npackages_sha256=%s\n"
		    "built_by=%s.%s\n",
		    build->part->name, build->key, build->tree.url,
		    build->revision, build->commit, build->system,
		    build->versions, build->flight, build->job);
	for (size_t i = 0; i < build->words.count; i++)
		strbuf_addf(text, "word_%s\n", build->words.v[i]);
	for (size_t i = 0; i < build->patches.count; i++) {
		const char *slash = strrchr(build->patches.v[i], '/');

		strbuf_addf(text, "patch=%s\n",
			    slash ? slash + 1 : build->patches.v[i]);
	}
	if (add_need(build, text, err) < 0 ||
	    add_subtrees(build, text, err) < 0)
		return -1;
	return file_read(path, MANIFEST_MAX, text, err);
}

static int put(struct making *making, struct error *err)
{
	const struct build *build = making->build;
	AUTO_FREE char *to = stash_begin(build->config, build->name, err);
	AUTO_STRBUF manifest = STRBUF_INIT;

	if (to && pack_all(making, to, err) == 0 &&
	    write_manifest(making, &manifest, err) == 0 &&
	    stash_put(build->config, build->name, manifest.buf, err) == 0)
		return 0;
	stash_abandon(build->config, build->name);
	return -1;
}

static int make(struct build *build, int64_t limit_ms,
		const struct build_watcher *watcher, struct error *err)
{
	struct making making = {
		.build = build, .watcher = watcher, .limit_ms = limit_ms,
		.dir = xasprintf("%s/%s",
				 config_get(build->config, "BuildDir"),
				 build->name),
		.error = ERRORLINE_INIT,
	};
	int rc = -1;

	making.src = xasprintf("%s/src", making.dir);
	if (state_check_room(build->config, NULL, err) == 0 &&
	    prepare(&making, err) == 0 && run_script(&making, err) == 0)
		rc = put(&making, err);
	/* the first trouble is the one to tell */
	if (tree_drop(&build->tree, making.src, rc < 0 ? NULL : err) < 0 ||
	    dir_remove(making.dir, rc < 0 ? NULL : err) < 0)
		rc = -1;
	errorline_release(&making.error);
	free(making.dir);
	free(making.src);
	return rc;
}

/* 1: whole; 0: not there, or damaged, and then it is removed. */
static int take(const struct build *build,
		const struct build_watcher *watcher, struct dist *dist,
		struct error *err)
{
	AUTO_FREE char *text = NULL;
	int rc = stash_get(build->config, build->name, dist, err);

	if (rc <= 0 || dist_verify(dist, err) == 0)
		return rc;
	text = xasprintf("%s: it is built again", err->text);
	watcher->stage(watcher->arg, text);
	dist_release(dist);
	return stash_remove(build->config, build->name, err);
}

/*
 * While the lock is ours: nobody removes what is about to be referred to. What
 * the job referred to before, ts-build-check has let go of.
 */
static int refer(const struct build *build, struct error *err)
{
	return stash_use(build->db, build->name, build->flight, build->job,
			 err);
}

/* A full stash is no reason to lose what is in it. */
static int tidy(const struct build *build, const struct build_watcher *watcher,
		struct error *err)
{
	int64_t room = config_size(build->config, "StashRoom"), left;
	AUTO_STRVEC removed = STRVEC_INIT;
	AUTO_FREE char *text = NULL;

	if (stash_gc(build->config, build->db, room, &removed, &left,
		     err) < 0)
		return -1;
	if (left > room) {
		text = xasprintf("the stash holds %lld bytes, all in use, and "
				 "StashRoom is %lld", (long long)left,
				 (long long)room);
		watcher->stage(watcher->arg, text);
	}
	return 0;
}

int build_make(struct build *build, int64_t limit_ms,
	       const struct build_watcher *watcher, struct dist *dist,
	       bool *made, struct error *err)
{
	AUTO_CLOSE int lock = stash_lock(build->config, build->name, 0, err);
	int rc;

	*made = false;
	if (lock < 0 && err->kind == ERROR_AGAIN) {
		watcher->stage(watcher->arg, "another job builds the same: "
			       "waiting for it");
		lock = stash_lock(build->config, build->name, limit_ms, err);
	}
	if (lock < 0)
		return -1;
	rc = take(build, watcher, dist, err);
	if (rc < 0)
		return -1;
	if (rc)
		return refer(build, err);
	*made = true;
	if (make(build, limit_ms, watcher, err) < 0 ||
	    refer(build, err) < 0 || tidy(build, watcher, err) < 0 ||
	    stash_get(build->config, build->name, dist, err) < 0)
		return -1;
	return 0;
}
