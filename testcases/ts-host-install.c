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

/* "http://10.0.0.1/x/linux" is "/x/linux" in the access log. */
static const char *path_of(const char *url)
{
	const char *server = strstr(url, "://");
	const char *path = server ? strchr(server + 3, '/') : NULL;

	return ts_text("%s", str_or(path, url));
}

static void install(struct ts_host *host, const struct install_plan *plan)
{
	const struct boot_way way = {
		.kernel = path_of(plan->kernel_url),
		.ramdisk = path_of(plan->initrd_url),
		.reports = plan->handover.path, .orders = plan->method->orders,
		.pages = plan->method->stages,
	};
	int64_t limit = host_prop_duration_ms(host->host, "install-limit",
					      ts_limit_ms("InstallLimit"));

	ts_power(host, POWER_ON);
	ts_boot_begins(host, &way, limit);
	ts_await_boot(host, "orders");
	boot_locally_from_now_on(host);
	ts_await_boot(host, "boot");
	ts_await_ssh(host, limit);
}

static bool is_up;

/* A host that was lost neither installs by itself nor hangs for ever. */
static void leave_known_state(void *arg)
{
	struct ts_host *host = arg;
	struct error err = ERROR_INIT;

	if (is_up)
		return;
	if (pxe_write_local(host->host, &err) < 0)
		ts_log("%s", err.text);
	if (strcmp(host_prop_or(host->host, "lost-host-power",
				config_get(ts_config(), "LostHostPower")),
		   "off") != 0)
		return;
	ts_log("host %s: power off, as it did not come up", host->name);
	if (power_set(ts_db(), host->host, POWER_OFF, &err) < 0)
		ts_log("%s", err.text);
}

static void run(void)
{
	struct ts_host *host;
	struct install_plan plan;
	struct error err;

	if (ts_host_is_local(0))
		ts_skip("host local is this machine: nothing to install");
	host = ts_host(0);
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
	ts_at_end(leave_known_state, host);
	write_boot_files(host, &plan);
	install(host, &plan);
	is_up = true;
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
