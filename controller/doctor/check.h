/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What checks are made of; for doctor/ only. */
#ifndef IRONBIRD_DOCTOR_CHECK_H
#define IRONBIRD_DOCTOR_CHECK_H

#include <stdbool.h>
#include <sys/types.h>

#include "doctor/doctor.h"
#include "lab/service_set.h"
#include "pdu/pdu.h"

enum check_needs {
	CHECK_ROOT = 1 << 0,	/* opens sockets in namespaces */
	CHECK_NETWORK = 1 << 1,	/* set and site are known, and it is up */
	CHECK_SERVERS = 1 << 2,	/* the servers answer */
	CHECK_HOST = 1 << 3,	/* host is known; silent without one */
};

/* What earlier checks found out for later ones. */
struct doctor {
	const struct doctor_spec *spec;
	const struct config *config;
	const struct doctor_check *now;
	enum doctor_verdict worst;

	bool root;
	struct db *db;		/* NULL: it does not open */
	struct host *host;	/* NULL: none asked for, or not known */
	bool has_network, servers_answer;
	struct service_set set;
	struct site site;
	pid_t supervisor;	/* 0: the servers are not ours */
	bool images_missing;
	enum power_state power;
	bool has_power;		/* power was read */
	struct ssh *ssh;	/* NULL: no login */
};

struct doctor_check {
	const char *name;
	unsigned needs;		/* enum check_needs */
	void (*run)(struct doctor *d);
};

void check_ok(struct doctor *d, const char *fmt, ...) printf_like(2, 3);
/* mend: the command or instruction, copied; NULL when another line has it. */
void check_warn(struct doctor *d, const char *mend, const char *fmt, ...)
	printf_like(3, 4);
void check_fail(struct doctor *d, const char *mend, const char *fmt, ...)
	printf_like(3, 4);
/* "ironbird lab up NAME" or "ironbird services up"; the caller frees. */
char *check_start_command(const struct doctor *d);

void check_programs(struct doctor *d);
void check_rights(struct doctor *d);
void check_state(struct doctor *d);
void check_room(struct doctor *d);
void check_database(struct doctor *d);
void check_host(struct doctor *d);
void check_network(struct doctor *d);
void check_servers(struct doctor *d);
void check_dhcp(struct doctor *d);
void check_tftp(struct doctor *d);
void check_http(struct doctor *d);
void check_images(struct doctor *d);
void check_mirror(struct doctor *d);
void check_properties(struct doctor *d);
void check_blessings(struct doctor *d);
void check_power(struct doctor *d);
void check_console(struct doctor *d);
void check_ssh(struct doctor *d);
void check_clock(struct doctor *d);

#endif
