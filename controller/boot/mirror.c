/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/proc.h"
#include "base/strvec.h"
#include "boot/mirror.h"

#define APT_LIMIT_MS 120000	/* it reads all of its lists */

void mirror_release(struct mirror *mirror)
{
	free(mirror->protocol);
	free(mirror->host);
	free(mirror->path);
	*mirror = (struct mirror){ 0 };
}

/* "http://mirror.example.com/debian/" in its three parts */
static bool take_url(const char *url, struct mirror *mirror)
{
	const char *host = strstr(url, "://");
	size_t n, path;

	if (!str_starts(url, "http://") && !str_starts(url, "https://"))
		return false;
	n = strcspn(host + 3, "/");
	path = strlen(host + 3 + n);
	while (path && host[3 + n + path - 1] == '/')
		path--;
	mirror->protocol = xstrndup(url, host - url);
	mirror->host = xstrndup(host + 3, n);
	mirror->path = xstrndup(host + 3 + n, path);
	return true;
}

/* Not the updates and security archives, whose codename has a hyphen. */
static bool take_line(const char *line, struct mirror *mirror)
{
	AUTO_STRVEC words = STRVEC_INIT;

	strvec_split(&words, line, " ");
	return words.count == 3 && strcmp(words.v[0], "Debian") == 0 &&
	       !strchr(words.v[2], '-') && take_url(words.v[1], mirror);
}

int mirror_from_apt(const char *lines, struct mirror *mirror,
		    struct error *err)
{
	AUTO_STRVEC all = STRVEC_INIT;

	strvec_split(&all, lines, "\n");
	for (size_t i = 0; i < all.count; i++)
		if (take_line(all.v[i], mirror))
			return 0;
	return error_set(err, ERROR_USAGE, "no Debian mirror is known: apt on "
			 "this machine has none, so set DebianMirrorHost");
}

int mirror_find(const struct config *config, struct mirror *mirror,
		struct error *err)
{
	static const char *const argv[] = {
		"apt-get", "indextargets", "--format",
		"$(ORIGIN) $(REPO_URI) $(CODENAME)", "Created-By: Packages",
		NULL
	};
	const struct proc_spec spec = {
		.argv = (char *const *)(uintptr_t)argv,
		.limit_ms = APT_LIMIT_MS,
	};
	const char *host = config_get(config, "DebianMirrorHost");
	const char *path = config_get(config, "DebianMirrorSubpath");
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };

	*mirror = (struct mirror){ 0 };
	if (host && *host) {
		*mirror = (struct mirror){
			.protocol = xstrdup("http"), .host = xstrdup(host),
			.path = xasprintf("/%s", path && *path ? path :
					  "debian"),
		};
		return 0;
	}
	if (proc_run(&spec, &result, err) < 0)
		return -1;
	return mirror_from_apt(result.output.buf, mirror, err);
}
