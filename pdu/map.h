/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the outlet that the settings name really this host's? Proved by what the
 * host itself says (its console, its ssh port): it speaks after power on, is
 * silent after power off, and speaks again.
 */
#ifndef IRONBIRD_PDU_MAP_H
#define IRONBIRD_PDU_MAP_H

#include <stdint.h>

#include "pdu/pdu.h"

struct power_proof {
	const char *sign;	/* "its console spoke", "its ssh answered" */
	int64_t first_ms;	/* after the first power on */
};

/*
 * Property PowerMapTime (5 min): how long the first sign may take. The host
 * is on at the end. ERROR_USAGE: it has neither a console log nor an address;
 * ERROR_BROKEN: it is another machine's outlet, or the machine is dead.
 */
int must_check power_map(struct db *db, const struct host *host,
			 struct power_proof *proof, struct error *err);

#endif
