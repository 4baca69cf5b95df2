/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/names.h"
#include "base/proc.h"
#include "build/import.h"
#include "build/patch.h"
#include "build/tree.h"

#define FETCH_LIMIT_MS (30 * 60 * 1000)
#define UNPACK_LIMIT_MS (10 * 60 * 1000)
#define ADD_LIMIT_MS (10 * 60 * 1000)
#define PATCH_MAX (64 << 20)
#define WHO "Ironbird import"
#define EMAIL "import@ironbird.invalid"

/* One import under way. */
struct making {
	struct import *import;
	const char *package;
	char *work;		/* folder; the source is in work/src */
	char *index;		/* "GIT_INDEX_FILE=..." */
	char *when;		/* "@1700000000 +0000": of the package */
	char tip[COMMIT_SIZE];	/* "" before the first commit */
};

void import_release(struct import *import)
{
	free(import->repo);
	free(import->version);
	free(import->dsc_sha256);
	*import = (struct import){ .repo = NULL };
}

static struct git_call call_of(const struct making *making, char *const *env)
{
	return (struct git_call){
		.repo = making->import->repo, .dir = making->work,
		.env = env, .limit_ms = ADD_LIMIT_MS,
	};
}

static int run_in(const char *dir, struct strbuf *out, struct error *err,
		  char *const *argv)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	const struct proc_spec spec = {
		.argv = argv, .dir = dir, .limit_ms = UNPACK_LIMIT_MS,
		.merge_errors = !out, .die_with_parent = true,
	};

	if (!out)
		return proc_check(&spec, err);
	if (proc_run(&spec, &result, err) < 0)
		return -1;
	if (result.status)
		return error_set(err, ERROR_BROKEN, "%s ended with status %d",
				 argv[0], result.status);
	strbuf_add(out, result.output.buf, result.output.len);
	strbuf_rtrim(out);
	return 0;
}

static int unpack(const struct making *making, const char *dsc,
		  struct error *err)
{
	AUTO_FREE char *src = xasprintf("%s/src", making->work);
	char *argv[] = { (char *)"dpkg-source", (char *)"--no-check",
			 (char *)"--no-copy", (char *)"--skip-patches",
			 (char *)"-x", (char *)dsc, src, NULL };

	return run_in(making->work, NULL, err, argv);
}

/* When the package was made is when its commits were. */
static int read_changelog(struct making *making, struct error *err)
{
	AUTO_FREE char *src = xasprintf("%s/src", making->work);
	char *argv[] = { (char *)"dpkg-parsechangelog", (char *)"-S",
			 (char *)"Timestamp", NULL };
	AUTO_STRBUF when = STRBUF_INIT;

	if (run_in(src, &when, err, argv) < 0)
		return -1;
	making->when = xasprintf("@%s +0000", when.buf);
	return 0;
}


/* A version as git-buildpackage writes it into the name of a tag. */
static char *tag_name(const char *kind, const char *version)
{
	char *tag = xasprintf("refs/tags/%s/%s", kind, version);

	for (char *p = tag; *p; p++)
		if (*p == '~')
			*p = '_';
		else if (*p == ':')
			*p = '%';
	return tag;
}

/* Makes the index a commit on the tip, which is then the tip. */
static int commit(struct making *making, const struct patch_header *author,
		  const char *message, struct error *err)
{
	AUTO_STRVEC env = STRVEC_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	struct git_call call = call_of(making, NULL);
	AUTO_FREE char *tree = NULL;

	strvec_push(&env, making->index);
	strvec_pushf(&env, "GIT_AUTHOR_NAME=%s",
		     author && author->email && *author->name ? author->name :
		     author && author->email ? author->email : WHO);
	strvec_pushf(&env, "GIT_AUTHOR_EMAIL=%s",
		     author && author->email ? author->email : EMAIL);
	if (author && author->when)
		strvec_pushf(&env, "GIT_AUTHOR_DATE=@%lld %s",
			     (long long)author->when, author->zone);
	else
		strvec_pushf(&env, "GIT_AUTHOR_DATE=%s", making->when);
	strvec_pushl(&env, "GIT_COMMITTER_NAME=" WHO,
		     "GIT_COMMITTER_EMAIL=" EMAIL, NULL);
	strvec_pushf(&env, "GIT_COMMITTER_DATE=%s", making->when);
	call.env = env.v;
	tree = git_ask(&call, "write-tree", NULL);
	if (!tree)
		return error_set(err, ERROR_BROKEN, "git write-tree failed in "
				 "%s", making->import->repo);
	call.input = message;
	if (git_run(&call, &out, err, "commit-tree", tree,
		    *making->tip ? "-p" : "--no-gpg-sign",
		    *making->tip ? making->tip : NULL, NULL) < 0)
		return -1;
	strbuf_rtrim(&out);
	if (!git_is_commit(out.buf))
		return error_set(err, ERROR_BROKEN, "git commit-tree said "
				 "'%.100s'", out.buf);
	memcpy(making->tip, out.buf, COMMIT_SIZE);
	return 0;
}

