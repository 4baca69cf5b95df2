/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debian's dnsmasq, tftpd-hpa and Apache with configuration files of ours:
 * what each is called, how it is started, where its log is, and whether it
 * answers.
 */
#ifndef IRONBIRD_LAB_SERVICES_H
#define IRONBIRD_LAB_SERVICES_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strvec.h"
#include "lab/service_set.h"

struct service {
	const char *name;	/* "dnsmasq", as people know it */
	const char *program;	/* searched in PATH */
	const char *package;	/* Debian's */
	/* Pushes the whole command line. */
	void (*command)(const struct service_set *set, struct strvec *argv);
	/* Path of the log that says why it ended; the caller frees. */
	char *(*log)(const struct service_set *set);
	/* In the child, in a mount namespace of its own; 0 or an errno. */
	int (*prepare)(void *set);
};

#define SERVICE_COUNT 3
extern const struct service services[SERVICE_COUNT];

/* ERROR_BROKEN naming the program that is missing and its package. */
int must_check services_check_programs(struct error *err);
/* Is the program somewhere in PATH? */
bool program_installed(const char *name);
/* Makes folders, configuration and boot loaders; all can be made again. */
int must_check services_write(const struct service_set *set,
			      struct error *err);

/* ERROR_BROKEN naming the file that is missing and its package. */
int must_check bootloaders_check(struct error *err);
/* Copies and makes the boot loaders in the TFTP folder (bootloaders.c). */
int must_check bootloaders_write(const struct service_set *set,
				 struct error *err);

/*
 * Waits until the web server answers a GET, TFTP sends a file and the DHCP
 * port is bound, as seen from the process pid (the supervisor) and its
 * network. The error names the service and has its log's last line.
 */
int must_check services_wait(const struct service_set *set, int pid,
			     struct error *err);
/* The same, of services that are up: with a short limit, the same words. */
int must_check services_check(const struct service_set *set, int pid,
			      struct error *err);
/*
 * ERROR_BROKEN when port 67, 69 or 80 of the set's address is taken in the
 * network that the process pid lives in.
 */
int must_check services_check_ports(const struct service_set *set, int pid,
				    struct error *err);

struct service_port {
	const char *kind, *protocol;
	int port;
	bool any_address;	/* DHCP servers hear broadcasts: one machine,
				   one server */
};

/* In the order of services[]. */
extern const struct service_port service_ports[SERVICE_COUNT];

/* Holds the folder against another "up" or "down"; close to let go. */
int must_check service_set_lock(const struct service_set *set,
				struct error *err);
/* Starts the supervisor unless it is at work, and waits for the services. */
int must_check services_start(const struct service_set *set,
			      struct error *err);
/* ERROR_USAGE unless we are root; what begins the sentence. */
int must_check services_check_root(const char *what, struct error *err);

#endif
