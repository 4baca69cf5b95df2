/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two clocks that are never mixed: the monotonic one for waiting and
 * measuring, UTC for telling people and for rows. Both in milliseconds.
 */
#ifndef IRONBIRD_BASE_CLOCK_H
#define IRONBIRD_BASE_CLOCK_H

#include <stdint.h>

#include "base/error.h"

#define CLOCK_STAMP_SIZE 32
#define DURATION_TEXT_SIZE 32

int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
int64_t clock_now_ms(void);	/* UTC, ms since 1970 */

/* "2026-03-01T12:00:00.123Z" into buf, which is returned. */
const char *clock_stamp(int64_t utc_ms, char buf[CLOCK_STAMP_SIZE]);

/* "450", "45s", "20m", "2h", "1d", "250ms"; a bare number is seconds. */
int must_check duration_parse(const char *text, int64_t *ms,
			      struct error *err);
/* "0.25 s", "8.1 s", "2 min 05 s", "3 h 20 min" into buf, returned. */
const char *duration_text(int64_t ms, char buf[DURATION_TEXT_SIZE]);

#endif
