/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PDU's command line, as a table of what it says and what is said to it
 * (menu_models.h), over whatever carries its bytes: telnet.c, ssh_menu.c.
 *
 * The carrier's module keeps a struct menu first in its state: it fills model
 * and calls, and its open, set, get and close are made of the calls below.
 */
#ifndef IRONBIRD_PDU_MENU_H
#define IRONBIRD_PDU_MENU_H

#include "base/strbuf.h"
#include "pdu/menu_models.h"
#include "pdu/pdu.h"

struct menu {
	const struct menu_model *model;
	struct strbuf seen;	/* since the last line was sent */
	const char *line_end;	/* what return sends here */
	/* Appends to seen what comes, at least a byte; or sends it all. Both
	 * end by port->deadline, with pdu_fail. */
	int (*receive)(struct pdu_port *port, struct error *err);
	int (*send)(struct pdu_port *port, const char *data, size_t len,
		    struct error *err);
};

/* The model is one, and has ssh when that is asked for; outlet= is a number. */
int must_check menu_check(const struct pdu_port *port, bool ssh,
			  struct error *err);
const struct menu_model *menu_model_find(const char *name);
/* Answers what the table says that it asks; until the prompt. */
int must_check menu_log_in(struct pdu_port *port, struct error *err);
/* Until the prompt, where nothing is asked. */
int must_check menu_begin(struct pdu_port *port, struct error *err);
int must_check menu_set(struct pdu_port *port, enum power_state wanted,
			struct error *err);
int must_check menu_get(struct pdu_port *port, enum power_state *state,
			struct error *err);
/* Says good-bye: it has room for one. */
void menu_end(struct pdu_port *port);
/* pdu_fail: it is unreachable, for that reason. Returns -1. */
int menu_lost(struct pdu_port *port, const char *reason, struct error *err);

#endif
