/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Put the live patches that come with Xen on the host. They fit no other
 * hypervisor than the one that they were built with.
 */
#include <string.h>

#include "ts/ts_build.h"

#define FOLDER "/usr/lib/debug/xen-livepatch"

static void check_fit(struct ts_host *host, const struct dist *dist)
{
	const char *runs = ts_runvar(ts_text("%s_xen_build_id", host->ident));
	const char *built = ts_dist_value(dist, "xen_build_id");

	if (strcmp(runs, built) != 0)
		ts_broken("the live patches of %s are for the hypervisor with "
			  "build id %s, but host %s has %s: livepatchbuildjob "
			  "must be xenbuildjob", dist->name, built, host->name,
			  runs);
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	const struct dist *dist = ts_dist(host->ident, "livepatch", true);
	const char *url, *sha256;

	if (!dist)
		ts_broken("the job has no runvar livepatchbuildjob");
	check_fit(host, dist);
	ts_stage("host %s: the live patches of %s", host->name, dist->name);
	url = ts_dist_publish(host, dist, "livepatchdist", &sha256);
	ts_script(host, 0,
		  "rm -rf " FOLDER "\n"
		  "file=$(mktemp)\n"
		  "trap 'rm -f \"$file\"' EXIT\n"
		  "curl -fsS --retry 3 -o \"$file\" \"$1\"\n"
		  "echo \"$2  $file\" | sha256sum -c --quiet -\n"
		  "tar --zstd -C / --keep-directory-symlink "
		  "--no-overwrite-dir -xf \"$file\"\n"
		  "ls " FOLDER "\n", url, sha256, NULL);
}

const struct ts_case ts_case = {
	.summary = "Put the live patches that were built with Xen on the host",
	.args = "host",
	.hosts = 1,
	.timeout_s = 300,
	.details = "Runvars: livepatchbuildjob, a build with livepatches among "
		"its xen_build_targets.",
	.run = run,
};
