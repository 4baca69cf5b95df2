/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan of a few hosts and jobs, for the tests of plan/; times are minutes. */
#ifndef IRONBIRD_TESTS_UNIT_PLAN_FIXTURE_H
#define IRONBIRD_TESTS_UNIT_PLAN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "plan/plan.h"

#define JOBS_MAX 16
#define HOSTS_MAX 8

/* What the tests say of jobs and hosts, for the plan's guesses. */
static int64_t minutes[JOBS_MAX], last_here[JOBS_MAX][HOSTS_MAX];
static struct plan *plan;
static size_t all_hosts;

static inline void guess(void *arg, size_t job, size_t host, struct plan_guess *g)
{
	(void)arg;
	g->expected_ms = minutes[job];
	g->late_ms = minutes[job] * 2;
	if (host != PLAN_NONE)
		g->last_here = last_here[job][host];
}

static inline void begin(size_t hosts)
{
	static const char *const names[] = {
		"iron0", "iron1", "iron2", "iron3", "iron4",
	};
	size_t numbers[HOSTS_MAX];

	plan = plan_new(2, guess, NULL);
	for (size_t h = 0; h < hosts; h++)
		numbers[h] = plan_add_host(plan, names[h], 0, 0);
	all_hosts = plan_add_set(plan, numbers, hosts);
}

static inline int cleanup(void **state)
{
	(void)state;
	plan_free(plan);
	plan = NULL;
	for (size_t j = 0; j < JOBS_MAX; j++)
		for (size_t h = 0; h < HOSTS_MAX; h++)
			last_here[j][h] = 0;
	return 0;
}

/* A job of so many minutes on any host; need PLAN_NONE: none. */
static inline size_t add(int64_t length, size_t roles, size_t need, uint64_t key,
		  size_t failed_on)
{
	struct plan_job_spec spec = {
		.name = "job", .roles = roles, .needs = &need,
		.need_count = need != PLAN_NONE, .state_key = key,
		.failed_on = failed_on, .sets = { all_hosts, all_hosts },
	};
	size_t job = plan_add_job(plan, &spec);

	minutes[job] = length;
	return job;
}

static inline size_t add_plain(int64_t length)
{
	return add(length, 1, PLAN_NONE, 0, PLAN_NONE);
}

static inline void expect_start(int64_t now, size_t job, size_t host)
{
	struct plan_start start;

	assert_int_equal(plan_choose(plan, now, &start, 1), 1);
	assert_int_equal(start.job, job);
	assert_int_equal(start.hosts[0], host);
}

static inline void expect_nothing(int64_t now)
{
	struct plan_start start;

	assert_int_equal(plan_choose(plan, now, &start, 1), 0);
}

#define T(test) cmocka_unit_test_teardown(test, cleanup)

#endif
