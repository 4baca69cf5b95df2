/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The power modules, one a file; the table is in pdu.c. */
#ifndef IRONBIRD_PDU_MODULES_H
#define IRONBIRD_PDU_MODULES_H

#include "pdu/pdu.h"

extern const struct pdu_module pdu_qemu;
extern const struct pdu_module pdu_manual;
extern const struct pdu_module pdu_exec;
extern const struct pdu_module pdu_null;

#endif
