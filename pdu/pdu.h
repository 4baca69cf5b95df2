/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power: modules that can switch an outlet, and the one caller that trusts
 * none of them.
 *
 * A module is a const struct in the table of pdu.c. It does one thing once:
 * open, set, get, close. Deadlines, retries, off - dwell - on, reading back,
 * one action at a time for each device, and the row for every action are
 * pdu.c's alone. A module without get cannot be read back: then the row says
 * "unverified".
 *
 * The host property power-method is "MODULE ARGUMENT..."; several, joined by
 * ';', are one after another (two power supplies: off means all off).
 */
#ifndef IRONBIRD_PDU_PDU_H
#define IRONBIRD_PDU_PDU_H

#include <stdint.h>

#include "base/error.h"
#include "base/strvec.h"
#include "db/db.h"
#include "host/host.h"

enum power_state { POWER_UNKNOWN, POWER_OFF, POWER_ON };

const char *power_state_name(enum power_state state);

/* One outlet as a module sees it. */
struct pdu_port {
	const struct pdu_module *module;
	const struct host *host;
	struct strvec args;	/* words after the module's name */
	int64_t deadline;	/* clock_mono_ms(): calls must end by then */
	void *state;		/* the module's own, made in open */
};

struct pdu_module {
	const char *name;
	const char *aliases;	/* OSSTest's names for it, or NULL */
	const char *summary;	/* one line for "power --methods" */
	const char *usage;	/* its arguments */
	int min_args, max_args;
	int (*open)(struct pdu_port *port, struct error *err);
	int (*set)(struct pdu_port *port, enum power_state wanted,
		   struct error *err);
	/* NULL: this kind cannot be read back */
	int (*get)(struct pdu_port *port, enum power_state *state,
		   struct error *err);
	void (*close)(struct pdu_port *port);
	/* What one action may take until it shows, ms; 0: 20 s. The host
	 * property power-settle-time goes before. */
	int64_t settle_ms;
};

/*
 * Brings the host's power to wanted and reads it back. Writes one
 * power_actions row a port (db may be NULL). Errors blame the device.
 */
int must_check power_set(struct db *db, const struct host *host,
			 enum power_state wanted, struct error *err);
/* Off, verified, dwell (property power-cycle-time, 5 s), on, verified. */
int must_check power_cycle(struct db *db, const struct host *host,
			   struct error *err);
/* POWER_UNKNOWN when no port can be read. */
int must_check power_status(const struct host *host, enum power_state *state,
			    struct error *err);
/* The table, ended by NULL. */
extern const struct pdu_module *const pdu_modules[];

#endif
