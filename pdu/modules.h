/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The power modules, one a file; the table is in pdu.c. */
#ifndef IRONBIRD_PDU_MODULES_H
#define IRONBIRD_PDU_MODULES_H

#include "pdu/pdu.h"

extern const struct pdu_module pdu_qemu;
extern const struct pdu_module pdu_manual;
extern const struct pdu_module pdu_exec;
extern const struct pdu_module pdu_command;
extern const struct pdu_module pdu_snmp;
extern const struct pdu_module pdu_http;
extern const struct pdu_module pdu_redfish;
extern const struct pdu_module pdu_ipmi;
extern const struct pdu_module pdu_nut;
extern const struct pdu_module pdu_libvirt;
extern const struct pdu_module pdu_soft;
extern const struct pdu_module pdu_wol;
extern const struct pdu_module pdu_guest;
extern const struct pdu_module pdu_telnet;
extern const struct pdu_module pdu_ssh;
extern const struct pdu_module pdu_null;
extern const struct pdu_module pdu_unsupported;
extern const struct pdu_module pdu_ipmiextra;
extern const struct pdu_module pdu_statedb;

#endif
