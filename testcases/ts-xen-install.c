/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Put the hypervisor on the host: the bundle of Debian's packages, fetched
 * over HTTP, installed and made the default boot entry. What is to run after
 * the next boot is noted in runvars, for ts-host-reboot to compare.
 */
#include <string.h>

#include "boot/image.h"
#include "ts/ts_host.h"

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

static void run(void)
{
	struct ts_host *host = ts_host(0);
	struct cache_entry bundle;
	struct error err;
	const char *url, *sha256;

	ts_stage("host %s: the hypervisor bundle", host->name);
	if (bundle_ensure(ts_config(), false, &bundle, &err) < 0)
		ts_end(&err);
	url = publish(host, &bundle);
	sha256 = manifest_value(&bundle, "dist_sha256");
	send_script(host, "install-on-host", INSTALL_SCRIPT);
	send_script(host, "running", RUNNING_SCRIPT);
	ts_stage("host %s: installing %s", host->name, bundle.key);
	ts_cmd(host, 900, INSTALL_SCRIPT, ts_text("dist=%s", url),
	       ts_text("sha256=%s", sha256),
	       ts_text("dom0_mem=%s", ts_runvar_or("dom0_mem",
			       manifest_value(&bundle, "dom0_mem"))),
	       ts_text("xen_append=%s", ts_runvar_or("xen_boot_append", "")),
	       ts_text("dom0_append=%s", ts_runvar_or("linux_boot_append", "")),
	       NULL);
	ts_runvar_store(ts_text("%s_xen_build_id", host->ident),
			manifest_value(&bundle, "xen_build_id"));
	ts_runvar_store(ts_text("%s_xen_version", host->ident),
			manifest_value(&bundle, "xen_version"));
	cache_entry_release(&bundle);
}

const struct ts_case ts_case = {
	.summary = "Install the hypervisor and make it the default boot entry",
	.args = "host",
	.hosts = 1,
	.timeout_s = 1800,
	.run = run,
};
