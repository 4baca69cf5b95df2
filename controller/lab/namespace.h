/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network of a lab's own: a network namespace with a bridge in it, made
 * with iproute2. Its name comes from the lab's folder, so that the labs of
 * two checkouts never meet.
 */
#ifndef IRONBIRD_LAB_NAMESPACE_H
#define IRONBIRD_LAB_NAMESPACE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strvec.h"

/* "ironbird-" and 8 hex digits of the folder's SHA-256; the caller frees. */
char *namespace_name(const char *dir);
bool namespace_exists(const char *name);
/* Makes what is missing of it; address is "10.76.0.1/16". */
int must_check namespace_up(const char *name, const char *bridge,
			    const char *address, struct error *err);
/* Pushes the pids of all processes in it; none when there is no such one. */
int must_check namespace_pids(const char *name, struct strvec *pids,
			      struct error *err);
/* One that is not there is no error. */
int must_check namespace_down(const char *name, struct error *err);

#endif
