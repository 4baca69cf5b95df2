/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

static int64_t read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

int64_t clock_now_ms(void)
{
	return read_us(CLOCK_REALTIME) / 1000;
}

const char *clock_stamp(int64_t utc_ms, char buf[CLOCK_STAMP_SIZE])
{
	time_t seconds = utc_ms / 1000;
	struct tm tm;
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(buf, CLOCK_STAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, CLOCK_STAMP_SIZE - n, ".%03dZ",
		 (int)(utc_ms % 1000));
	return buf;
}

static const struct {
	const char *unit;
	int64_t ms;
} units[] = {
	{ "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
	{ "min", 60000 }, { "h", 3600000 }, { "d", 86400000 },
};

int duration_parse(const char *text, int64_t *ms, struct error *err)
{
	char *end;
	double value;

	errno = 0;
	value = strtod(text, &end);
	if (end == text || errno || !(value >= 0) || value > 1e9)
		goto bad;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(end, units[i].unit) == 0) {
			*ms = (int64_t)(value * units[i].ms + 0.5);
			return 0;
		}
	}
bad:
	return error_set(err, ERROR_USAGE, "'%.40s' is not a duration "
			 "(examples: 250ms, 45s, 20m, 2h, 1d)", text);
}

const char *duration_text(int64_t ms, char buf[DURATION_TEXT_SIZE])
{
	int64_t s = ms / 1000;

	if (ms < 1000)
		snprintf(buf, DURATION_TEXT_SIZE, "%.2f s", ms / 1000.0);
	else if (s < 120)
		snprintf(buf, DURATION_TEXT_SIZE, "%.1f s", ms / 1000.0);
	else if (s < 7200)
		snprintf(buf, DURATION_TEXT_SIZE, "%lld min %02lld s",
			 (long long)(s / 60), (long long)(s % 60));
	else
		snprintf(buf, DURATION_TEXT_SIZE, "%lld h %02lld min",
			 (long long)(s / 3600), (long long)(s / 60 % 60));
	return buf;
}
