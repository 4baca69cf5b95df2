/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tools that speak to a device for us: ipmitool, virsh, fence agents. */
#ifndef IRONBIRD_PDU_PROGRAM_H
#define IRONBIRD_PDU_PROGRAM_H

#include "base/proc.h"
#include "base/strvec.h"
#include "pdu/pdu.h"

/*
 * Runs it until port->deadline, with "NAME=value" more in its environment
 * (ended by NULL, or NULL). 0 when it ended by itself; else pdu_fail: not
 * installed is configuration, too slow is unreachable.
 */
int must_check program_run(struct pdu_port *port, const struct strvec *argv,
			   char *const *env, struct proc_result *result,
			   struct error *err);
/* The same, with input on its stdin. */
int must_check program_feed(struct pdu_port *port, const struct strvec *argv,
			    const char *input, struct proc_result *result,
			    struct error *err);
/* The last line that it printed, within result; never empty. */
const char *program_reason(struct proc_result *result);

#endif
