/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Put the hypervisor on the host: the bundle of Debian's packages, fetched
 * over HTTP, installed and made the default boot entry. A job that names a
 * build (xenbuildjob) gets that build's hypervisor, with the bundle's tools.
 * What is to run after the next boot is noted in runvars, for ts-host-reboot
 * to compare.
 */
#include <stdlib.h>
#include <string.h>

#include "boot/image.h"
#include "ts/ts_build.h"

#define INSTALL_SCRIPT "/root/ironbird-install-on-host"
#define RUNNING_SCRIPT "/root/ironbird-running"

static void send_script(struct ts_host *host, const char *name,
			const char *remote)
{
	AUTO_FREE char *path = bundle_script(name);

	ts_send_file(host, path, remote, 0755);
}

static const char *manifest_value(const struct cache_entry *bundle,
				  const char *key)
{
	const char *value;
	struct error err;

	if (cache_need(bundle, key, &value, &err) < 0)
		ts_end(&err);
	return ts_text("%s", value);
}

static const char *publish(struct ts_host *host,
			   const struct cache_entry *bundle)
{
	const char *file = manifest_value(bundle, "dist");
	const char *path = ts_text("%s/%s", bundle->dir, file);
	struct error err;
	char *url;

	if (web_publish_file(&host->host->site, bundle->key, path, &url,
			     &err) < 0)
		ts_end(&err);
	return url;
}

/* What the job's build made, as arguments; none when it names no build. */
static const char *const *built_words(struct ts_host *host,
				      const struct dist *dist)
{
	static const char *words[6] = { NULL };
	struct error err;
	const char *file;
	char hex[SHA256_HEX_SIZE];
	char *url;

	if (!dist)
		return words;
	file = ts_dist_file(dist, "xendist");
	if (file_sha256(file, hex, &err) < 0 ||
	    web_publish_file(&host->host->site, dist->name, file, &url,
			     &err) < 0)
		ts_end(&err);
	words[0] = ts_text("built=%s", url);
	words[1] = ts_text("built_sha256=%s", hex);
	words[2] = ts_text("built_file=%s", ts_dist_value(dist, "xen_file"));
	words[3] = ts_text("built_file_sha256=%s",
			   ts_dist_value(dist, "xen_sha256"));
	words[4] = ts_text("built_version=%s",
			   ts_dist_value(dist, "xen_version"));
	free(url);
	return words;
}

static void note(struct ts_host *host, const char *what, const char *value)
{
	ts_runvar_store(ts_text("%s_xen_%s", host->ident, what), value);
}

/* What is to run after the next boot. */
static void note_installed(struct ts_host *host,
			   const struct cache_entry *bundle,
			   const struct dist *dist)
{
	if (!dist) {
		note(host, "build_id", manifest_value(bundle, "xen_build_id"));
		note(host, "version", manifest_value(bundle, "xen_version"));
		return;
	}
	note(host, "build_id", ts_dist_value(dist, "xen_build_id"));
	note(host, "version", ts_dist_value(dist, "xen_version"));
	note(host, "revision", ts_dist_value(dist, "built_revision"));
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	const struct dist *dist = ts_dist(host->ident, "xen", true);
	const char *const *built;
	struct cache_entry bundle;
	struct error err;
	const char *url, *sha256;

	ts_stage("host %s: the hypervisor bundle", host->name);
	if (bundle_ensure(ts_config(), false, &bundle, &err) < 0)
		ts_end(&err);
	url = publish(host, &bundle);
	built = built_words(host, dist);
	sha256 = manifest_value(&bundle, "dist_sha256");
	send_script(host, "install-on-host", INSTALL_SCRIPT);
	send_script(host, "running", RUNNING_SCRIPT);
	ts_stage("host %s: installing %s%s%s", host->name, bundle.key,
		 dist ? " and " : "", dist ? dist->name : "");
	ts_cmd(host, 900, INSTALL_SCRIPT, ts_text("dist=%s", url),
	       ts_text("sha256=%s", sha256),
	       ts_text("dom0_mem=%s", ts_runvar_or("dom0_mem",
			       manifest_value(&bundle, "dom0_mem"))),
	       ts_text("xen_append=%s", ts_runvar_or("xen_boot_append", "")),
	       ts_text("dom0_append=%s", ts_runvar_or("linux_boot_append", "")),
	       built[0], built[1], built[2], built[3], built[4], NULL);
	note_installed(host, &bundle, dist);
	cache_entry_release(&bundle);
}

const struct ts_case ts_case = {
	.summary = "Install the hypervisor and make it the default boot entry",
	.args = "host",
	.hosts = 1,
	.timeout_s = 1800,
	.run = run,
};
