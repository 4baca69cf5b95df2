/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For how long a job goes back to the host where it failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/core.h"
#include "flight/failed_on.h"

#define DAY_MS (24 * 60 * 60 * 1000LL)
#define NOW (1000 * DAY_MS)
#define RUNS_MAX 40

/* What became of a run, on which host, how many days ago. */
struct past {
	enum job_status status;
	char *host;
	int days;
};

static struct history_row row_of(const struct past *past, int run)
{
	return (struct history_row){
		.flight = "f", .run = run, .host = past->host,
		.status = past->status,
		.finished = NOW - past->days * DAY_MS,
	};
}

static void assert_host(const struct past *past, const char *host)
{
	struct history_row v[RUNS_MAX];
	struct history_rows rows = { .v = v };
	const char *got;

	for (; past->status; past++, rows.count++)
		v[rows.count] = row_of(past, (int)(RUNS_MAX - rows.count));
	got = failed_on(&rows, NOW);
	if (!host)
		assert_null(got);
	else
		assert_string_equal(got ? got : "", host);
}

#define PAST(...) ((const struct past[]){ __VA_ARGS__, { 0 } })

static void test_one_failure(void **state)
{
	(void)state;
	assert_host(PAST({ 0 }), NULL);
	assert_host(PAST({ JOB_PASS, "a", 1 }), NULL);
	assert_host(PAST({ JOB_FAIL, NULL, 1 }), NULL);
	assert_host(PAST({ JOB_FAIL, "a", 1 }), "a");
	assert_host(PAST({ JOB_FAIL, "a", 7 }), "a");
	assert_host(PAST({ JOB_FAIL, "a", 8 }), NULL);
	assert_host(PAST({ JOB_PASS, "a", 1 }, { JOB_FAIL, "a", 2 }), NULL);
	assert_host(PAST({ JOB_BROKEN, "a", 1 }, { JOB_FAIL, "a", 2 }), NULL);
}

/* It never passes: after a week another host has its week. */
static void test_every_night(void **state)
{
	struct past nights[RUNS_MAX] = { 0 };

	(void)state;
	for (int i = 0; i < 7; i++)
		nights[i] = (struct past){ JOB_FAIL, "a", i + 1 };
	assert_host(nights, "a");
	nights[7] = (struct past){ JOB_FAIL, "a", 8 };
	assert_host(nights, NULL);
	for (int i = 0; i < 3; i++)
		nights[i].host = "b";
	assert_host(nights, "b");
}

/* Nor does it stay when it runs often. */
static void test_every_hour(void **state)
{
	struct past hours[RUNS_MAX] = { 0 };

	(void)state;
	for (int i = 0; i < FAILED_ON_RUNS - 1; i++)
		hours[i] = (struct past){ JOB_FAIL, "a", 1 };
	assert_host(hours, "a");
	hours[FAILED_ON_RUNS - 1] = (struct past){ JOB_FAIL, "a", 1 };
	assert_host(hours, NULL);
}

static void test_what_ends_a_row_of_failures(void **state)
{
	(void)state;
	assert_host(PAST({ JOB_FAIL, "a", 1 }, { JOB_PASS, "a", 8 },
			 { JOB_FAIL, "a", 9 }), "a");
	assert_host(PAST({ JOB_FAIL, "a", 1 }, { JOB_FAIL, "b", 8 },
			 { JOB_FAIL, "a", 9 }), "a");
	assert_host(PAST({ JOB_FAIL, "a", 1 }, { JOB_BROKEN, "b", 8 },
			 { JOB_FAIL, "a", 9 }), NULL);
	assert_host(PAST({ JOB_FAIL, "a", 1 }, { JOB_ABORTED, "a", 2 },
			 { JOB_FAIL, NULL, 3 }, { JOB_FAIL, "a", 9 }), NULL);
}

/* Their two rows are one run. */
static void test_pairs(void **state)
{
	const struct past past[] = {
		{ JOB_FAIL, "a", 1 }, { JOB_FAIL, "b", 1 },
		{ JOB_FAIL, "a", 9 }, { JOB_FAIL, "b", 9 },
	};
	struct history_row v[ARRAY_SIZE(past)];
	const struct history_rows rows = { v, ARRAY_SIZE(past) };
	const struct history_rows newest = { v, 2 };

	(void)state;
	for (int i = 0; i < (int)ARRAY_SIZE(past); i++)
		v[i] = row_of(&past[i], 9 - i / 2);
	assert_null(failed_on(&rows, NOW));
	assert_string_equal(failed_on(&newest, NOW), "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_failure),
		cmocka_unit_test(test_every_night),
		cmocka_unit_test(test_every_hour),
		cmocka_unit_test(test_what_ends_a_row_of_failures),
		cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
