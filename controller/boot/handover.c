/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/names.h"
#include "boot/handover.h"
#include "config/reads.h"

#define IMAGES "images"

void handover_release(struct handover *handover)
{
	free(handover->dir);
	free(handover->url);
	free(handover->path);
	*handover = (struct handover){ 0 };
}

/* "http://10.0.0.1/iron/" -> "/iron/" */
static const char *url_path(const char *url)
{
	const char *p = strstr(url, "://");

	p = p ? strchr(p + 3, '/') : NULL;
	return p ? p : "/";
}

static void fill(struct handover *handover, const struct site *site,
		 const char *name, const char *nonce)
{
	handover->dir = xasprintf("%s/%s/%s", site->web_dir, name, nonce);
	handover->url = xasprintf("%s%s/%s/", site->web_url, name, nonce);
	reads_tell("site", "web", site->web_url);
	handover->path = xstrdup(url_path(handover->url));
}

int handover_add(const struct handover *handover, const char *name,
		 const char *data, size_t len, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/%s", handover->dir, name);

	return file_publish(path, data, len, 0644, err);
}

/* Below the web space a machine's name is a folder, beside "images". */
static int check_machine(const struct site *site, const char *name,
			 struct error *err)
{
	if (site_check(site, err) < 0)
		return -1;
	if (strcmp(name, IMAGES) == 0)
		return error_set(err, ERROR_USAGE, "a host or guest cannot be "
				 "called '%s': that is where images are "
				 "published", name);
	return name_check("machine", name, err);
}

int handover_create(struct handover *handover, const struct site *site,
		    const char *name, const char *const *stages,
		    struct error *err)
{
	AUTO_FREE char *machine = NULL, *nonce = random_hex(12);

	*handover = (struct handover){ 0 };
	if (check_machine(site, name, err) < 0)
		return -1;
	machine = xasprintf("%s/%s", site->web_dir, name);
	/* may be entered, not listed: who lacks the nonce cannot read it */
	if (dir_remove(machine, err) < 0 || dir_make(machine, 0711, err) < 0)
		return -1;
	fill(handover, site, name, nonce);
	for (; *stages; stages++)
		if (handover_add(handover, *stages, "ok\n", 3, err) < 0)
			return -1;
	return 0;
}

int handover_find(struct handover *handover, const struct site *site,
		  const char *name, struct error *err)
{
	AUTO_STRVEC tokens = STRVEC_INIT;
	AUTO_FREE char *machine = NULL;

	*handover = (struct handover){ 0 };
	if (check_machine(site, name, err) < 0)
		return -1;
	machine = xasprintf("%s/%s", site->web_dir, name);
	if (file_exists(machine) && dir_list(machine, &tokens, err) < 0)
		return -1;
	if (tokens.count == 0)
		return error_set(err, ERROR_USAGE, "%s was never installed "
				 "from here: %s is empty", name, machine);
	fill(handover, site, name, tokens.v[0]);
	return 0;
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* Replaces to in one go: another host may be fetching it. */
static int link_or_copy(const char *from, const char *to, struct error *err)
{
	AUTO_FREE char *nonce = random_hex(6);
	AUTO_FREE char *beside = xasprintf("%s.new-%s", to, nonce);
	int rc;

	if (same_file(from, to))
		return 0;
	if (dir_make_parent(to, err) < 0)
		return -1;
	if (link(from, beside) < 0)
		return file_copy(from, to, 0644, err);
	rc = rename(beside, to);
	if (rc < 0)
		error_errno(err, "cannot publish %s", to);
	/* rename(2) leaves both names when they already are one file */
	unlink(beside);
	return rc;
}

int web_unpublish(const struct site *site, const char *key, struct error *err)
{
	AUTO_FREE char *dir = xasprintf("%s/" IMAGES "/%s", site->web_dir,
					key);

	return dir_remove(dir, err);
}

int web_publish_file(const struct site *site, const char *key,
		     const char *path, char **url, struct error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	AUTO_FREE char *to = NULL;

	if (site_check(site, err) < 0)
		return -1;
	to = xasprintf("%s/" IMAGES "/%s/%s", site->web_dir, key, name);
	if (!file_exists(path))
		return error_set(err, ERROR_BROKEN, "%s is not there", path);
	if (link_or_copy(path, to, err) < 0)
		return -1;
	*url = xasprintf("%s" IMAGES "/%s/%s", site->web_url, key, name);
	return 0;
}
