/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's monitor (QMP, docs/interop/qmp-spec.txt of QEMU): one command over
 * a connection of its own. QEMU serves one client at a time; pdu.c's lock
 * keeps ours apart.
 */
#ifndef IRONBIRD_PDU_QMP_H
#define IRONBIRD_PDU_QMP_H

#include <stdint.h>

#include "base/error.h"

/*
 * Runs a command without arguments ("query-status", "quit"). *status, unless
 * NULL, is the member "status" of what it returned, or NULL; the caller's to
 * free. ERROR_BROKEN when there is no whole answer within limit_ms.
 */
int must_check qmp_command(const char *path, const char *command,
			   int64_t limit_ms, char **status,
			   struct error *err);

/*
 * Runs a line of the human monitor ("savevm NAME"), whose commands print
 * nothing when they succeed: ERROR_BROKEN has what it printed otherwise.
 */
int must_check qmp_monitor(const char *path, const char *line,
			   int64_t limit_ms, struct error *err);

#endif
