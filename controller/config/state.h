/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The folder that everything is written to: whether it takes what is written
 * and has room for more. Asked before something begins that needs it, so that
 * a full disk stops admission and not a job in its middle.
 */
#ifndef IRONBIRD_CONFIG_STATE_H
#define IRONBIRD_CONFIG_STATE_H

#include "config/config.h"

/* Makes StateDir and writes in it; ERROR_BROKEN naming folder and reason. */
int must_check state_check_writable(const struct config *config,
				    struct error *err);
/*
 * ERROR_AGAIN naming the folder and the room when StateDir has less than
 * MinFreeSpace. *free_bytes, unless NULL, is what it has.
 */
int must_check state_check_room(const struct config *config,
				int64_t *free_bytes, struct error *err);

#endif
