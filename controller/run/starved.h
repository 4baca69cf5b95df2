/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Has the kernel killed processes lately because memory ran out? Its own
 * count of that, oom_kill in /proc/vmstat (Linux 4.13 and later), includes
 * those of cgroups and cannot be attributed to one process without rights, so
 * a kill at such a time is taken for the kernel's.
 */
#ifndef IRONBIRD_RUN_STARVED_H
#define IRONBIRD_RUN_STARVED_H

#include <stdbool.h>
#include <stdint.h>

struct starved {
	uint64_t older, newer;	/* the count at the last two looks */
};

/* Before all others. */
void starved_begin(struct starved *starved);
/* To be called every second or so. */
void starved_look(struct starved *starved);
/* Since the look before the last one. */
bool starved_lately(const struct starved *starved);

#endif
