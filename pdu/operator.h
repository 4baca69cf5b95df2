/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A person who is asked to switch a machine, and says that it is done.
 *
 * The request is a file of StateDir, power/HOST.asked, with what is wanted and
 * which process waits; the answer is power/HOST.done beside it. Whoever runs
 * 'ironbird power HOST done' may be another user, at another terminal.
 */
#ifndef IRONBIRD_PDU_OPERATOR_H
#define IRONBIRD_PDU_OPERATOR_H

#include "pdu/pdu.h"

int must_check operator_ask(const struct host *host, enum power_state wanted,
			    struct error *err);
bool operator_has_answered(const struct host *host);
/* The request and its answer are gone. */
void operator_forget(const struct host *host);
/* Answers; *wanted is what was asked for. ERROR_USAGE: nobody waits. */
int must_check operator_done(const struct host *host, enum power_state *wanted,
			     struct error *err);

#endif
