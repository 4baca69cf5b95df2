/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log file of a step: made before its row, whole before its verdict. */
#ifndef IRONBIRD_RUN_STEPLOG_H
#define IRONBIRD_RUN_STEPLOG_H

#include <stdint.h>

#include "base/error.h"

/*
 * A descriptor to append to it. The folder of the run's logs is made again
 * when somebody has removed it.
 */
int must_check steplog_open(const char *path, struct error *err);
/* To max bytes, and says so at its end. */
void steplog_cut(const char *path, int64_t max);
/* On the disk, so that no verdict outlives what it speaks of. */
void steplog_sync(const char *path);

#endif