/* All of the source but what is Debian's. */
static int commit_snapshot(struct making *making, struct error *err)
{
	const struct import *import = making->import;
	AUTO_FREE char *src = xasprintf("%s/src", making->work);
	AUTO_FREE char *work_tree = xasprintf("--work-tree=%s", src);
	AUTO_FREE char *from = xasprintf("%s/debian", src);
	AUTO_FREE char *to = xasprintf("%s/debian", making->work);
	AUTO_FREE char *message = xasprintf(
		"%s: upstream snapshot of %s\n\n"
		"Debian-Source: %s %s\nDebian-Dsc-Sha256: %s\n",
		making->package, import->version, making->package,
		import->version, import->dsc_sha256);
	char *const env[] = { making->index, NULL };
	struct git_call call = call_of(making, env);

	if (rename(from, to) < 0)
		return error_errno(err, "cannot rename %s", from);
	call.dir = src;
	if (git_run(&call, NULL, err, work_tree, "add", "--all", "--force",
		    ".", NULL) < 0)
		return -1;
	return commit(making, NULL, message, err);
}

/* "NAME [-pN] [# why]": a line of the series. */
static int apply(struct making *making, const char *name, const char *strip,
		 struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/debian/patches/%s", making->work,
					 name);
	AUTO_FREE char *message = NULL;
	AUTO_STRBUF text = STRBUF_INIT;
	struct patch_header header;
	char *const env[] = { making->index, NULL };
	const struct git_call call = call_of(making, env);
	int rc;

	if (file_read(path, PATCH_MAX, &text, err) < 0)
		return -1;
	if (git_run(&call, NULL, err, "apply", "--cached",
		    "--whitespace=nowarn", strip, path, NULL) < 0)
		return error_prefix(err, "source package %s %s: the patch %s "
				    "does not apply", making->package,
				    making->import->version, name);
	patch_header_parse(&header, text.buf);
	message = xasprintf("%s\n\n%s%sDebian-Patch: %s\n",
			    str_or(header.subject, name), header.body,
			    *header.body ? "\n\n" : "", name);
	rc = commit(making, &header, message, err);
	patch_header_release(&header);
	making->import->patches++;
	return rc;
}

static int apply_series(struct making *making, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/debian/patches/series",
					 making->work);
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRVEC lines = STRVEC_INIT;

	if (!file_exists(path))
		return 0;
	if (file_read(path, PATCH_MAX, &text, err) < 0)
		return -1;
	strvec_split(&lines, text.buf, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		AUTO_STRVEC words = STRVEC_INIT;

		lines.v[i][strcspn(lines.v[i], "#")] = '\0';
		strvec_split(&words, lines.v[i], " \t\r");
		if (!words.count)
			continue;
		if (apply(making, words.v[0],
			  words.count > 1 ? words.v[1] : "-p1", err) < 0)
			return -1;
	}
	return 0;
}

/* The names appear together, when all is there that they name. */
static int publish(const struct making *making, const char *snapshot,
		   struct error *err)
{
	const struct import *import = making->import;
	AUTO_FREE char *debian = tag_name("debian", import->version);
	AUTO_FREE char *upstream = tag_name("upstream", import->version);
	AUTO_FREE char *updates = xasprintf(
		"update %s %s\nupdate %s %s\nupdate refs/heads/debian %s\n",
		upstream, snapshot, debian, import->head, import->head);
	struct git_call call = call_of(making, NULL);

	call.input = updates;
	if (git_run(&call, NULL, err, "update-ref", "--stdin", NULL) < 0)
		return -1;
	call.input = NULL;
	return git_run(&call, NULL, err, "symbolic-ref", "HEAD",
		       "refs/heads/debian", NULL);
}

static int make(struct making *making, const char *dsc, struct error *err)
{
	const struct git_call none = { .repo = NULL };
	const struct git_call call = call_of(making, NULL);
	char snapshot[COMMIT_SIZE];

	if (dir_remove(making->work, err) < 0 ||
	    dir_make(making->work, 0755, err) < 0 ||
	    git_run(&none, NULL, err, "init", "--quiet", "--bare",
		    making->import->repo, NULL) < 0 ||
	    unpack(making, dsc, err) < 0 || read_changelog(making, err) < 0 ||
	    commit_snapshot(making, err) < 0)
		return -1;
	memcpy(snapshot, making->tip, COMMIT_SIZE);
	if (apply_series(making, err) < 0)
		return -1;
	memcpy(making->import->head, making->tip, COMMIT_SIZE);
	making->import->made = true;
	if (publish(making, snapshot, err) < 0)
		return -1;
	/* thousands of small files become one: who fetches is quick */
	return git_run(&call, NULL, err, "repack", "-a", "-d", "-q", NULL);
}

