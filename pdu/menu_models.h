/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PDUs with a command line, over telnet or ssh, one a row. */
#ifndef IRONBIRD_PDU_MENU_MODELS_H
#define IRONBIRD_PDU_MENU_MODELS_H

#include <stdbool.h>

/*
 * {outlet}, {user} and {password} are filled in. NULL: the device does not
 * ask. Over ssh nothing is asked: it begins with the prompt.
 */
struct menu_model {
	const char *name;
	const char *summary;
	int port;		/* of telnet */
	bool ssh;		/* it has it by ssh, too */
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
extern const struct menu_model menu_models[];

#endif
