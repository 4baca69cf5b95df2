/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the modules share: their "key=value" arguments, secrets, the time that
 * is left, and failures with a class.
 */
#ifndef IRONBIRD_PDU_ARGUMENT_H
#define IRONBIRD_PDU_ARGUMENT_H

#include <stdint.h>

#include "base/strbuf.h"
#include "pdu/pdu.h"

#define PDU_SECRET_MAX 4096

/* The value of "key=value", or NULL, or the fall-back. The port's. */
const char *pdu_arg(const struct pdu_port *port, const char *key);
const char *pdu_arg_or(const struct pdu_port *port, const char *key,
		       const char *fallback);
/* The first word that is no "key=value": a model's name; or NULL. */
const char *pdu_word(const struct pdu_port *port);
/*
 * Of host=ADDRESS[:PORT]: the address, the caller's, and *number as it is or
 * the port.
 */
char *pdu_address(const struct pdu_port *port, int *number);
/*
 * "unknown WHAT 'NAME'", with the nearest of names and all of them, and more
 * behind them. ERROR_USAGE.
 */
int pdu_unknown(const char *what, const char *name,
		const struct strvec *names, const char *more,
		struct error *err);
/* Appends the value; of "key=@FILE" the first line of FILE. Absent: none. */
int must_check pdu_secret(const struct pdu_port *port, const char *key,
			  struct strbuf *value, struct error *err);
/*
 * What a device or a program said may repeat what it was told: stars for the
 * port's secrets in text, as they are and, with escape, in that form as well.
 */
void pdu_hide_secrets(const struct pdu_port *port,
		      void (*escape)(struct strbuf *out, const char *s),
		      char *text);
/* A number from min to max; absent: fallback. ERROR_USAGE. */
int must_check pdu_number(const struct pdu_port *port, const char *key,
			  long min, long max, long fallback, long *value,
			  struct error *err);
/* What the outlet reads before it is switched: asked if pdu.c has not. */
int must_check pdu_state_before(struct pdu_port *port, enum power_state *now,
				struct error *err);
/* Milliseconds until port->deadline, at least 1. */
int64_t pdu_left(const struct pdu_port *port);
/* error_set, and what class of failure it is; returns -1. */
int pdu_fail(struct pdu_port *port, enum power_failure failure,
	     struct error *err, const char *fmt, ...) printf_like(4, 5);
/* Of the failed call; what a module did not class is its settings, or the
 * device's "no". */
enum power_failure pdu_failure_class(struct pdu_port *port,
				     const struct error *err);
/*
 * Checks "key=value" words against keys, "host! outlet! user ...": others are
 * unknown, '!' must be there. ERROR_USAGE with the nearest key.
 */
int must_check pdu_keys_check(const struct pdu_port *port, const char *keys,
			      struct error *err);

#endif
