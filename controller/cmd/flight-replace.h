/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new flight of a name that may be taken, without losing results: an
 * earlier flight goes on as NAME.1, NAME.2, ..., rows and logs alike.
 */
#ifndef IRONBIRD_CMD_FLIGHT_REPLACE_H
#define IRONBIRD_CMD_FLIGHT_REPLACE_H

#include "cmd/command.h"

struct new_flight {
	const char *name, *intended, *branch;
	const char *file;	/* flights/FILE.yaml makes its jobs, or NULL */
};

/*
 * All of it or nothing. *kept is the earlier flight's new name, the caller's,
 * or NULL when there was none. ERROR_AGAIN while one of its jobs is run.
 */
int must_check flight_replace(struct context *ctx,
			      const struct new_flight *flight, char **kept,
			      struct error *err);

#endif
