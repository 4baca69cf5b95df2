/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/names.h"
#include "build/environment.h"
#include "build/submodule.h"
#include "build/tree.h"

#define FETCH_LIMIT_MS (60 * 60 * 1000)
#define CHECKOUT_LIMIT_MS (10 * 60 * 1000)
#define REVISION_MAX 200

void tree_release(struct tree *tree)
{
	free(tree->name);
	free(tree->url);
	free(tree->repo);
	free(tree->place);
	free(tree->modules);
	*tree = (struct tree)TREE_INIT;
}

char *tree_import_path(const struct config *config, const char *name)
{
	return xasprintf("%s/import/%s.git", config_get(config, "Repos"),
			 name);
}

static const char *from_settings(const struct config *config,
				 const char *what, const char *name)
{
	AUTO_FREE char *setting = xasprintf("%s_%s", what, name);
	const char *value = config_get(config, setting);

	return value && *value ? value : NULL;
}

static bool is_imported(const struct config *config, const char *name)
{
	AUTO_FREE char *path = tree_import_path(config, name);
	AUTO_FREE char *head = xasprintf("%s/HEAD", path);

	return file_exists(head);
}

const char *tree_origin(const struct config *config, const char *name,
			const char *asked)
{
	if (asked && *asked)
		return "runvar";
	if (tree_environment("TREE_", name))
		return "environment";
	if (from_settings(config, "Tree", name))
		return "setting";
	return is_imported(config, name) ? "import" : NULL;
}

/* ~/ as a shell has it: git knows nothing of it. */
static char *expand_home(const char *url)
{
	const char *home = getenv("HOME");

	if (str_starts(url, "~/") && home)
		return xasprintf("%s%s", home, url + 1);
	return xstrdup(url);
}

static char *find_url(const struct config *config, const char *name,
		      const char *asked)
{
	const char *url = asked && *asked ? asked : NULL;

	if (!url)
		url = tree_environment("TREE_", name);
	if (!url)
		url = from_settings(config, "Tree", name);
	if (url)
		return expand_home(url);
	return is_imported(config, name) ? tree_import_path(config, name)
					 : NULL;
}

char *tree_revision(const struct config *config, const char *name,
		    const char *asked)
{
	const char *revision = asked && *asked ? asked : NULL;

	if (!revision)
		revision = tree_environment("REVISION_", name);
	if (!revision)
		revision = from_settings(config, "Revision", name);
	return xstrdup(str_or(revision, "HEAD"));
}

int tree_open(struct tree *tree, const struct config *config,
	      const char *name, const char *asked, struct error *err)
{
	char hex[SHA256_HEX_SIZE];
	char *url;

	if (name_check("tree", name, err) < 0)
		return -1;
	url = find_url(config, name, asked);
	if (!url)
		return error_set(err, ERROR_USAGE, "nobody says where the tree "
				 "%s comes from: 'ironbird tree import %s' "
				 "makes it from Debian's source package, or set "
				 "Tree_%s", name, name, name);
	if (*url == '-') {
		error_set(err, ERROR_USAGE, "tree %s: '%.60s' is no URL", name,
			  url);
		free(url);
		return -1;
	}
	data_sha256(url, strlen(url), hex);
	*tree = (struct tree){
		.name = xstrdup(name), .url = url,
		.repo = xasprintf("%s/%s.git", config_get(config, "Repos"),
				  name),
		.place = xasprintf("refs/urls/%.12s", hex),
		.modules = xasprintf("%s/submodules",
				     config_get(config, "Repos")),
	};
	return 0;
}

bool tree_url_is_local(const char *url)
{
	return str_starts(url, "file://") || !url[strcspn(url, "/:")] ||
	       url[strcspn(url, "/:")] == '/';
}

/* The last part of its path, as far as a file may be called that. */
static char *short_name(const char *url)
{
	const char *slash = strrchr(url, '/');
	char *name = xstrndup(slash ? slash + 1 : url, 60);

	name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-")] = '\0';
	return name;
}

/*
 * git's own rule for submodules: what comes over a network does not name
 * repositories of this machine.
 */
void tree_open_submodule(struct tree *tree, const struct tree *parent,
			 const char *path, const char *url)
{
	AUTO_FREE char *name = short_name(url);
	char hex[SHA256_HEX_SIZE];

	data_sha256(url, strlen(url), hex);
	*tree = (struct tree){
		.name = xasprintf("%s/%s", parent->name, path),
		.url = xstrdup(url),
		.repo = xasprintf("%s/%s-%.12s.git", parent->modules, name,
				  hex),
		.place = xasprintf("refs/urls/%.12s", hex),
		.modules = xstrdup(parent->modules),
		.remote_only = parent->remote_only ||
			!tree_url_is_local(parent->url),
	};
}

