/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a job will take, out of how long its like took: median and p90.
 *
 * What is known most exactly counts: this job on this host, this job on any,
 * its recipe on this host, its recipe on any. A host's own bucket counts from
 * DURATIONS_FEW times on; of each the newest DURATIONS_KEPT times. Pure.
 */
#ifndef IRONBIRD_PLAN_DURATIONS_H
#define IRONBIRD_PLAN_DURATIONS_H

#include <stdbool.h>
#include <stdint.h>

#define DURATIONS_FEW 3
#define DURATIONS_KEPT 20
/* What nobody ran before. */
#define DURATIONS_UNKNOWN_MS (10 * 60 * 1000)
#define DURATIONS_UNKNOWN_LATE_MS (40 * 60 * 1000)

struct durations;

struct duration_sample {
	const char *recipe, *job;
	const char *host;	/* NULL: it had none */
	int64_t ms;
};

struct durations *durations_new(void);
void durations_free(struct durations *d);	/* NULL is fine */
/* The newest first: what comes after DURATIONS_KEPT of its like is dropped. */
void durations_add(struct durations *d, const struct duration_sample *sample);
/*
 * expected is the median, late the p90 (at least the median). host NULL: any.
 * False, and the values for what is unknown, when there is nothing alike.
 */
bool durations_guess(const struct durations *d, const char *recipe,
		     const char *job, const char *host, int64_t *expected,
		     int64_t *late);

#endif
