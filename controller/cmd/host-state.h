/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is on a host, as `ironbird host` shows and sets it. */
#ifndef IRONBIRD_CMD_HOST_STATE_H
#define IRONBIRD_CMD_HOST_STATE_H

#include "base/table.h"
#include "cmd/command.h"
#include "cmd/json.h"
#include "db/states.h"

/* Rows of two columns; held: somebody has the host at this moment. A state
 * without a host is that of one of which nothing is recorded. */
void host_state_rows(const struct host_state *state, bool held,
		     struct table *table);
/* As a member "state", with the facts of its preparation. */
void host_state_json(struct context *ctx, const struct host_state *state,
		     cJSON *object);
/* The only word is "dirty": the next job prepares the host. */
int must_check host_state_set(struct context *ctx, const char *host,
			      const char *word, struct error *err);

#endif
