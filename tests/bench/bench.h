/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the measuring programs share: a median, a clock, and the line that
 * tests/bench/run collects.
 *
 * A program prints its lines and exits 0, or one sentence on stderr and exits
 * 1 when it cannot measure here.
 */
#ifndef IRONBIRD_TESTS_BENCH_H
#define IRONBIRD_TESTS_BENCH_H

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"

static inline double now_ms(void)
{
	return (double)clock_mono_us() / 1000;
}

static inline int compare_values(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The value below which the part (0 to 1) of them lies; sorts them. */
static inline double quantile(double *values, size_t count, double part)
{
	qsort(values, count, sizeof(*values), compare_values);
	return values[(size_t)((double)(count - 1) * part + 0.5)];
}

static inline void tell(const char *name, double value, const char *unit)
{
	printf("%s\t%.2f\t%s\n", name, value, unit);
}

static inline int cannot(const char *what, const struct error *err)
{
	fprintf(stderr, "%s: %s\n", what, err->text);
	return 1;
}

#endif
