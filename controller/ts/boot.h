/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hosts on their way up (ts_boot_begins in ts_host.h), for the waits of libts:
 * what they do moves them from stage to stage; a fault, a stage that is over
 * its limit, or silence ends whatever is waited for.
 */
#ifndef IRONBIRD_TS_BOOT_H
#define IRONBIRD_TS_BOOT_H

#include "ts/ts_host.h"
#include "watch/watch.h"

/*
 * Takes an event; line: its place in the log, or NULL. True when a host cannot
 * come up any more because of it, which boot_check then says.
 */
bool boot_seen(const struct watch_event *event, const char *line);
/* -1 and the sentence when the machine is on its way up and will not. */
int boot_check(const char *machine, struct error *err);
/* How long until boot_check may say so by a limit; INT64_MAX: never. */
int64_t boot_next_ms(const char *machine);
/* " (stage kernel, 8.1 s after power-on)"; "" when it is not on its way. */
const char *boot_where(const char *machine);
/* It is up, or nobody waits for it any more. */
void boot_ends(const char *machine);

#endif
