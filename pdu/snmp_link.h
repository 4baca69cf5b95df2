/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One SNMP device, asked for one value at a time (net-snmp). */
#ifndef IRONBIRD_PDU_SNMP_LINK_H
#define IRONBIRD_PDU_SNMP_LINK_H

#include "base/strbuf.h"
#include "pdu/pdu.h"

#define SNMP_LINK_KEYS \
	"host! version community user auth priv auth-password priv-password"

struct snmp_link;

/* By the port's arguments; pdu_fail. */
int must_check snmp_link_open(struct snmp_link **out,
				 struct pdu_port *port, struct error *err);
void snmp_link_close(struct snmp_link *session);
/* A value as text, appended: a number in decimal, or a string's bytes. */
int must_check snmp_link_get(struct snmp_link *session, const char *name,
				struct strbuf *value, struct error *err);
/* Sets a number, or (text not NULL) a string. */
int must_check snmp_link_set(struct snmp_link *session, const char *name,
				long number, const char *text,
				struct error *err);

#endif
