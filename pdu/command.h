/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Switching by commands that know no dialect: GPIO lines, USB relays, a lab's
 * own tool. The first word of "exec" is then the name of a row, not a program.
 */
#ifndef IRONBIRD_PDU_COMMAND_H
#define IRONBIRD_PDU_COMMAND_H

#include "pdu/pdu.h"

/*
 * Commands are words with spaces between, no shell; {key} in a word is the
 * argument of that name, {host} the host's name. A secret is never filled in:
 * everybody can read a command line.
 */
struct command_model {
	const char *name;
	const char *summary;
	const char *keys;	/* its arguments (pdu_keys_check) */
	const char *on, *off;
	/* Prints the state; NULL, or with an argument that is not given: it
	 * cannot be read back */
	const char *status;
	/* Part of what status prints; NULL: it ends with 0 (on) or 2 (off) */
	const char *reads_on, *reads_off;
};

/* Ended by a row without name. */
extern const struct command_model command_models[];

/* The row that the port's first word names; false: it is a program. */
bool command_model_of(const struct pdu_port *port, struct command_model *model);
int must_check command_check(const struct pdu_port *port, struct error *err);
bool command_is_readable(const struct pdu_port *port);
int must_check command_set(struct pdu_port *port, enum power_state wanted,
			   struct error *err);
int must_check command_get(struct pdu_port *port, enum power_state *state,
			   struct error *err);

#endif
