/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "build/submodule.h"

#define MODULES ".gitmodules"

char *submodules_id(const struct tree *tree, const char *commit)
{
	const struct git_call call = { .repo = tree->repo };
	AUTO_FREE char *name = xasprintf("%s:" MODULES, commit);

	return git_ask(&call, "rev-parse", "--verify", "--quiet",
		       "--end-of-options", name, NULL);
}

/* Off goes the last part of a path, or of what is behind "host:". */
static bool go_up(char *base, char *separator)
{
	char *at = strrchr(base, '/');

	if (!at) {
		at = strrchr(base, ':');
		if (at)
			*separator = ':';
	}
	if (at)
		*at = '\0';
	return at != NULL;
}

/* As git does: "./" goes before a folder that is named without one. */
static char *base_of(const char *parent)
{
	if (!tree_url_is_local(parent) || strstr(parent, "://") ||
	    *parent == '/' || *parent == '.')
		return xstrdup(parent);
	return xasprintf("./%s", parent);
}

char *submodule_url(const char *parent, const char *url)
{
	AUTO_FREE char *base = base_of(parent);
	AUTO_FREE char *whole = NULL;
	size_t n = strlen(base);
	char separator = '/';

	if (!str_starts(url, "./") && !str_starts(url, "../"))
		return xstrdup(url);
	if (n && base[n - 1] == '/')
		base[n - 1] = '\0';
	for (;;) {
		if (str_starts(url, "./"))
			url += 2;
		else if (!str_starts(url, "../"))
			break;
		else if (go_up(base, &separator))
			url += 3;
		else
			return NULL;
	}
	whole = xasprintf("%s%c%s", base, separator, url);
	n = strlen(whole);
	if (n > 1 && whole[n - 1] == '/')
		whole[n - 1] = '\0';
	return xstrdup(str_starts(whole, "./") ? whole + 2 : whole);
}

/* Pairs of a key, "submodule.NAME.url", and its value. */
static int read_modules(const struct tree *tree, const char *commit,
			struct strvec *pairs, struct error *err)
{
	const struct git_call call = { .repo = tree->repo };
	AUTO_FREE char *blob = xasprintf("--blob=%s:" MODULES, commit);
	AUTO_STRBUF out = STRBUF_INIT;

	if (git_run(&call, &out, err, "config", "-z", blob, "--list",
		    NULL) < 0)
		return error_prefix(err, "tree %s: its " MODULES " of %.12s "
				    "cannot be read", tree->name, commit);
	/* each is "KEY\nVALUE\0" */
	for (size_t at = 0; at < out.len; at += strlen(out.buf + at) + 1) {
		const char *key = out.buf + at;
		size_t n = strcspn(key, "\n");

		strvec_pushf(pairs, "%.*s", (int)n, key);
		strvec_push(pairs, key[n] ? key + n + 1 : "");
	}
	return 0;
}

/* The name by which .gitmodules has a path, the caller's, or NULL. */
static char *name_of_path(const struct strvec *pairs, const char *path)
{
	for (size_t i = 0; i + 1 < pairs->count; i += 2)
		if (str_ends(pairs->v[i], ".path") &&
		    strcmp(pairs->v[i + 1], path) == 0)
			return xstrndup(pairs->v[i], strlen(pairs->v[i]) -
					strlen(".path"));
	return NULL;
}

static const char *find_value(const struct strvec *pairs, const char *name,
			      const char *what)
{
	AUTO_FREE char *key = xasprintf("%s.%s", name, what);

	for (size_t i = 0; i + 1 < pairs->count; i += 2)
		if (strcmp(pairs->v[i], key) == 0)
			return pairs->v[i + 1];
	return NULL;
}

static int checkout_url(const struct tree *tree, const char *path,
			const char *url, const char *commit, const char *dir,
			struct error *err)
{
	AUTO_FREE char *whole = submodule_url(tree->url, url);
	AUTO_FREE char *at = xasprintf("%s/%s", dir, path);
	char found[COMMIT_SIZE];
	AUTO_TREE module = TREE_INIT;

	if (!whole || !*whole || *whole == '-')
		return error_set(err, ERROR_BROKEN, "tree %s: the URL '%.200s' "
				 "of its submodule %s leads nowhere from %s",
				 tree->name, url, path, tree->url);
	tree_open_submodule(&module, tree, path, whole);
	if (tree_resolve(&module, commit, found, err) < 0) {
		err->kind = ERROR_BROKEN;
		return -1;
	}
	return tree_checkout(&module, found, at, err);
}

/* subtree: "PATH COMMIT", of tree_subtrees. */
static int checkout(const struct tree *tree, const struct strvec *pairs,
		    const char *subtree, const char *dir, struct error *err)
{
	const char *space = strrchr(subtree, ' ');
	AUTO_FREE char *path = xstrndup(subtree, space - subtree);
	AUTO_FREE char *name = name_of_path(pairs, path);
	const char *url = name ? find_value(pairs, name, "url") : NULL;
	const char *update = name ? find_value(pairs, name, "update") : NULL;

	if (!url || strcmp(str_or(update, ""), "none") == 0)
		return 0;
	return checkout_url(tree, path, url, space + 1, dir, err);
}

int submodules_checkout(const struct tree *tree, const char *commit,
			const char *dir, struct error *err)
{
	AUTO_STRVEC pairs = STRVEC_INIT, subtrees = STRVEC_INIT;
	AUTO_FREE char *id = submodules_id(tree, commit);

	if (!id)
		return 0;
	if (tree_subtrees(tree, commit, &subtrees, err) < 0)
		return -1;
	if (subtrees.count && read_modules(tree, commit, &pairs, err) < 0)
		return -1;
	for (size_t i = 0; i < subtrees.count; i++)
		if (checkout(tree, &pairs, subtrees.v[i], dir, err) < 0)
			return -1;
	return 0;
}
