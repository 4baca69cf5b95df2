/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that switch something by their command lines, one a row. */
#ifndef IRONBIRD_PDU_COMMAND_MODELS_H
#define IRONBIRD_PDU_COMMAND_MODELS_H

/*
 * Commands are words with spaces between, no shell; {key} in a word is the
 * argument of that name, {host} the host's name. A secret is never filled in:
 * everybody can read a command line.
 */
struct command_model {
	const char *name;	/* is a power method's name, too */
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

#endif
