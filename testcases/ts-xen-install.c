/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Put the hypervisor on the host: the bundle of Debian's packages, fetched
 * over HTTP, installed and made the default boot entry, with what the job's
 * toolstack needs. A job that names builds gets their hypervisor (xenbuildjob),
 * their tools (buildjob), their kernel for dom0 (kernbuildjob) and their libvirt
 * (libvirtbuildjob) instead of the bundle's.
 * What is to run after the next boot is noted in runvars, for ts-host-reboot
 * to compare.
 */
#include <stdlib.h>
#include <string.h>

#include "boot/image.h"
#include "host/command_line.h"
#include "ts/toolstack.h"
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

/* "built=URL" and "built_sha256=HEX" of one file of a dist. */
static void add_file(struct ts_host *host, const struct dist *dist,
		     const char *file_name, const char *word,
		     struct strvec *words)
{
	const char *sha256;
	const char *url = ts_dist_publish(host, dist, file_name, &sha256);

	strvec_pushf(words, "%s=%s", word, url);
	strvec_pushf(words, "%s_sha256=%s", word, sha256);
}

/* What the job's builds made; NULL where it names none. */
struct dists_of_job {
	const struct dist *xen, *tools, *kernel, *libvirt;
};

static void add_hypervisor(struct ts_host *host, const struct dist *xen,
			   struct strvec *words)
{
	add_file(host, xen, "xendist", "built", words);
	strvec_pushf(words, "built_file=%s", ts_dist_value(xen, "xen_file"));
	strvec_pushf(words, "built_file_sha256=%s",
		     ts_dist_value(xen, "xen_sha256"));
	strvec_pushf(words, "built_version=%s",
		     ts_dist_value(xen, "xen_version"));
	strvec_pushf(words, "built_policy=%s",
		     str_or(dist_value(xen, "xen_policy"), ""));
}

static void add_built(struct ts_host *host, const struct dists_of_job *dists,
		      struct strvec *words)
{
	if (dists->xen)
		add_hypervisor(host, dists->xen, words);
	if (dists->tools)
		add_file(host, dists->tools, "dist", "tools", words);
	if (dists->kernel) {
		add_file(host, dists->kernel, "kerneldist", "kernel", words);
		strvec_pushf(words, "kernel_version=%s",
			     ts_dist_value(dists->kernel, "kernel_version"));
	}
	if (dists->libvirt)
		add_file(host, dists->libvirt, "libvirtdist", "libvirt",
			 words);
}

static void note(struct ts_host *host, const char *what, const char *value)
{
	ts_runvar_store(ts_text("%s_%s", host->ident, what), value);
}

static void note_hypervisor(struct ts_host *host,
			    const struct cache_entry *bundle,
			    const struct dist *xen)
{
	if (!xen) {
		note(host, "xen_build_id",
		     manifest_value(bundle, "xen_build_id"));
		note(host, "xen_version",
		     manifest_value(bundle, "xen_version"));
		return;
	}
	note(host, "xen_build_id", ts_dist_value(xen, "xen_build_id"));
	note(host, "xen_version", ts_dist_value(xen, "xen_version"));
	note(host, "xen_revision", ts_dist_value(xen, "built_revision"));
	note(host, "xen_debug", ts_dist_value(xen, "xen_debug"));
	if (dist_value(xen, "xen_policy"))
		note(host, "xen_policy", "module");
}

/* As in Xen, the last sched= counts; without one any scheduler will do. */
static void note_scheduler(struct ts_host *host)
{
	AUTO_FREE char *append = host_xen_append(
		host->host, ts_runvar_or("xen_boot_append", NULL));
	AUTO_STRVEC words = STRVEC_INIT;
	const char *name = "default";

	strvec_split(&words, append, " ");
	for (size_t i = 0; i < words.count; i++)
		if (str_starts(words.v[i], "sched="))
			name = words.v[i] + strlen("sched=");
	note(host, "xen_scheduler", name);
}