static char *const remote_only[] = {
	(char *)"GIT_PROTOCOL_FROM_USER=0", NULL
};

/* How the tree's URL is talked to. */
static struct git_call url_call(const struct tree *tree)
{
	return (struct git_call){
		.repo = tree->repo, .limit_ms = FETCH_LIMIT_MS,
		.own_settings = true,
		.env = tree->remote_only ? remote_only : NULL,
	};
}

static int lock_tree(const struct tree *tree, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s.lock", tree->repo);

	if (dir_make_parent(path, err) < 0)
		return -1;
	return file_lock(path, FETCH_LIMIT_MS, err);
}

bool tree_is_new(const struct tree *tree)
{
	AUTO_FREE char *head = xasprintf("%s/HEAD", tree->repo);

	return !file_exists(head);
}

static int make_repository(const struct tree *tree, struct error *err)
{
	const struct git_call none = { .repo = NULL };

	if (!tree_is_new(tree))
		return 0;
	return git_run(&none, NULL, err, "init", "--quiet", "--bare",
		       tree->repo, NULL);
}

static int fetch_refs(const struct tree *tree, struct error *err)
{
	AUTO_FREE char *heads = xasprintf("+refs/heads/*:%s/heads/*",
					  tree->place);
	AUTO_FREE char *tags = xasprintf("+refs/tags/*:%s/tags/*",
					 tree->place);
	AUTO_FREE char *head = xasprintf("+HEAD:%s/HEAD", tree->place);
	const struct git_call call = url_call(tree);
	int rc;

	if (make_repository(tree, err) < 0)
		return -1;
	rc = git_run(&call, NULL, err, "fetch", "--quiet", "--prune",
		     "--no-tags", "--force", "--", tree->url, heads, tags,
		     head, NULL);
	/* its HEAD may name a branch that it does not have */
	if (rc < 0 && strstr(err->text, "remote ref HEAD"))
		rc = git_run(&call, NULL, err, "fetch", "--quiet", "--prune",
			     "--no-tags", "--force", "--", tree->url, heads,
			     tags, NULL);
	if (rc < 0)
		return error_prefix(err, "tree %s: %s cannot be fetched",
				    tree->name, tree->url);
	return 0;
}

int tree_fetch(struct tree *tree, struct error *err)
{
	AUTO_CLOSE int lock = lock_tree(tree, err);

	if (lock < 0 || fetch_refs(tree, err) < 0)
		return -1;
	tree->fetched = true;
	return 0;
}

static bool revision_ok(const char *revision)
{
	size_t n = strlen(revision);

	return n && n <= REVISION_MAX && *revision != '-' &&
	       !strstr(revision, "..") && !strstr(revision, "@{") &&
	       strcspn(revision, " \t\n\\*?[:") == n;
}

static char *ask_commit(const struct tree *tree, const char *name)
{
	const struct git_call call = { .repo = tree->repo };
	AUTO_FREE char *commit = xasprintf("%s^{commit}", name);

	return git_ask(&call, "rev-parse", "--verify", "--quiet", "--end-of-options",
		       commit, NULL);
}

/* The commit, or NULL. A branch comes before a tag, names before ids. */
static char *look_up(const struct tree *tree, const char *revision)
{
	static const char *const folders[] = { "/heads/", "/tags/", "/" };
	size_t hex = strspn(revision, "0123456789abcdef");
	char *commit = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && !commit; i++) {
		AUTO_FREE char *name = xasprintf("%s%s%s", tree->place,
						 folders[i], revision);

		commit = ask_commit(tree, name);
	}
	if (!commit && hex >= 7 && (hex == strlen(revision) ||
				    strchr("~^", revision[hex])))
		commit = ask_commit(tree, revision);
	return commit;
}

/* A commit that no branch or tag has: some servers give it all the same. */
static void fetch_commit(const struct tree *tree, const char *commit)
{
	const struct git_call call = url_call(tree);
	AUTO_CLOSE int lock = lock_tree(tree, NULL);

	if (lock >= 0)
		free(git_ask(&call, "fetch", "--quiet", "--no-tags", "--",
			     tree->url, commit, NULL));
}

