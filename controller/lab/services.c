/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "lab/services.h"
#include "lab/tftpd.h"
#include "lab/web.h"

/*
 * A process namespace of its own for what forks: when its first process is
 * killed, in whatever way, the kernel ends all the others with it.
 */
static void push_contained(struct strvec *argv)
{
	strvec_pushl(argv, "unshare", "--pid", "--fork", "--kill-child", NULL);
}

static void dnsmasq_command(const struct service_set *set,
			    struct strvec *argv)
{
	strvec_pushl(argv, "dnsmasq", "--keep-in-foreground", NULL);
	strvec_pushf(argv, "--conf-file=%s/dnsmasq.conf", set->dir);
}

static char *dnsmasq_log(const struct service_set *set)
{
	return xstrdup(set->dhcp_log);
}

static void tftpd_command(const struct service_set *set, struct strvec *argv)
{
	push_contained(argv);
	strvec_pushl(argv, "in.tftpd", "--foreground", "--secure", "--verbosity",
		     "3", "--ipv4", "--address", NULL);
	strvec_pushf(argv, "%s:69", set->address);
	strvec_push(argv, set->tftp_dir);
}

static char *tftpd_log(const struct service_set *set)
{
	return xstrdup(set->tftp_log);
}

static void apache_command(const struct service_set *set,
			   struct strvec *argv)
{
	push_contained(argv);
	strvec_pushl(argv, "apache2", "-D", "FOREGROUND", "-f", NULL);
	strvec_pushf(argv, "%s/apache2.conf", set->dir);
}

static char *apache_log(const struct service_set *set)
{
	return service_set_path(set, "log/error.log");
}

const struct service services[SERVICE_COUNT] = {
	{ "dnsmasq", "dnsmasq", "dnsmasq-base", dnsmasq_command, dnsmasq_log,
	  NULL },
	{ "tftpd", "in.tftpd", "tftpd-hpa", tftpd_command, tftpd_log,
	  tftpd_prepare },
	{ "apache2", "apache2", "apache2", apache_command, apache_log,
	  web_prepare },
};

bool program_installed(const char *name)
{
	AUTO_STRVEC dirs = STRVEC_INIT;

	strvec_split(&dirs, str_or(getenv("PATH"), "/usr/sbin:/usr/bin"), ":");
	for (size_t i = 0; i < dirs.count; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", dirs.v[i], name);

		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

int services_check_programs(struct error *err)
{
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		if (!program_installed(services[i].program))
			return error_set(err, ERROR_BROKEN, "the program %s "
					 "is not installed: apt install %s",
					 services[i].program,
					 services[i].package);
	return 0;
}

/*
 * dnsmasq stays root: the folders it reads again on SIGHUP may lie below a
 * home that is closed to others. Its group stays, too: a process that changes
 * it no longer gets the signal that it is to die with its parent (prctl(2)).
 */
static void dnsmasq_text(const struct service_set *set, struct strbuf *text)
{
	strbuf_addf(text,
		"# Written by ironbird for %s; changes are lost.\n"
		"user=root\n"
		"group=root\n"
		"interface=%s\n"
		"except-interface=lo\n"
		"bind-dynamic\n"
		"pid-file=\n"
		"log-facility=%s\n"
		"log-dhcp\n"
		"no-hosts\n"
		"dhcp-hostsfile=%s\n"
		"dhcp-leasefile=%s\n"
		"dhcp-option=option:router,%s\n"
		"dhcp-option=option:dns-server,%s\n"
		"dhcp-no-override\n", set->what, set->interface, set->dhcp_log,
		set->dhcp_hosts_dir, set->leases, set->address, set->address);
	if (set->range)
		strbuf_addf(text, "dhcp-range=%s,%s,1h\n", set->range,
			    set->netmask);
	else
		strbuf_addf(text, "dhcp-range=%s,static,%s\n", set->network,
			    set->netmask);
	if (set->domain)
		strbuf_addf(text, "domain=%s\nlocal=/%s/\n", set->domain,
			    set->domain);
	if (set->resolver)
		strbuf_addstr(text, "no-resolv\ndhcp-authoritative\n");
	/* no default router: it is there to be heard, see namespace.c */
	if (set->netns && file_exists("/proc/net/if_inet6"))
		strbuf_addf(text, "enable-ra\nra-param=%s,60,0\n"
			    "dhcp-range=" LAB_PREFIX6 ",ra-only,64,1h\n",
			    set->interface);
	/* RFC 4578: 7 is EFI BC, 9 EFI x86-64; firmware uses both */
	strbuf_addf(text,
		"dhcp-match=set:efi64,option:client-arch,7\n"
		"dhcp-match=set:efi64,option:client-arch,9\n"
		"dhcp-boot=tag:!efi64,lpxelinux.0,,%s\n"
		"dhcp-boot=tag:efi64,grub/grubnetx64.efi,,%s\n", set->address,
		set->address);
}

static int write_dnsmasq(const struct service_set *set, struct error *err)
{
	AUTO_FREE char *path = service_set_path(set, "dnsmasq.conf");
	AUTO_STRBUF text = STRBUF_INIT;

	dnsmasq_text(set, &text);
	return file_publish(path, text.buf, text.len, 0644, err);
}

static int make_folders(const struct service_set *set, struct error *err)
{
	AUTO_FREE char *hosts = service_set_path(set, "hosts");
	AUTO_FREE char *log = service_set_path(set, "log");
	const char *const dirs[] = {
		set->dir, hosts, log, set->tftp_dir, set->pxe_dir,
		set->web_dir, set->dhcp_hosts_dir,
	};
	const char *const files[] = {
		set->access_log, set->dhcp_log, set->tftp_log, set->leases,
	};

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (dir_make(dirs[i], 0755, err) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (dir_make_parent(files[i], err) < 0)
			return -1;
	return 0;
}

int services_write(const struct service_set *set, struct error *err)
{
	if (tftpd_check(set, err) < 0 || make_folders(set, err) < 0 ||
	    write_dnsmasq(set, err) < 0 || web_write(set, err) < 0 ||
	    bootloaders_write(set, err) < 0)
		return error_prefix(err, "%s", set->what);
	return 0;
}
