/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtual host's machine is a process here: when it ends and nobody switched
 * it off, the host has lost its power, and whoever waits for it need not wait
 * for a limit.
 */
#ifndef IRONBIRD_TS_MACHINE_H
#define IRONBIRD_TS_MACHINE_H

#include <systemd/sd-event.h>

#include "host/host.h"

/* Called once, with a sentence. */
typedef void (*machine_gone)(const char *sentence);

/*
 * Watches the QEMU of a host that has one and is on; others are left alone,
 * and one that is watched already. host must outlive it.
 */
void machine_watch(const struct host *host, sd_event *event,
		   machine_gone gone);
/* The same of a host that was just switched on: no QEMU is a loss, too. */
void machine_watch_on(const struct host *host, sd_event *event,
		      machine_gone gone);
/* It is about to be switched off. */
void machine_forget(const struct host *host);
void machine_forget_all(void);

#endif
