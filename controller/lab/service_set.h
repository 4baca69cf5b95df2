/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The three servers that hosts boot from, as one thing: on which interface,
 * and where each of them reads and logs. A lab has one in its namespace;
 * "ironbird services" has one on a real interface.
 */
#ifndef IRONBIRD_LAB_SERVICE_SET_H
#define IRONBIRD_LAB_SERVICE_SET_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strvec.h"
#include "config/config.h"

#define LAB_BRIDGE "br0"
#define LAB_ADDRESS "10.76.0.1"
#define LAB_PREFIX 16
/* A unique local prefix (RFC 4193), for router advertisements only. */
#define LAB_PREFIX6 "fd69:7262:6972:64::"

/* All strings are owned; those that may be NULL say so. */
struct service_set {
	char *what;		/* "lab demo": begins sentences */
	char *dir;		/* configuration, log/, hosts/, lab.pid */
	char *netns;		/* NULL: none */
	char *interface;
	char *address, *netmask, *network;	/* dotted */
	char *range;		/* "FIRST,LAST" for guests; NULL: known only */
	char *domain;		/* NULL: none */
	char *resolver;		/* "": DNS answers for our hosts alone;
				   NULL: asks the controller's name servers */
	char *tftp_dir, *pxe_dir, *web_dir;
	char *results_dir, *logs_dir;	/* for people, below web_dir; or NULL */
	char *access_log, *dhcp_log, *tftp_log;
	char *leases, *dhcp_hosts_dir;
};

void service_set_release(struct service_set *set);
/* That of the lab in the folder dir. */
void service_set_lab(struct service_set *set, const char *name,
		     const char *dir);
/* With the pages and the logs, which its web server then has too. */
void service_set_pages(struct service_set *set, const struct config *config);
/*
 * That of a real interface, by the settings; ERROR_USAGE when there is no
 * such interface or it has no IPv4 address.
 */
int must_check service_set_interface(struct service_set *set,
				     const struct config *config,
				     const char *interface,
				     struct error *err);
/* As "key=value" words, and back: how the supervisor is told. */
void service_set_to_words(const struct service_set *set,
			  struct strvec *words);
int must_check service_set_from_words(struct service_set *set,
				      char *const *words, size_t count,
				      struct error *err);
/* DIR/log/NAME and the like; the caller frees. */
char *service_set_path(const struct service_set *set, const char *fmt, ...)
	printf_like(2, 3);

#endif
