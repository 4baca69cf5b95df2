/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * net-snmp's library, loaded when the first PDU is asked by SNMP: like
 * libcurl (net/libcurl.h), nobody else is to carry it.
 */
#ifndef IRONBIRD_PDU_LIBSNMP_H
#define IRONBIRD_PDU_LIBSNMP_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include "base/error.h"

struct libsnmp {
	void (*init)(const char *application);
	int (*set_boolean)(int store, int which, int value);
	netsnmp_log_handler *(*add_log)(int kind, int priority);
	void (*sess_init)(netsnmp_session *session);
	void *(*open)(netsnmp_session *session);
	int (*ask)(void *session, netsnmp_pdu *request, netsnmp_pdu **answer);
	int (*close)(void *session);
	void (*last_error)(void *session, int *sys, int *snmp, char **text);
	void (*first_error)(netsnmp_session *session, int *sys, int *snmp,
			    char **text);
	netsnmp_pdu *(*pdu_create)(int command);
	void (*pdu_free)(netsnmp_pdu *pdu);
	netsnmp_variable_list *(*add_value)(netsnmp_pdu *pdu, const oid *name,
					    size_t len, u_char type,
					    const void *value, size_t size);
	int (*make_key)(const oid *hash, u_int hash_len, const u_char *text,
			size_t len, u_char *key, size_t *key_len);
};

/* The library's calls, or NULL with ERROR_BROKEN naming its package. */
const struct libsnmp *libsnmp_load(struct error *err);

#endif
