/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host property power-method as ports: "MODULE ARGUMENT...", several
 * joined by ';', or by '|' (a fall-back). A word in '...' or "..." may hold
 * all of these.
 */
#ifndef IRONBIRD_PDU_METHOD_H
#define IRONBIRD_PDU_METHOD_H

#include <stdbool.h>

#include "pdu/pdu.h"

struct pdu_ports {
	struct pdu_port *v;
	size_t count;
};

/*
 * Finds the modules and checks the number of their arguments; opens nothing.
 * ERROR_USAGE names the unknown module, the nearest one and all of them.
 */
int must_check pdu_ports_parse(const struct host *host, const char *method,
			       struct pdu_ports *ports, struct error *err);
void pdu_ports_release(struct pdu_ports *ports);
/* As configured, secrets as "***": for rows and sentences. Caller frees. */
char *pdu_port_text(const struct pdu_port *port);
/* Is the value of "key=value" one that nobody is to read, by its key? */
bool pdu_word_is_secret(const char *word);

#endif
