/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device behind a port: one action at a time, however many hosts hang on
 * it and in however many processes; a gap between two actions (argument gap=,
 * property PowerGap); and power-ons of all hosts spread over time (property
 * PowerStagger), so that they do not trip the circuit breaker together.
 */
#ifndef IRONBIRD_PDU_DEVICE_H
#define IRONBIRD_PDU_DEVICE_H

#include "pdu/pdu.h"

/* The device's name by its arguments, without outlet; the caller frees. */
char *pdu_device_name(const struct pdu_port *port);
/* Which of its outlets; NULL: it has one. The port's. */
const char *pdu_outlet_name(const struct pdu_port *port);
/* Waits for the device; the descriptor holds it, pdu_device_leave ends it. */
int must_check pdu_device_take(const struct pdu_port *port, struct error *err);
/* acted: when (UTC ms) something was switched and the gap began, which lasts
 * while it is read back, too; 0: nothing was. fd may be -1. */
void pdu_device_leave(int fd, int64_t acted);
/* Waits for this host's turn to be switched on. */
int must_check pdu_stagger(const struct host *host, struct error *err);
/* Waits ms. */
int must_check pdu_dwell(const char *what, int64_t ms, struct error *err);

#endif
