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
 * ';', are one after another (two power supplies: off means all off). One
 * behind a '|' is the fall-back of the one before: it is used when that failed.
 */
#ifndef IRONBIRD_PDU_PDU_H
#define IRONBIRD_PDU_PDU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strvec.h"
#include "db/db.h"
#include "host/host.h"

enum power_state { POWER_UNKNOWN, POWER_OFF, POWER_ON };

const char *power_state_name(enum power_state state);

/*
 * Why an action failed. The device is to blame, or its settings; never the
 * host, never the revision. The first two are not tried again.
 */
enum power_failure {
	POWER_FAILURE_NONE,
	POWER_FAILURE_CONFIGURATION,	/* settings, a program missing */
	POWER_FAILURE_AUTHENTICATION,	/* it knows us not */
	POWER_FAILURE_UNREACHABLE,	/* no answer, or half of one */
	POWER_FAILURE_REFUSED,		/* it answered, and said no */
	POWER_FAILURE_UNVERIFIED,	/* it said yes, and it is not so */
};

const char *power_failure_name(enum power_failure failure);

/* What only some modules can do; all of it is one action of one device. */
enum power_special {
	POWER_RESET, POWER_NMI, POWER_BOOT_PXE, POWER_BOOT_DISK,
	POWER_BOOT_SETUP,
};

/* "reset", "nmi", "bootdev pxe", ... */
const char *power_special_name(enum power_special special);

/* One outlet as a module sees it. */
struct pdu_port {
	const struct pdu_module *module;
	const struct host *host;
	struct strvec args;	/* words after the module's name */
	bool fallback;		/* only when the port before it failed */
	int64_t deadline;	/* clock_mono_ms(): calls must end by then */
	void *state;		/* the module's own, made in open */
	bool unreadable;	/* set in open: this one cannot be read back */
	int device;		/* the lock while it is ours (pdu/device.h) */
	/* Read just before set, of this try; UNKNOWN: it was not */
	enum power_state before;
	/* Set by a set that has seen for itself what became of it */
	enum power_state seen;
	/* Set by calls that fail (pdu_fail); NONE: refused */
	enum power_failure failure;
};

struct pdu_module {
	const char *name;
	const char *aliases;	/* OSSTest's names for it, or NULL */
	const char *summary;	/* one line for "power --methods" */
	const char *usage;	/* its arguments */
	int min_args, max_args;	/* of words, or without keys of all */
	/* The "key=value" it takes, '!' behind those that it must have;
	 * NULL: its words are its own affair (pdu/argument.h) */
	const char *keys;
	/* Looks at the arguments when they are read; may be NULL */
	int (*check)(const struct pdu_port *port, struct error *err);
	int (*open)(struct pdu_port *port, struct error *err);
	int (*set)(struct pdu_port *port, enum power_state wanted,
		   struct error *err);
	/* NULL: this kind cannot be read back */
	int (*get)(struct pdu_port *port, enum power_state *state,
		   struct error *err);
	void (*close)(struct pdu_port *port);
	/* NULL: it has none; one that it has not is POWER_FAILURE_REFUSED */
	int (*special)(struct pdu_port *port, enum power_special special,
		       struct error *err);
	/* The last rung before the last try: the device itself is restarted */
	int (*recover)(struct pdu_port *port, struct error *err);
	/* Appends what it has written down of the machine; NULL: nothing */
	int (*event_log)(struct pdu_port *port, struct strbuf *text,
			 struct error *err);
	/* What it reads is the machine itself: no console is asked as well */
	bool self_evident;
	/* Whether it has anything to do for that state; NULL: it has. It is no
	 * supply then, only done beside others: nobody asks it for a state */
	bool (*concerns)(const struct pdu_port *port, enum power_state wanted);
	/* Tries, where another would not help; 0: PowerRetries */
	int tries;
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
/*
 * The same, and *seen is what power_status would tell now, from what was read
 * back: nobody is asked twice.
 */
int must_check power_set_seen(struct db *db, const struct host *host,
			      enum power_state wanted,
			      enum power_state *seen, struct error *err);
int must_check power_cycle_seen(struct db *db, const struct host *host,
				enum power_state *seen, struct error *err);
/* POWER_UNKNOWN when no port can be read. */
int must_check power_status(const struct host *host, enum power_state *state,
			    struct error *err);
/*
 * The first port that can do it does it; a reset that none can do is a power
 * cycle. ERROR_USAGE when none can. A row as for the others.
 */
int must_check power_do(struct db *db, const struct host *host,
			enum power_special special, struct error *err);
/*
 * After power off: does the console still talk, does the host still answer
 * (property PowerQuietTime, 1 s; 0: nobody looks)? ERROR_BROKEN: the outlet
 * is another machine's, or lies.
 */
int must_check power_check_quiet(const struct host *host, struct error *err);
/* The table, ended by NULL. */
extern const struct pdu_module *const pdu_modules[];

#endif
