/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/files.h"
#include "net/interfaces.h"
#include "net/netns.h"

static struct in_addr ipv4(const struct sockaddr *address)
{
	return ((const struct sockaddr_in *)(const void *)address)->sin_addr;
}

static void add(struct interfaces *list, const struct ifaddrs *one)
{
	struct interface *added;

	if (!one->ifa_addr || !one->ifa_netmask ||
	    one->ifa_addr->sa_family != AF_INET ||
	    strlen(one->ifa_name) >= IF_NAMESIZE ||
	    !(one->ifa_flags & IFF_UP) || (one->ifa_flags & IFF_LOOPBACK))
		return;
	list->v = xrealloc(list->v, list->count + 1, sizeof(*list->v));
	added = &list->v[list->count++];
	*added = (struct interface){
		.address = ipv4(one->ifa_addr),
		.netmask = ipv4(one->ifa_netmask),
	};
	memcpy(added->name, one->ifa_name, strlen(one->ifa_name));
}

int interfaces_list(struct interfaces *list, struct error *err)
{
	struct ifaddrs *all;

	*list = (struct interfaces){ .v = NULL };
	if (getifaddrs(&all) < 0)
		return error_errno(err, "cannot list the interfaces");
	for (const struct ifaddrs *one = all; one; one = one->ifa_next)
		add(list, one);
	freeifaddrs(all);
	return 0;
}

void interfaces_release(struct interfaces *list)
{
	free(list->v);
	*list = (struct interfaces){ .v = NULL };
}

const struct interface *interfaces_find(const struct interfaces *list,
					const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->v[i].name, name) == 0)
			return &list->v[i];
	return NULL;
}

const char *interface_trouble(const char *netns, const char *name)
{
	AUTO_CLOSE int fd = netns_socket(netns, AF_INET, SOCK_DGRAM, NULL);
	struct ifreq request = { .ifr_flags = 0 };

	if (fd < 0 || strlen(name) >= sizeof(request.ifr_name))
		return NULL;
	memcpy(request.ifr_name, name, strlen(name));
	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return errno == ENODEV ? "is not there" : NULL;
	if (!(request.ifr_flags & IFF_UP))
		return "is down";
	return request.ifr_flags & IFF_RUNNING ? NULL : "has no link";
}
