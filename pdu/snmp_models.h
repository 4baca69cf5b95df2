/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PDUs that speak SNMP, one a row: a new one needs no code. */
#ifndef IRONBIRD_PDU_SNMP_MODELS_H
#define IRONBIRD_PDU_SNMP_MODELS_H

#include <stdbool.h>

/*
 * "%o" in an OID is the argument outlet=, "%u" unit= (default 1), "%p"
 * product=. The value set is on or off; a state read is any number of
 * reads_on or reads_off, and anything else is on its way there.
 */
struct snmp_model {
	const char *name;
	const char *summary;
	const char *set_on, *set_off;	/* set_off NULL: that of set_on */
	long on, off;
	const char *get;
	const char *reads_on, *reads_off;	/* "1 3" */
	/* The value is "0,1,1...": a place for each outlet, all set at once */
	bool list;
};

/* Ended by a row without name. */
extern const struct snmp_model snmp_models[];

#endif
