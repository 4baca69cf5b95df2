/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which network hosts are tested in, and who serves it. */
#include <arpa/inet.h>
#include <libgen.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "doctor/check.h"
#include "lab/lab.h"
#include "lab/namespace.h"
#include "lab/ports.h"
#include "lab/services.h"
#include "lab/supervisor.h"

static const char *lab_of(const struct doctor *d)
{
	return strchr(d->set.what, ' ') + 1;
}

char *check_start_command(const struct doctor *d)
{
	if (d->set.netns)
		return xasprintf("ironbird lab up %s", lab_of(d));
	return xasprintf("ironbird services up --interface %s",
			 str_or(d->set.interface, "IFACE"));
}

static void use_lab(struct doctor *d, const char *dir)
{
	AUTO_FREE char *copy = xstrdup(dir), *mend = NULL;
	const char *name = basename(copy);
	struct error err = ERROR_INIT;

	service_set_lab(&d->set, name, dir);
	mend = xasprintf("ironbird lab up %s", name);
	if (!namespace_exists(d->set.netns)) {
		check_fail(d, mend, "lab %s is down", name);
		return;
	}
	if (site_load(&d->site, d->config, dir, &err) < 0) {
		check_fail(d, mend, "%s", err.text);
		return;
	}
	d->has_network = true;
	check_ok(d, "lab %s in namespace %s, %s", name, d->set.netns,
		 d->set.address);
}

static void use_interface(struct doctor *d, const char *interface)
{
	const char *told = config_get(d->config, "NetAddress");
	struct error err = ERROR_INIT;
	AUTO_FREE char *mend = NULL;

	if (service_set_interface(&d->set, d->config, interface, &err) < 0) {
		mend = xasprintf("ip address add %s/24 dev %s",
				 told && *told ? told : "ADDRESS", interface);
		check_fail(d, mend, "%s", err.text);
		return;
	}
	mend = xasprintf("put 'NetAddress %s' into standalone.config",
			 d->set.address);
	if (!told || strcmp(told, d->set.address) != 0) {
		check_fail(d, mend, "hosts are told to fetch from NetAddress, "
			   "which is %s, but %s has %s", told && *told ? told :
			   "not set", interface, d->set.address);
		return;
	}
	if (site_load(&d->site, d->config, NULL, &err) < 0 ||
	    site_check(&d->site, &err) < 0) {
		check_fail(d, mend, "%s", err.text);
		return;
	}
	d->has_network = true;
	check_ok(d, "%s, %s", interface, d->set.address);
}

void check_network(struct doctor *d)
{
	const char *interface = config_get(d->config, "NetInterface");
	AUTO_FREE char *used = services_interface(d->config);
	AUTO_FREE char *lab = config_state_path(d->config, "lab/%s",
						str_or(d->spec->lab,
						       LAB_DEFAULT_NAME));

	if (d->host && d->host->site.dir)
		use_lab(d, d->host->site.dir);
	else if (d->spec->lab)
		use_lab(d, lab);
	else if (used && *used)
		use_interface(d, used);
	else if (interface && *interface)
		use_interface(d, interface);
	else if (!d->host && file_exists(lab))
		use_lab(d, lab);
	else
		check_warn(d, "ironbird lab up (virtual hosts), or ironbird "
			   "init (real ones)", "there is neither a lab nor "
			   "the setting NetInterface");
}

/* "udp port 67 dnsmasq (process 12)" for each of the ports that is bound. */
static size_t list_holders(const struct doctor *d, struct strbuf *text)
{
	size_t bound = 0;

	for (size_t i = 0; i < SERVICE_COUNT; i++) {
		const struct service_port *p = &service_ports[i];
		in_addr_t only = p->any_address ? 0 :
						  inet_addr(d->set.address);
		AUTO_FREE char *holder = port_holder(getpid(), p->protocol,
						     p->port, only);

		if (!port_bound(getpid(), p->protocol, p->port, only))
			continue;
		strbuf_addf(text, "%s%s port %d: %s", bound++ ? ", " : "",
			    p->protocol, p->port,
			    str_or(holder, "an unknown process"));
	}
	return bound;
}

/* Settings that name folders of other servers say: those are to be used. */
static bool uses_others(const struct doctor *d)
{
	return strcmp(config_origin(d->config, "TftpPath"), "default") != 0 ||
	       strcmp(config_origin(d->config, "WebspaceFile"),
		      "default") != 0;
}

/*
 * No supervisor of ours: servers of the user's own, or none. That those do
 * what they should is seen by asking them, wherever they run.
 */
static void check_own_servers(struct doctor *d)
{
	AUTO_STRBUF holders = STRBUF_INIT;
	AUTO_FREE char *start = check_start_command(d), *mend = NULL;
	struct error err = ERROR_INIT;
	size_t bound;

	if (d->set.netns) {
		check_fail(d, start, "%s: its supervisor does not run",
			   d->set.what);
		return;
	}
	bound = list_holders(d, &holders);
	if (uses_others(d)) {
		d->servers_answer = true;
		check_ok(d, "not ours, as TftpPath and WebspaceFile say: %s",
			 bound ? holders.buf : "none on this machine");
		return;
	}
	if (!bound) {
		check_fail(d, start, "neither DHCP nor TFTP nor web server is "
			   "up on %s", d->set.interface);
		return;
	}
	if (services_check_ports(&d->set, getpid(), &err) == 0)
		return;		/* it has gone this moment */
	mend = xasprintf("end that process, then %s", start);
	check_fail(d, mend, "%s (%s)", err.text, holders.buf);
}

void check_servers(struct doctor *d)
{
	AUTO_FREE char *mend = NULL;
	struct error err = ERROR_INIT;

	d->supervisor = supervisor_pid(&d->set);
	if (!d->supervisor) {
		check_own_servers(d);
		return;
	}
	if (services_check(&d->set, d->supervisor, &err) == 0) {
		d->servers_answer = true;
		check_ok(d, "ours are up: dnsmasq, tftpd, apache2");
		return;
	}
	if (d->set.netns)
		mend = xasprintf("ironbird lab down %s && ironbird lab up %s",
				 lab_of(d), lab_of(d));
	else
		mend = xasprintf("ironbird services down && ironbird services "
				 "up --interface %s", d->set.interface);
	check_fail(d, mend, "%s", err.text);
}
