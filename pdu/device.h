/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device behind a port: one action at a time, however many hosts hang on
 * it and in however many processes; a gap between two things that are switched
 * (argument gap=, property PowerGap); and power-ons of all hosts spread over
 * time (property PowerStagger), so that they do not trip the circuit breaker
 * together.
 */
#ifndef IRONBIRD_PDU_DEVICE_H
#define IRONBIRD_PDU_DEVICE_H

#include "pdu/pdu.h"

/* The device's name by its arguments, without outlet; the caller frees. */
char *pdu_device_name(const struct pdu_port *port);
/* Which of its outlets; NULL: it has one. The port's. */
const char *pdu_outlet_name(const struct pdu_port *port);
/*
 * Waits for the device: it is port->device until pdu_device_leave, and others
 * get it in the order in which they asked. Reading it needs no more.
 */
int must_check pdu_device_take(struct pdu_port *port, struct error *err);
/* Waits until ahead_ms before something may be switched there again. */
int must_check pdu_device_gap(const struct pdu_port *port, int64_t ahead_ms,
			      struct error *err);
/* Something was switched, now: a new gap begins. */
void pdu_device_acted(const struct pdu_port *port);
void pdu_device_leave(struct pdu_port *port);
/* Waits for this host's turn to be switched on. */
int must_check pdu_stagger(const struct host *host, struct error *err);
/* Waits ms. */
int must_check pdu_dwell(const char *what, int64_t ms, struct error *err);

#endif