/* The branches and tags of its URL that are there, without fetching. */
static int ref_names(const struct tree *tree, struct strvec *names,
		     struct error *err)
{
	const struct git_call call = { .repo = tree->repo };
	AUTO_FREE char *heads = xasprintf("%s/heads", tree->place);
	AUTO_FREE char *tags = xasprintf("%s/tags", tree->place);
	AUTO_STRBUF out = STRBUF_INIT;

	if (git_run(&call, &out, err, "for-each-ref",
		    "--format=%(refname:lstrip=4)", heads, tags, NULL) < 0)
		return error_prefix(err, "tree %s", tree->name);
	strvec_split(names, out.buf, "\n");
	return 0;
}

static int no_such_revision(const struct tree *tree, const char *revision,
			    struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL, *all = NULL;

	if (ref_names(tree, &names, err) < 0)
		return -1;
	hint = name_hint(revision, &names);
	all = strvec_join(&names, ", ");
	return error_set(err, ERROR_USAGE, "tree %s (%s) has no revision "
			 "'%.60s'%s; it has commits and %.300s", tree->name,
			 tree->url, revision, hint, *all ? all : "no names");
}

int tree_resolve(struct tree *tree, const char *revision,
		 char commit[COMMIT_SIZE], struct error *err)
{
	AUTO_FREE char *found = NULL;

	if (!revision_ok(revision))
		return error_set(err, ERROR_USAGE, "tree %s: '%.60s' is no "
				 "revision", tree->name, revision);
	if (git_is_commit(revision))
		found = ask_commit(tree, revision);
	if (!found && !tree->fetched && tree_fetch(tree, err) < 0)
		return -1;
	if (!found)
		found = look_up(tree, revision);
	if (!found && git_is_commit(revision)) {
		fetch_commit(tree, revision);
		found = ask_commit(tree, revision);
	}
	if (!found || !git_is_commit(found))
		return no_such_revision(tree, revision, err);
	memcpy(commit, found, COMMIT_SIZE);
	return 0;
}

static int add_work_tree(const struct tree *tree, const char *commit,
			 const char *dir, struct error *err)
{
	const struct git_call call = {
		.repo = tree->repo, .limit_ms = CHECKOUT_LIMIT_MS,
	};
	AUTO_CLOSE int lock = lock_tree(tree, err);

	if (lock < 0 || dir_make_parent(dir, err) < 0)
		return -1;
	if (git_run(&call, NULL, err, "worktree", "prune", NULL) < 0 ||
	    git_run(&call, NULL, err, "worktree", "add", "--quiet",
		    "--detach", "--force", dir, commit, NULL) < 0)
		return error_prefix(err, "tree %s: %s cannot be checked out",
				    tree->name, commit);
	return 0;
}

int tree_checkout(const struct tree *tree, const char *commit,
		  const char *dir, struct error *err)
{
	if (add_work_tree(tree, commit, dir, err) < 0)
		return -1;
	return submodules_checkout(tree, commit, dir, err);
}

int tree_drop(const struct tree *tree, const char *dir, struct error *err)
{
	const struct git_call call = { .repo = tree->repo };
	AUTO_CLOSE int lock = lock_tree(tree, err);

	if (lock < 0 || dir_remove(dir, err) < 0)
		return -1;
	return git_run(&call, NULL, err, "worktree", "prune", NULL);
}

int tree_commit_time(const struct tree *tree, const char *commit,
		     int64_t *when, struct error *err)
{
	const struct git_call call = { .repo = tree->repo };
	AUTO_STRBUF out = STRBUF_INIT;

	if (git_run(&call, &out, err, "show", "-s", "--format=%ct", commit,
		    NULL) < 0)
		return error_prefix(err, "tree %s", tree->name);
	*when = strtoll(out.buf, NULL, 10);
	return 0;
}

/* Lines are "160000 commit 0123abcd...\tPATH". */
int tree_subtrees(const struct tree *tree, const char *commit,
		  struct strvec *subtrees, struct error *err)
{
	const struct git_call call = { .repo = tree->repo };
	AUTO_STRBUF out = STRBUF_INIT;
	AUTO_STRVEC lines = STRVEC_INIT;

	if (git_run(&call, &out, err, "ls-tree", "-r", commit, NULL) < 0)
		return error_prefix(err, "tree %s", tree->name);
	strvec_split(&lines, out.buf, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *tab = strchr(lines.v[i], '\t');
		const char *id = strrchr(lines.v[i], ' ');

		if (str_starts(lines.v[i], "160000 ") && tab && id && id < tab)
			strvec_pushf(subtrees, "%s %.*s", tab + 1,
				     (int)(tab - id - 1), id + 1);
	}
	return 0;
}