/* What is to run after the next boot. */
static void note_installed(struct ts_host *host,
			   const struct cache_entry *bundle,
			   const struct dists_of_job *dists)
{
	const struct dist *tools = dists->tools;

	note_scheduler(host);
	note_hypervisor(host, bundle, dists->xen);
	note(host, "tools_id",
	     tools ? ts_dist_value(tools, "tools_id") : "packages");
	if (tools)
		note(host, "tools_revision",
		     ts_dist_value(tools, "built_revision"));
	if (dists->kernel)
		note(host, "kernel_build_id",
		     ts_dist_value(dists->kernel, "kernel_build_id"));
	if (dists->libvirt)
		note(host, "libvirt_id",
		     ts_dist_value(dists->libvirt, "libvirt_id"));
}

static void add_command_lines(const struct ts_host *host,
			      const struct cache_entry *bundle,
			      struct strvec *words)
{
	AUTO_FREE char *xen = host_xen_line(host->host, manifest_value(
						    bundle, "xen_cmdline"));
	AUTO_FREE char *more = host_xen_append(
		host->host, ts_runvar_or("xen_boot_append", NULL));
	AUTO_FREE char *dom0 = host_linux_append(
		host->host, ts_runvar_or("linux_boot_append", NULL));

	strvec_pushf(words, "dom0_mem=%s",
		     ts_runvar_or("dom0_mem",
				  manifest_value(bundle, "dom0_mem")));
	strvec_pushf(words, "xen_cmdline=%s", xen);
	strvec_pushf(words, "xen_append=%s", more);
	strvec_pushf(words, "dom0_append=%s", dom0);
}

/* As bundle_ensure names it: of a runvar or the setting, with a toolstack. */
static const char *bundle_of_job(void)
{
	return ts_text("%s%s", ts_runvar_or("hypervisor_bundle", ""),
		       ts_toolstack()->bundle);
}

static void find_dists(struct ts_host *host, struct dists_of_job *dists)
{
	dists->xen = ts_dist(host->ident, "xen", true);
	dists->tools = ts_dist(host->ident, "", true);
	dists->kernel = ts_dist(host->ident, "kern", true);
	dists->libvirt = ts_dist(host->ident, "libvirt", true);
	if (dists->libvirt && ts_toolstack() != &toolstack_libvirt)
		ts_broken("host %s: %s is for jobs whose toolstack is "
			  "libvirt, not %s", host->name, dists->libvirt->name,
			  ts_toolstack()->name);
	ts_dists_fit(dists->libvirt, dists->tools);
}

/* ", NAME" of each dist. */
static const char *names_of(const struct dists_of_job *dists)
{
	const struct dist *const all[] = {
		dists->xen, dists->tools, dists->kernel, dists->libvirt
	};
	const char *names = "";

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i] && !strstr(names, all[i]->name))
			names = ts_text("%s, %s", names, all[i]->name);
	return names;
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	struct dists_of_job dists;
	AUTO_STRVEC words = STRVEC_INIT;
	struct cache_entry bundle;
	struct error err;

	ts_prepare_reads(true);
	find_dists(host, &dists);
	ts_stage("host %s: the hypervisor bundle", host->name);
	if (bundle_ensure(ts_config(), bundle_of_job(), false, &bundle,
			  &err) < 0)
		ts_end(&err);
	send_script(host, "install-on-host", INSTALL_SCRIPT);
	send_script(host, "running", RUNNING_SCRIPT);
	strvec_pushl(&words, INSTALL_SCRIPT,
		     ts_text("dist=%s", publish(host, &bundle)),
		     ts_text("sha256=%s",
			     manifest_value(&bundle, "dist_sha256")), NULL);
	add_command_lines(host, &bundle, &words);
	add_built(host, &dists, &words);
	ts_stage("host %s: installing %s%s", host->name, bundle.key,
		 names_of(&dists));
	ts_cmdv(host, 900, &words);
	note_installed(host, &bundle, &dists);
	ts_prepared(host);
	cache_entry_release(&bundle);
}

const struct ts_case ts_case = {
	.summary = "Install the hypervisor and make it the default boot entry",
	.args = "host",
	.hosts = 1,
	.timeout_s = 1800,
	.details = "Runvars: toolstack (xl), hypervisor_bundle (the setting "
		"HypervisorBundle),\nxenbuildjob, buildjob, "
		"kernbuildjob, libvirtbuildjob, dom0_mem,\n"
		"xen_boot_append, linux_boot_append.",
	.run = run,
};
