/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Five verbs for telling people what the program does, on stderr.
 *
 * Only commands, test cases and long-running processes log; libraries return
 * errors. A line is "ironbird: text" or, with log_times(true) (steps and
 * background processes), "2026-03-01T12:00:00.123Z text".
 */
#ifndef IRONBIRD_BASE_LOG_H
#define IRONBIRD_BASE_LOG_H

#include <stdbool.h>

#include "base/alloc.h"

void log_name(const char *name);	/* default "ironbird"; not copied */
void log_times(bool on);
void log_verbose(bool on);		/* show log_debug */

void log_debug(const char *fmt, ...) printf_like(1, 2);
void log_info(const char *fmt, ...) printf_like(1, 2);
void log_warn(const char *fmt, ...) printf_like(1, 2);	/* "warning: " */
void log_err(const char *fmt, ...) printf_like(1, 2);

#endif
