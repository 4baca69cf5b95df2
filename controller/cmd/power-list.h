/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What 'ironbird power' shows: methods, outlets and their wear, actions. */
#ifndef IRONBIRD_CMD_POWER_LIST_H
#define IRONBIRD_CMD_POWER_LIST_H

#include "cmd/command.h"

void power_print_methods(bool json);
/* Every outlet of all hosts, or of those named: last state and when, wear. A
 * host that nobody knows how to switch is there, too, with the reason. */
int must_check power_print_outlets(struct context *ctx,
				   const struct strvec *hosts, bool json,
				   struct error *err);
/* The last actions, newest first. */
int must_check power_print_actions(struct context *ctx, const char *host,
				   bool json, struct error *err);

#endif
