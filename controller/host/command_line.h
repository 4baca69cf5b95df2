/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a host's properties make of command lines: of Linux, on the host as it
 * was installed and as a hypervisor's dom0, and of Xen.
 */
#ifndef IRONBIRD_HOST_COMMAND_LINE_H
#define IRONBIRD_HOST_COMMAND_LINE_H

#include "host/host.h"

/*
 * Words with a blank between them, "" for none; the caller frees. more, which
 * may be NULL, is what a job adds: it comes last, where it wins.
 */
char *host_linux_append(const struct host *host, const char *more);
char *host_xen_append(const struct host *host, const char *more);
/*
 * Xen's own line with the serial port of XenSerialConsole in place of com1;
 * "none" leaves Xen the screen. The caller frees.
 */
char *host_xen_line(const struct host *host, const char *line);

#endif
