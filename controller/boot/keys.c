/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/names.h"
#include "base/proc.h"
#include "boot/keys.h"

#define KEY_MAX 16384
#define KEYGEN_LIMIT_MS 30000

/*
 * ssh-keygen writes one half, then the other: it does so beside, under a name
 * that no host can have, and path is there only when both are.
 */
static int generate(const char *path, const char *comment, struct error *err)
{
	AUTO_FREE char *beside = xasprintf("%s~new", path);
	AUTO_FREE char *beside_pub = xasprintf("%s.pub", beside);
	AUTO_FREE char *pub = xasprintf("%s.pub", path);
	char *const argv[] = {
		"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C",
		(char *)comment, "-f", beside, NULL
	};
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = KEYGEN_LIMIT_MS,
	};

	if (file_remove(beside, err) < 0 || proc_check(&spec, err) < 0)
		return -1;
	if (rename(beside_pub, pub) < 0 || rename(beside, path) < 0)
		return error_errno(err, "cannot rename %s", beside);
	return 0;
}

/* Makes path and path.pub unless there; safe against others who do too. */
static int make_pair(const char *path, const char *comment,
		     struct error *err)
{
	AUTO_FREE char *lock_path = xasprintf("%s~lock", path);
	AUTO_CLOSE int lock = -1;

	if (file_exists(path))
		return 0;
	lock = file_lock(lock_path, KEYGEN_LIMIT_MS, err);
	if (lock < 0)
		return -1;
	if (!file_exists(path) && generate(path, comment, err) < 0)
		return error_prefix(err, "cannot make the ssh key %s", path);
	return 0;
}

static int key_dir(const struct config *config, const char *below, char **dir,
		   struct error *err)
{
	*dir = xasprintf("%s/%s", config_get(config, "KeyDir"), below);
	return dir_make(*dir, 0700, err);
}

int keys_login(const struct config *config, char **path, struct error *err)
{
	const char *set = config_get(config, "TestHostKeypairPath");
	AUTO_FREE char *dir = NULL;

	if (set && *set) {
		if (!file_exists(set))
			return error_set(err, ERROR_USAGE, "%s: the key %s of "
					 "TestHostKeypairPath is not there",
					 config_origin(config,
						       "TestHostKeypairPath"),
					 set);
		*path = xstrdup(set);
		return 0;
	}
	if (key_dir(config, "login", &dir, err) < 0)
		return -1;
	*path = xasprintf("%s/id_ed25519", dir);
	return make_pair(*path, "ironbird", err);
}

/* The type and the key of a .pub line, without its comment. */
static int add_public(const char *path, struct strbuf *key, struct error *err)
{
	AUTO_FREE char *pub = xasprintf("%s.pub", path);
	AUTO_STRBUF line = STRBUF_INIT;
	size_t type, blob;

	if (file_read(pub, KEY_MAX, &line, err) < 0)
		return -1;
	type = strcspn(line.buf, " ");
	blob = line.buf[type] ? strcspn(line.buf + type + 1, " \n") : 0;
	if (!blob)
		return error_set(err, ERROR_BROKEN, "%s is not a public key",
				 pub);
	strbuf_add(key, line.buf, type + 1 + blob);
	return 0;
}

int keys_of_host(const struct config *config, const char *name,
		 struct strbuf *private_key, struct strbuf *public_key,
		 struct error *err)
{
	AUTO_FREE char *dir = NULL, *path = NULL, *comment = NULL;

	if (name_check("host", name, err) < 0)
		return -1;
	if (str_ends(name, ".pub"))
		return error_set(err, ERROR_USAGE, "host %s cannot have a key: "
				 "that file is another host's public key",
				 name);
	if (key_dir(config, "hosts", &dir, err) < 0)
		return -1;
	path = xasprintf("%s/%s", dir, name);
	comment = xasprintf("root@%s", name);
	if (make_pair(path, comment, err) < 0)
		return -1;
	if (private_key && file_read(path, KEY_MAX, private_key, err) < 0)
		return -1;
	return public_key ? add_public(path, public_key, err) : 0;
}

int keys_authorized(const struct config *config, struct strbuf *text,
		    struct error *err)
{
	const char *append = config_get(config, "AuthorizedKeysAppend");
	AUTO_STRVEC paths = STRVEC_INIT;
	AUTO_FREE char *login = NULL;

	if (keys_login(config, &login, err) < 0 ||
	    add_public(login, text, err) < 0)
		return -1;
	strbuf_addstr(text, " ironbird\n");
	config_paths(config, "AuthorizedKeysFiles", &paths);
	for (size_t i = 0; i < paths.count; i++) {
		if (file_read(paths.v[i], 1 << 20, text, err) < 0)
			return error_prefix(err, "AuthorizedKeysFiles");
		strbuf_addch(text, '\n');
	}
	if (append && *append)
		strbuf_addf(text, "%s\n", append);
	return 0;
}
