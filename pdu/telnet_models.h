/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PDUs with a command line over telnet, one a row. */
#ifndef IRONBIRD_PDU_TELNET_MODELS_H
#define IRONBIRD_PDU_TELNET_MODELS_H

/*
 * {outlet}, {user} and {password} are filled in; every line that is sent ends
 * in "\r\n". NULL: the device does not ask.
 */
struct telnet_model {
	const char *name;
	const char *summary;
	int port;
	const char *ask_user, *ask_password;	/* what it asks with */
	const char *hello;	/* or: what it greets with... */
	const char *login;	/* ...and the line that logs in */
	const char *prompt;	/* it waits for a command */
	const char *denied;	/* instead of the prompt: login refused */
	const char *on, *off, *status;
	const char *accepted;	/* in the answer to on and off, or NULL */
	/* The state is behind this, in the same line of status' answer */
	const char *before, *reads_on, *reads_off;
	const char *bye;
};

/* Ended by a row without name. */
extern const struct telnet_model telnet_models[];

#endif
