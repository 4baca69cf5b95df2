/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From power-off to an installed system that answers on ssh: boot files are
 * written, power is cycled, and the host's own fetches tell how far it is. As
 * soon as it has its orders the boot files point to the local disk again, so
 * that nothing installs twice.
 */
#include <string.h>

#include "boot/dhcp.h"
#include "boot/install.h"
#include "boot/pxe.h"
#include "run/reuse.h"
#include "ts/ts_host.h"

static const char *runvar_lookup(const char *name, void *arg)
{
	(void)arg;
	return ts_runvar_or(name, NULL);
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

/* Told to ts-logs-capture, should this step be killed. */
static void tell_installing(struct ts_host *host, bool installing)
{
	ts_runvar_store(ts_text("%s_installing", host->ident),
			installing ? "yes" : "no");
}

static bool is_up;

static void give_up(void *arg)
{
	struct ts_host *host = arg;

	if (!is_up)
		ts_give_up_host(host);
}

/* The state that it is to go back to, or NULL; a second attempt installs. */
static const char *state_to_restore(struct ts_host *host)
{
	AUTO_FREE char *runvar = reuse_restore_runvar(host->ident);
	const char *hash = ts_runvar_or(runvar, REUSE_NO);

	if (strcmp(hash, REUSE_NO) == 0)
		return NULL;
	ts_runvar_store(runvar, REUSE_NO);
	return hash;
}

static void publish(struct ts_host *host, const char *restore,
		    struct install_plan *plan)
{
	struct error err;
	int rc;

	ts_stage("host %s: orders, %s and boot files", host->name,
		 restore ? "of what is on its disk," : "image");
	if (restore) {
		rc = install_publish_restore(ts_config(), host->host, restore,
					     plan, &err);
	} else {
		ts_prepare_anew(host);
		ts_prepare_reads(true);
		rc = install_publish(ts_config(), host->host, plan, &err);
		ts_prepare_reads(false);
	}
	if (rc < 0)
		ts_end(&err);
	ts_log("host %s: the disk %s will be %s", host->name, plan->disk,
	       restore ? "restored" : "wiped");
}

/* The steps behind this one need not be run any more. */
static void tell_restored(struct ts_host *host, const char *state)
{
	AUTO_FREE char *runvar = reuse_runvar(host->ident);
	const char *boot_id = ts_cmd(host, 0, "cat",
				     "/proc/sys/kernel/random/boot_id", NULL);

	ts_prepared_before(host, state, ts_text("%.*s",
			   (int)strcspn(boot_id, "\n"), boot_id));
	ts_runvar_store(runvar, ts_text("reused: %s was restored from its "
					"pristine partition, state %s",
					host->name, state));
}

/* An ssh answer would be waited for in vain. */
static void check_power_is_on(struct ts_host *host)
{
	enum power_state state = POWER_UNKNOWN;
	struct error err;

	if (power_status(host->host, &state, &err) < 0)
		ts_log("%s", err.text);
	if (state == POWER_OFF)
		ts_broken("host %s is to be kept as it is, and its power is "
			  "off", host->name);
}

static void run(void)
{
	struct ts_host *host;
	const char *restore;
	struct install_plan plan;

	if (ts_host_is_local(0))
		ts_skip("host local is this machine: nothing to install");
	host = ts_host(0);
	if (host_is_kept(host->host)) {
		ts_log("host %s is kept as it is", host->name);
		check_power_is_on(host);
		ts_await_ssh(host, ts_limit_ms("BootLimit"));
		ts_runvar_store(ts_text("%s_installed", host->ident), "kept");
		return;
	}
	restore = state_to_restore(host);
	publish(host, restore, &plan);
	tell_installing(host, true);
	ts_power(host, POWER_OFF);
	ts_at_end(give_up, host);
	write_boot_files(host, &plan);
	install(host, &plan);
	is_up = true;
	tell_installing(host, false);
	install_plan_release(&plan);
	ts_cmd(host, 0, "uname", "-a", NULL);
	ts_runvar_store(ts_text("%s_installed", host->ident), "yes");
	if (restore)
		tell_restored(host, restore);
	else
		ts_prepared(host);
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
