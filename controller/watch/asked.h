/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Was a host asked to begin anew, by whoever it was? Of what this process did
 * itself it knows (watch_reboot); of what others did, there are rows: its
 * power was switched on, and no report of a booted system came since.
 */
#ifndef IRONBIRD_WATCH_ASKED_H
#define IRONBIRD_WATCH_ASKED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "db/db.h"

/* Within the last within_ms: a boot that takes longer is lost anyway. */
int must_check reboot_asked(struct db *db, const char *host,
			    int64_t within_ms, bool *asked,
			    struct error *err);

#endif
