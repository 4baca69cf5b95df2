/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock that is handed on in the order in which processes asked for it, and
 * whose next holder is woken at once: for devices that a hundred hosts hang
 * on, where looking again fifty times a second is load, and whoever happens to
 * look first being next lets somebody starve. (file_lock is for the rest.)
 *
 * The line of those who wait are locks on single bytes of one file, far behind
 * its content: each stands on the byte behind the last, and it is his turn
 * when no byte before his own is locked any more (fcntl(2), F_OFD_SETLKW). The
 * kernel lets go of the bytes of whoever died, wherever in the line.
 */
#ifndef IRONBIRD_BASE_TURN_H
#define IRONBIRD_BASE_TURN_H

#include <stdint.h>

#include "base/error.h"

/*
 * Waits at most limit_ms for the turn at the file path (made if missing). The
 * descriptor that has it, open for reading and writing; closing it is the next
 * one's turn. Or -1 with ERROR_AGAIN when it did not come.
 */
int must_check turn_take(const char *path, int64_t limit_ms,
			 struct error *err);

#endif