/* 1: this very package was imported before, and is what is asked for now. */
static int is_there(struct import *import, struct error *err)
{
	const struct git_call call = { .repo = import->repo };
	AUTO_FREE char *tag = tag_name("debian", import->version);
	AUTO_FREE char *upstream = tag_name("upstream", import->version);
	AUTO_FREE char *range = xasprintf("%s..%s", upstream, tag);
	AUTO_FREE char *head = git_ask(&call, "rev-parse", "--verify",
				       "--quiet", tag, NULL);
	AUTO_FREE char *text = git_ask(&call, "log", "-1", "--format=%(trailers:"
				       "key=Debian-Dsc-Sha256,valueonly)",
				       upstream, NULL);
	AUTO_FREE char *count = NULL;

	if (!head || !git_is_commit(head) || !text ||
	    strcmp(text, import->dsc_sha256) != 0)
		return 0;
	count = git_ask(&call, "rev-list", "--count", range, NULL);
	import->patches = count ? atoi(count) : 0;
	memcpy(import->head, head, COMMIT_SIZE);
	if (git_run(&call, NULL, err, "update-ref", "refs/heads/debian", head,
		    NULL) < 0)
		return -1;
	return 1;
}

/* "xen_4.17.5+72-1.dsc": what its name says, without the epoch. */
static char *version_in_name(const char *dsc)
{
	const char *slash = strrchr(dsc, '/');
	const char *low = strchr(slash ? slash : dsc, '_');
	const char *version = low ? low + 1 : dsc;

	return xstrndup(version, strlen(version) - strlen(".dsc"));
}

static int import_locked(const char *package, const char *dsc,
			 struct import *import, struct error *err)
{
	struct making making = {
		.import = import, .package = package,
		.work = xasprintf("%s.work", import->repo),
	};
	char sha256[SHA256_HEX_SIZE];
	int rc = file_sha256(dsc, sha256, err);

	import->version = version_in_name(dsc);
	if (rc == 0) {
		import->dsc_sha256 = xstrdup(sha256);
		rc = is_there(import, err);
	}
	making.index = xasprintf("GIT_INDEX_FILE=%s/index", making.work);
	if (rc == 0)
		rc = make(&making, dsc, err);
	if (dir_remove(making.work, rc < 0 ? NULL : err) < 0)
		rc = -1;
	free(making.work);
	free(making.index);
	free(making.when);
	return rc < 0 ? -1 : 0;
}

int import_package(const struct config *config, const char *package,
		   const char *dir, const char *dsc, struct import *import,
		   struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, dsc);
	AUTO_FREE char *lock_path = NULL;
	AUTO_CLOSE int lock = -1;
	struct import got;

	if (!str_ends(dsc, ".dsc"))
		return error_set(err, ERROR_USAGE, "'%s' is no .dsc file", dsc);
	got = (struct import){ .repo = tree_import_path(config, package) };
	lock_path = xasprintf("%s.lock", got.repo);
	if (dir_make_parent(lock_path, err) == 0)
		lock = file_lock(lock_path, FETCH_LIMIT_MS, err);
	if (lock < 0 || import_locked(package, path, &got, err) < 0) {
		import_release(&got);
		return -1;
	}
	*import = got;
	return 0;
}

/* HypervisorPin is "SOURCE=VERSION". */
static const char *pin_of(const struct config *config, const char *package)
{
	const char *pin = config_get(config, "HypervisorPin");
	size_t n = strlen(package);

	return pin && strncmp(pin, package, n) == 0 && pin[n] == '=' ?
		pin + n + 1 : NULL;
}

static int fetch(const struct config *config, const char *package,
		 const char *version, bool fresh, struct cache_entry *source,
		 struct error *err)
{
	const char *suite = config_get(config, "DebianSuite");
	AUTO_FREE char *script = xasprintf("%s/hypervisor/source",
					   config_share_dir());
	AUTO_FREE char *name = xasprintf("source-%s", package);
	AUTO_FREE char *inputs = xasprintf("%s\n%s\n%s\n", package, suite,
					   str_or(version, ""));
	char *const argv[] = { script, (char *)"-s", (char *)suite,
			       (char *)"{}", (char *)package, (char *)version,
			       NULL };
	char key[SHA256_HEX_SIZE];
	const struct cache_spec spec = {
		.root = config_get(config, "ImageCache"), .name = name,
		.key = key, .argv = argv, .limit_ms = FETCH_LIMIT_MS,
		.fresh = fresh,
	};

	data_sha256(inputs, strlen(inputs), key);
	return cache_ensure(&spec, source, err);
}

int import_tree(const struct config *config, const char *package,
		const char *version, bool fresh, struct import *import,
		struct error *err)
{
	struct cache_entry source;
	const char *dsc;
	int rc;

	if (name_check("source package", package, err) < 0)
		return -1;
	if (!version)
		version = pin_of(config, package);
	if (fetch(config, package, version, fresh, &source, err) < 0)
		return -1;
	rc = cache_need(&source, "dsc", &dsc, err);
	if (rc == 0)
		rc = import_package(config, package, source.dir, dsc, import,
				    err);
	cache_entry_release(&source);
	return rc;
}
