/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From power-off to an installed system that answers on ssh: boot files are
 * written, power is cycled, and the host's own fetches tell how far it is. As
 * soon as it has its orders the boot files point to the local disk again, so
 * that nothing installs twice.
 */
#include <stdlib.h>
#include <string.h>

#include "boot/dhcp.h"
#include "boot/install.h"
#include "boot/pxe.h"
#include "ts/ts_host.h"

static const char *runvar_lookup(const char *name, void *arg)
{
	(void)arg;
	return ts_runvar_or(name, NULL);
}

static bool may_be_kept(const struct ts_host *host)
{
	const char *reuse = getenv("OSSTEST_HOST_REUSE");

	if (host_has_flag(host->host, "no-reinstall"))
		return true;
	return reuse && *reuse && strcmp(reuse, "0") != 0;
}

static void write_boot_files(struct ts_host *host, struct install_plan *plan)
{
	const struct host *h = host->host;
	const struct pxe_boot boot = {
		.kernel_url = plan->kernel_url, .initrd_url = plan->initrd_url,
		.append = plan->append, .lookup = runvar_lookup,
	};
	struct error err;

	if (pxe_write_boot(h, &boot, &err) < 0)
		ts_end(&err);
	if (h->ether && h->address &&
	    dhcp_write_machine(&h->site, h->name, h->ether, h->address,
			       &err) < 0)
		ts_end(&err);
}

static void boot_locally_from_now_on(struct ts_host *host)
{
	struct error err;

	if (pxe_write_local(host->host, &err) < 0)
		ts_end(&err);
}

static void await_stage(struct ts_host *host, const char *stage,
			int64_t limit_ms)
{
	const char *base = ts_handover(host)->path;
	const char *const paths[] = { ts_text("%s%s", base, stage), NULL };

	ts_await_fetches(host, host->name, paths, ts_text("%sfailed", base),
			 limit_ms, ts_text("host %s: its installer did not "
					   "reach the stage '%s'", host->name,
					   stage));
}

static void install(struct ts_host *host,
		    const struct install_method *method)
{
	int64_t boot_limit = ts_limit_ms("BootLimit") +
		host_prop_duration_ms(host->host, "reboot-time-extra", 0);
	int64_t install_limit = ts_limit_ms("InstallLimit");

	ts_power(host, POWER_ON);
	await_stage(host, method->orders, boot_limit);
	boot_locally_from_now_on(host);
	for (const char *const *s = method->stages; *s; s++)
		await_stage(host, *s, install_limit);
	await_stage(host, "booted", boot_limit);
	ts_await_ssh(host, boot_limit);
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	struct install_plan plan;
	struct error err;

	if (may_be_kept(host)) {
		ts_log("host %s is kept as it is", host->name);
		ts_await_ssh(host, ts_limit_ms("BootLimit"));
		ts_runvar_store(ts_text("%s_installed", host->ident), "kept");
		return;
	}
	ts_stage("host %s: orders, image and boot files", host->name);
	if (install_publish(ts_config(), host->host, &plan, &err) < 0)
		ts_end(&err);
	ts_log("host %s: the disk %s will be wiped", host->name, plan.disk);
	ts_power(host, POWER_OFF);
	write_boot_files(host, &plan);
	install(host, plan.method);
	install_plan_release(&plan);
	ts_cmd(host, 30, "uname", "-a", NULL);
	ts_runvar_store(ts_text("%s_installed", host->ident), "yes");
}

const struct ts_case ts_case = {
	.summary = "Install the host from power-off, over the network",
	.args = "host",
	.hosts = 1,
	.timeout_s = 3600,
	.wipes = true,
	.details = "Wipes the disk that the host property disk-device names.\n"
		"OSSTEST_HOST_REUSE=1 or the host flag no-reinstall keeps the "
		"host as it is.",
	.run = run,
};
