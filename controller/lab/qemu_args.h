/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine that a virtual host is: QEMU's arguments, one a line, in
 * DIR/qemu.args. The power module adds what it controls it by (pdu/qemu.h).
 */
#ifndef IRONBIRD_LAB_QEMU_ARGS_H
#define IRONBIRD_LAB_QEMU_ARGS_H

#include "lab/lab.h"

/* "52:54:00:xx:xx:xx" from lab folder and host name; the caller frees. */
char *qemu_ether(const char *lab_dir, const char *host);
/*
 * Writes DIR/qemu.args and, for UEFI, DIR/efivars.qcow2. ERROR_BROKEN naming
 * the package when QEMU or the firmware is missing.
 */
int must_check qemu_args_write(const char *dir, const char *lab_dir,
			       const struct lab_host_spec *spec,
			       struct error *err);

#endif
