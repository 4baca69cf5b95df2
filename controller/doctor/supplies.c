/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What installs are made of: images of the cache, packages of a mirror. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/strbuf.h"
#include "boot/image.h"
#include "doctor/check.h"

#define APT_LIMIT_MS 120000

static void check_bundle(struct doctor *d)
{
	const char *name = config_get(d->config, "HypervisorBundle");
	struct error err = ERROR_INIT;
	int made = bundle_is_made(d->config, &err);

	if (made > 0)
		return;
	d->images_missing = true;
	if (made < 0)
		check_fail(d, "ironbird hypervisor show", "%s", err.text);
	else
		check_warn(d, "ironbird hypervisor pack", "the hypervisor "
			   "bundle %s is not in the cache yet", name);
}

void check_images(struct doctor *d)
{
	AUTO_STRVEC names = STRVEC_INIT, missing = STRVEC_INIT;
	AUTO_FREE char *list = NULL, *mend = NULL;
	struct error err = ERROR_INIT;
	int made = image_names(&names, &err);

	for (size_t i = 0; i < names.count && made >= 0; i++) {
		made = image_is_made(d->config, names.v[i], &err);
		if (made == 0)
			strvec_push(&missing, names.v[i]);
	}
	d->images_missing = made < 0 || missing.count;
	list = strvec_join(&missing, " ");
	if (made < 0) {
		check_fail(d, "ironbird image list", "%s", err.text);
	} else if (missing.count) {
		mend = xasprintf("ironbird image build %s", list);
		check_warn(d, mend, "not in the cache yet: %s", list);
	} else {
		check_ok(d, "all %zu are in %s", names.count,
			 config_get(d->config, "ImageCache"));
	}
	check_bundle(d);
}

/* Pushes "URI/dists/SUITE/InRelease" of each Debian archive apt knows. */
static int list_releases(struct strvec *urls, struct error *err)
{
	char *const argv[] = {
		(char *)"apt-get", (char *)"indextargets", (char *)"--format",
		(char *)"$(ORIGIN) $(REPO_URI) $(RELEASE)",
		(char *)"Created-By: Packages", NULL
	};
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = APT_LIMIT_MS,
	};
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	AUTO_STRVEC lines = STRVEC_INIT;

	if (proc_run(&spec, &result, err) < 0)
		return -1;
	strvec_split(&lines, result.output.buf, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		AUTO_STRVEC words = STRVEC_INIT;
		AUTO_FREE char *url = NULL;

		strvec_split(&words, lines.v[i], " ");
		if (words.count != 3 || strcmp(words.v[0], "Debian") != 0)
			continue;
		url = xasprintf("%sdists/%s/InRelease", words.v[1],
				words.v[2]);
		if (!strvec_has(urls, url))
			strvec_push(urls, url);
	}
	return 0;
}

/* With apt's own proxies and methods, as builds fetch. */
static int fetch_release(const char *url, struct error *err)
{
	AUTO_FREE char *path = xstrdup("/tmp/ironbird-release-XXXXXX");
	AUTO_CLOSE int fd = mkstemp(path);
	char *const argv[] = {
		(char *)"/usr/lib/apt/apt-helper", (char *)"-q",
		(char *)"-oAcquire::Retries=0", (char *)"download-file",
		(char *)url, path, NULL
	};
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = APT_LIMIT_MS,
	};
	int rc;

	if (fd < 0)
		return error_errno(err, "cannot make %s", path);
	rc = proc_check(&spec, err);
	if (rc == 0 && file_size(path) <= 0)
		rc = error_set(err, ERROR_BROKEN, "it is empty");
	unlink(path);
	return rc;
}

static void tell_unreachable(struct doctor *d, const char *url,
			     const struct error *why)
{
	AUTO_FREE char *mend = xasprintf("apt-get update, until it says "
					 "nothing of %s", url);

	if (d->images_missing)
		check_fail(d, mend, "%s cannot be fetched: %s", url,
			   why->text);
	else
		check_warn(d, mend, "%s cannot be fetched (what is in the "
			   "cache needs no mirror): %s", url, why->text);
}

void check_mirror(struct doctor *d)
{
	AUTO_STRVEC urls = STRVEC_INIT;
	struct error err = ERROR_INIT;

	if (list_releases(&urls, &err) < 0) {
		check_fail(d, "apt install apt", "%s", err.text);
		return;
	}
	if (!urls.count) {
		check_fail(d, "apt-get update", "apt on this controller knows "
			   "no Debian archive");
		return;
	}
	for (size_t i = 0; i < urls.count; i++)
		if (fetch_release(urls.v[i], &err) < 0) {
			tell_unreachable(d, urls.v[i], &err);
			return;
		}
	check_ok(d, "%s%s", urls.v[0], urls.count > 1 ?
		 " and the other archives of apt's sources" : "");
}
