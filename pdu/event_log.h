/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine's BMC has written down of it: memory that had to be
 * corrected, a fan that stopped, a power supply that is gone. It is read over
 * the way in that the host's settings have: its power-method, or else its
 * console, when that is one of ipmi.
 */
#ifndef IRONBIRD_PDU_EVENT_LOG_H
#define IRONBIRD_PDU_EVENT_LOG_H

#include "base/strbuf.h"
#include "host/host.h"

/*
 * Appends the log as the BMC's tool prints it, without secrets. 1: it did; 0:
 * the host has no such way in; -1: it cannot be had, and the sentence names
 * the BMC. Takes up to two minutes, and waits while somebody else switches
 * that device.
 */
int must_check power_event_log(const struct host *host, struct strbuf *text,
			       struct error *err);

#endif
