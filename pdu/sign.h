/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signs of life of a machine that was switched on: its console, its ssh port. */
#ifndef IRONBIRD_PDU_SIGN_H
#define IRONBIRD_PDU_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "host/host.h"

struct sign {
	const struct host *host;
	const char *log;
	int64_t size;		/* of the log when it began */
	const char *seen;	/* "its console spoke", "its ssh answered" */
};

/* What its console has said until now is no sign. */
void sign_begin(struct sign *sign, const struct host *host);
/* Looks once; an ssh port that is dead takes half a second. */
bool sign_look(struct sign *sign);

#endif
