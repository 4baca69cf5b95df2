/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU as a machine that can be switched: its folder DIR.
 *
 *	qemu.args	program and arguments, one a line; a network device is
 *			"tap,...,ifname=NAME,...", the tap is made here
 *	qemu.pid	written, and kept locked, by QEMU
 *	qmp.sock	its monitor
 *	qemu.log	what it says on stderr
 *
 * A pid counts only when that process has DIR/qemu.pid on its command line,
 * so that a number used again is never taken for the machine.
 */
#ifndef IRONBIRD_PDU_QEMU_H
#define IRONBIRD_PDU_QEMU_H

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* The machine's process, or 0 when it is off. */
pid_t qemu_pid(const char *dir);
/*
 * Starts it in the network namespace netns (NULL: here), taps on the bridge.
 * A machine that is on stays as it is. ERROR_BROKEN has QEMU's last line.
 */
int must_check qemu_on(const char *dir, const char *netns, const char *bridge,
		       int64_t limit_ms, struct error *err);
/* Asks it to quit, then kills that process. One that is off is no error. */
int must_check qemu_off(const char *dir, int64_t limit_ms,
			struct error *err);

#endif
