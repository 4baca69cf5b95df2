/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reboot the host and see it come back: its report in the access log, ssh
 * with its own key, another boot id. Once a hypervisor was installed, what
 * runs must be what was installed: hypervisor, tools, XSM policy and kernel,
 * with the scheduler that was asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "ts/running.h"
#include "ts/toolstack.h"
#include "ts/ts_host.h"

static const char *boot_id(struct ts_host *host)
{
	return ts_cmd(host, 0, "cat", "/proc/sys/kernel/random/boot_id",
		      NULL);
}

/* What ts-xen-install noted of the host: the runvar IDENT_NAME. */
static const char *noted(const char *name, void *host)
{
	return ts_runvar_or(ts_text("%s_%s", ((struct ts_host *)host)->ident,
				    name), NULL);
}

/* Of what was printed, as a runvar; nothing of a line that is not there. */
static void store(struct ts_host *host, const struct running *running,
		  const char *key, const char *name)
{
	AUTO_FREE char *value = running_value(running, key);

	if (value)
		ts_runvar_store(ts_text("%s_%s", host->ident, name), value);
}

static void check_hypervisor(struct ts_host *host)
{
	struct running running = {
		.host = host->name, .noted = noted, .arg = host,
		.append = ts_runvar_or("xen_boot_append", ""),
		.toolstack = ts_toolstack()->name,
		.version_key = ts_toolstack()->version,
	};
	struct error err;

	if (!noted("xen_build_id", host))
		return;
	ts_stage("host %s: which hypervisor runs", host->name);
	running.status = ts_try_script(host, 60, &running.out,
				       "/root/ironbird-running", NULL);
	if (running_check(&running, &err) < 0)
		ts_end(&err);
	if (running.version_key)
		store(host, &running, running.version_key,
		      running.version_key);
	store(host, &running, "xen_release", "xen_running");
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	int64_t limit = ts_limit_ms("BootLimit") +
		host_prop_duration_ms(host->host, "reboot-time-extra", 0);
	const char *before = boot_id(host), *after;

	ts_stage("host %s: rebooting", host->name);
	ts_host_reboots(host);
	/* its answer must be back before the host's sshd is stopped */
	ts_script(host, 0, "setsid sh -c 'sleep 1; exec systemctl reboot' "
		  "</dev/null >/dev/null 2>&1 &\n", NULL);
	ts_drop_ssh(host);
	ts_boot_from_disk(host);
	ts_await_boot(host, "boot");
	ts_await_ssh(host, limit);
	after = boot_id(host);
	if (strcmp(before, after) == 0)
		ts_fail("host %s did not reboot: its boot id is %s as before",
			host->name, after);
	check_hypervisor(host);
	ts_prepared(host);
}

const struct ts_case ts_case = {
	.summary = "Reboot the host and check that it comes back as it should",
	.args = "host",
	.hosts = 1,
	.timeout_s = 1500,
	.run = run,
};
