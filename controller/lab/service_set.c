/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "lab/namespace.h"
#include "lab/service_set.h"

#define MEMBER(m) { #m, offsetof(struct service_set, m) }

static const struct {
	const char *key;
	size_t offset;
} members[] = {
	MEMBER(what), MEMBER(dir), MEMBER(netns), MEMBER(interface),
	MEMBER(address), MEMBER(netmask), MEMBER(network), MEMBER(range),
	MEMBER(domain), MEMBER(resolver), MEMBER(tftp_dir), MEMBER(pxe_dir),
	MEMBER(web_dir), MEMBER(results_dir), MEMBER(logs_dir),
	MEMBER(access_log), MEMBER(dhcp_log),
	MEMBER(tftp_log), MEMBER(leases), MEMBER(dhcp_hosts_dir),
};

static char **member(const struct service_set *set, size_t i)
{
	return (char **)((char *)(uintptr_t)set + members[i].offset);
}

void service_set_release(struct service_set *set)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		free(*member(set, i));
	*set = (struct service_set){ 0 };
}

char *service_set_path(const struct service_set *set, const char *fmt, ...)
{
	AUTO_FREE char *below = NULL;
	va_list ap;

	va_start(ap, fmt);
	below = xvasprintf(fmt, ap);
	va_end(ap);
	return xasprintf("%s/%s", set->dir, below);
}

void service_set_lab(struct service_set *set, const char *name,
		     const char *dir)
{
	*set = (struct service_set){
		.what = xasprintf("lab %s", name),
		.dir = xstrdup(dir),
		.netns = namespace_name(dir),
		.interface = xstrdup(LAB_BRIDGE),
		.address = xstrdup(LAB_ADDRESS),
		.netmask = xstrdup("255.255.0.0"),
		.network = xstrdup("10.76.0.0"),
		.range = xstrdup("10.76.100.1,10.76.199.254"),
		.domain = xstrdup("lab.test"),
		.resolver = xstrdup(""),
	};
	set->tftp_dir = service_set_path(set, "tftp");
	set->pxe_dir = service_set_path(set, "tftp/pxelinux.cfg");
	set->web_dir = service_set_path(set, "web");
	set->access_log = service_set_path(set, "log/access.log");
	set->dhcp_log = service_set_path(set, "log/dnsmasq.log");
	set->tftp_log = service_set_path(set, "log/tftpd.log");
	set->leases = service_set_path(set, "leases");
	set->dhcp_hosts_dir = service_set_path(set, "dhcp-hosts");
}

void service_set_pages(struct service_set *set, const struct config *config)
{
	set->results_dir = xstrdup(config_get(config, "Results"));
	set->logs_dir = xstrdup(config_get(config, "Logs"));
}

static char *dotted(in_addr_t address)
{
	struct in_addr in = { .s_addr = address };
	char text[INET_ADDRSTRLEN];

	return xstrdup(inet_ntop(AF_INET, &in, text, sizeof(text)));
}

static in_addr_t ipv4(const struct sockaddr *address)
{
	return ((const struct sockaddr_in *)(const void *)address)
		->sin_addr.s_addr;
}

static int find_address(struct service_set *set, struct error *err)
{
	struct ifaddrs *all, *one;

	if (!if_nametoindex(set->interface))
		return error_set(err, ERROR_USAGE, "there is no interface "
				 "'%.20s' ('ip link' lists them)",
				 set->interface);
	if (getifaddrs(&all) < 0)
		return error_errno(err, "cannot list the interfaces");
	for (one = all; one; one = one->ifa_next)
		if (strcmp(one->ifa_name, set->interface) == 0 &&
		    one->ifa_addr && one->ifa_netmask &&
		    one->ifa_addr->sa_family == AF_INET)
			break;
	if (one) {
		set->address = dotted(ipv4(one->ifa_addr));
		set->netmask = dotted(ipv4(one->ifa_netmask));
		set->network = dotted(ipv4(one->ifa_addr) &
				      ipv4(one->ifa_netmask));
	}
	freeifaddrs(all);
	if (!set->address)
		return error_set(err, ERROR_USAGE, "interface %s has no IPv4 "
				 "address: give it one first", set->interface);
	return 0;
}

static char *setting(const struct config *config, const char *name)
{
	const char *value = config_get(config, name);

	return value && *value ? xstrdup(value) : NULL;
}

static int from_settings(struct service_set *set, const struct config *config,
			 struct error *err)
{
	const char *pxe = config_get(config, "TftpPxeDir");

	set->range = setting(config, "NetRange");
	set->domain = setting(config, "DnsDomain");
	set->tftp_dir = setting(config, "TftpPath");
	set->web_dir = setting(config, "WebspaceFile");
	set->access_log = setting(config, "WebspaceLog");
	set->dhcp_log = setting(config, "DhcpLog");
	set->tftp_log = setting(config, "TftpLog");
	set->leases = setting(config, "DhcpLeases");
	set->dhcp_hosts_dir = setting(config, "DhcpHostsDir");
	if (!set->tftp_dir || !set->web_dir || !set->access_log ||
	    !set->dhcp_log || !set->tftp_log || !set->leases ||
	    !set->dhcp_hosts_dir)
		return error_set(err, ERROR_USAGE, "%s: the settings TftpPath, "
				 "TftpLog, WebspaceFile, WebspaceLog, DhcpLog, "
				 "DhcpLeases and DhcpHostsDir must all be set",
				 set->what);
	set->pxe_dir = xasprintf("%s/%s", set->tftp_dir, str_or(pxe, ""));
	return 0;
}

int service_set_interface(struct service_set *set,
			  const struct config *config, const char *interface,
			  struct error *err)
{
	*set = (struct service_set){
		.what = xasprintf("services on %.20s", interface),
		.dir = config_state_path(config, "services"),
		.interface = xstrdup(interface),
	};
	service_set_pages(set, config);
	if (find_address(set, err) == 0 &&
	    from_settings(set, config, err) == 0)
		return 0;
	service_set_release(set);
	return -1;
}

void service_set_to_words(const struct service_set *set,
			  struct strvec *words)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (*member(set, i))
			strvec_pushf(words, "%s=%s", members[i].key,
				     *member(set, i));
}

static bool take_word(struct service_set *set, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		size_t n = strlen(members[i].key);

		if (strncmp(word, members[i].key, n) == 0 && word[n] == '=' &&
		    !*member(set, i)) {
			*member(set, i) = xstrdup(word + n + 1);
			return true;
		}
	}
	return false;
}

int service_set_from_words(struct service_set *set, char *const *words,
			   size_t count, struct error *err)
{
	*set = (struct service_set){ 0 };
	for (size_t i = 0; i < count; i++)
		if (!take_word(set, words[i])) {
			service_set_release(set);
			return error_set(err, ERROR_USAGE, "'%.60s' is no "
					 "word of a service set", words[i]);
		}
	if (set->what && set->dir && set->interface && set->address &&
	    set->tftp_dir && set->web_dir && set->tftp_log &&
	    set->dhcp_hosts_dir && set->dhcp_log)
		return 0;
	service_set_release(set);
	return error_set(err, ERROR_USAGE, "the service set is not complete");
}
