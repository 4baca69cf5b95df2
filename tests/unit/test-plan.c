/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What begins where, job by job. Times are minutes. */
#include "tests/unit/plan-fixture.h"

#include "plan/durations.h"

static void test_what_unblocks_most_then_the_longest(void **state)
{
	size_t small, large, build, test;

	(void)state;
	begin(1);
	small = add_plain(5);
	large = add_plain(50);
	build = add_plain(1);
	test = add(2, 1, build, 0, PLAN_NONE);
	plan_ready(plan);
	expect_start(0, build, 0);
	expect_nothing(0);
	plan_end(plan, build, PLAN_END_PASS);
	expect_start(1, large, 0);
	plan_end(plan, large, PLAN_END_FAIL);
	expect_start(51, small, 0);
	plan_end(plan, small, PLAN_END_PASS);
	expect_start(56, test, 0);
}

static void test_a_need_that_fails_blocks_all_behind_it(void **state)
{
	size_t build, test, after;

	(void)state;
	begin(1);
	build = add_plain(1);
	test = add(1, 1, build, 0, PLAN_NONE);
	after = add(1, 1, test, 0, PLAN_NONE);
	plan_ready(plan);
	expect_start(0, build, 0);
	plan_end(plan, build, PLAN_END_FAIL);
	expect_nothing(1);
	assert_int_equal(plan_job_state(plan, test), PLAN_BLOCKED);
	assert_int_equal(plan_job_blocker(plan, test), build);
	assert_int_equal(plan_job_state(plan, after), PLAN_BLOCKED);
	assert_int_equal(plan_job_blocker(plan, after), test);
}

static void test_a_failed_job_goes_back_to_its_host(void **state)
{
	size_t longer, failed;

	(void)state;
	begin(2);
	longer = add_plain(9);
	failed = add(5, 1, PLAN_NONE, 0, 0);
	plan_ready(plan);
	/* the longer job comes first and could have had either */
	expect_start(0, failed, 0);
	expect_start(0, longer, 1);
}

static void test_others_pass_one_that_waits_for_its_host(void **state)
{
	size_t holder, failed, other;

	(void)state;
	begin(2);
	holder = add_plain(20);
	failed = add(9, 1, PLAN_NONE, 0, 0);
	other = add_plain(5);
	plan_ready(plan);
	plan_begin(plan, &(struct plan_start){ holder, 1, { 0 } }, 0);
	expect_start(0, other, 1);
	plan_end(plan, other, PLAN_END_PASS);
	/* nobody else wants host 1: it does not stay idle for that */
	expect_start(5, failed, 1);
}

static void test_jobs_of_one_state_stay_together(void **state)
{
	size_t first, other, alike;

	(void)state;
	begin(1);
	first = add(30, 1, PLAN_NONE, 7, PLAN_NONE);
	other = add(20, 1, PLAN_NONE, 8, PLAN_NONE);
	alike = add(10, 1, PLAN_NONE, 7, PLAN_NONE);
	plan_ready(plan);
	expect_start(0, first, 0);
	plan_end(plan, first, PLAN_END_PASS);
	expect_start(30, alike, 0);
	/* what a job that failed left is no state to want */
	plan_end(plan, alike, PLAN_END_FAIL);
	expect_start(40, other, 0);
}

static void test_variety(void **state)
{
	size_t job;

	(void)state;
	begin(3);
	job = add_plain(1);
	last_here[job][0] = 100;
	last_here[job][1] = 50;
	last_here[job][2] = 70;
	plan_ready(plan);
	expect_start(0, job, 1);
}

static void test_back_fill_delays_nobody(void **state)
{
	size_t holder, pair, fits, too_long;

	(void)state;
	begin(2);
	holder = add_plain(10);
	pair = add(5, 2, PLAN_NONE, 0, PLAN_NONE);
	too_long = add_plain(6);	/* 12 at p90: beyond the 10 */
	fits = add_plain(5);
	plan_ready(plan);
	plan_begin(plan, &(struct plan_start){ holder, 1, { 0 } }, 0);
	expect_start(0, fits, 1);
	expect_nothing(0);
	plan_end(plan, fits, PLAN_END_PASS);
	expect_nothing(5);
	plan_end(plan, holder, PLAN_END_PASS);
	expect_start(10, pair, 0);
	expect_nothing(10);
	plan_end(plan, pair, PLAN_END_PASS);
	expect_start(15, too_long, 0);
}

static void test_a_host_that_breaks_jobs_is_left_out(void **state)
{
	size_t job, set = 0;

	(void)state;
	begin(1);
	job = add_plain(1);
	plan_ready(plan);
	for (int i = 0; i < PLAN_BROKEN_LIMIT; i++) {
		assert_int_equal(plan_job_starved(plan, job), PLAN_NONE);
		expect_start(i, job, 0);
		plan_again(plan, job, PLAN_END_BROKEN, &set);
	}
	assert_true(plan_host_left_out(plan, 0));
	expect_nothing(9);
	assert_int_equal(plan_job_starved(plan, job), 0);
}

static void test_one_good_job_and_the_host_counts_anew(void **state)
{
	size_t job, set = 0;

	(void)state;
	begin(1);
	job = add_plain(1);
	plan_ready(plan);
	for (int i = 0; i < 2 * PLAN_BROKEN_LIMIT; i++) {
		expect_start(i, job, 0);
		plan_again(plan, job, i % 2 ? PLAN_END_FAIL :
			   PLAN_END_BROKEN, &set);
	}
	assert_false(plan_host_left_out(plan, 0));
}

static void test_jobs_without_a_host_have_their_own_limit(void **state)
{
	struct plan_start starts[4];

	(void)state;
	begin(1);
	for (int i = 0; i < 3; i++)
		add(1, 0, PLAN_NONE, 0, PLAN_NONE);
	plan_ready(plan);
	assert_int_equal(plan_choose(plan, 0, starts, 4), 2);
	plan_end(plan, starts[0].job, PLAN_END_PASS);
	assert_int_equal(plan_choose(plan, 1, starts, 4), 1);
}

static void test_hosts_of_others(void **state)
{
	size_t job;

	(void)state;
	begin(1);
	job = add_plain(1);
	plan_ready(plan);
	plan_host_taken(plan, 0, 100);
	expect_nothing(0);
	plan_host_taken(plan, 0, 0);
	expect_start(1, job, 0);
}

/* --- the future ---------------------------------------------------------- */

static void test_projection(void **state)
{
	struct plan_slot slots[JOBS_MAX];
	struct plan_reason why;
	size_t build, test, local;

	(void)state;
	begin(1);
	build = add_plain(10);
	test = add(5, 1, build, 0, PLAN_NONE);
	local = add(3, 0, PLAN_NONE, 0, PLAN_NONE);
	plan_ready(plan);
	assert_int_equal(plan_project(plan, 100, slots), 115);
	assert_int_equal(slots[build].start, 100);
	assert_int_equal(slots[test].start, 110);
	assert_int_equal(slots[test].end, 115);
	assert_int_equal(slots[local].end, 103);
	plan_why(plan, test, 100, slots, &why);
	assert_int_equal(why.what, PLAN_WAIT_NEED);
	assert_int_equal(why.job, build);
	assert_int_equal(why.until, 110);
	/* it was only looked at: nothing runs */
	assert_int_equal(plan_job_state(plan, build), PLAN_WAITING);
}

static void test_why_of_hosts(void **state)
{
	struct plan_slot slots[JOBS_MAX];
	struct plan_reason why;
	size_t holder, pair, waits;

	(void)state;
	begin(2);
	holder = add_plain(10);
	pair = add(5, 2, PLAN_NONE, 0, PLAN_NONE);
	waits = add_plain(8);
	plan_ready(plan);
	plan_begin(plan, &(struct plan_start){ holder, 1, { 0 } }, 0);
	expect_nothing(1);
	plan_project(plan, 1, slots);
	plan_why(plan, pair, 1, slots, &why);
	assert_int_equal(why.what, PLAN_WAIT_HOST);
	assert_int_equal(why.host, 0);
	assert_int_equal(why.job, holder);
	assert_int_equal(why.until, 10);
	plan_why(plan, waits, 1, slots, &why);
	assert_int_equal(why.until, 15);
}

static void test_late_jobs_are_given_more_time(void **state)
{
	size_t job;

	(void)state;
	begin(1);
	job = add_plain(10);
	plan_ready(plan);
	expect_start(0, job, 0);
	assert_int_equal(plan_expected_end(plan, job, 5), 10);
	assert_int_equal(plan_expected_end(plan, job, 12), 20);
	assert_true(plan_expected_end(plan, job, 40) > 40);
}

static void test_starved_roles(void **state)
{
	size_t job;

	(void)state;
	begin(1);
	job = add(1, 2, PLAN_NONE, 0, PLAN_NONE);
	plan_ready(plan);
	expect_nothing(0);
	assert_int_equal(plan_job_starved(plan, job), 1);
}

/* --- durations ----------------------------------------------------------- */

static void note(struct durations *d, const char *job, const char *host,
		 int64_t ms)
{
	durations_add(d, &(struct duration_sample){ "recipe", job, host, ms });
}

static void test_durations(void **state)
{
	struct durations *d = durations_new();
	int64_t expected, late;

	(void)state;
	assert_false(durations_guess(d, "recipe", "a", "h", &expected,
				     &late));
	assert_int_equal(expected, DURATIONS_UNKNOWN_MS);
	for (int i = 1; i <= 10; i++)
		note(d, "a", i <= 3 ? "slow" : "quick", i <= 3 ? 900 : i);
	assert_true(durations_guess(d, "recipe", "a", "slow", &expected,
				    &late));
	assert_int_equal(expected, 900);
	assert_true(durations_guess(d, "recipe", "a", "quick", &expected,
				    &late));
	assert_int_equal(expected, 7);
	assert_int_equal(late, 10);
	/* unknown host: all of the job's; unknown job: its recipe's */
	assert_true(durations_guess(d, "recipe", "a", "new", &expected,
				    &late));
	assert_int_equal(expected, 9);
	assert_true(durations_guess(d, "recipe", "b", "slow", &expected,
				    &late));
	assert_int_equal(expected, 900);
	for (int i = 0; i < 1000; i++)
		note(d, "a", "quick", 5);
	assert_true(durations_guess(d, "recipe", "a", "quick", &expected,
				    &late));
	/* 20 are kept, of a thousand */
	assert_int_equal(late, 9);
	durations_free(d);
}


int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_what_unblocks_most_then_the_longest),
		T(test_a_need_that_fails_blocks_all_behind_it),
		T(test_a_failed_job_goes_back_to_its_host),
		T(test_others_pass_one_that_waits_for_its_host),
		T(test_jobs_of_one_state_stay_together),
		T(test_variety),
		T(test_back_fill_delays_nobody),
		T(test_a_host_that_breaks_jobs_is_left_out),
		T(test_one_good_job_and_the_host_counts_anew),
		T(test_jobs_without_a_host_have_their_own_limit),
		T(test_hosts_of_others),
		T(test_projection),
		T(test_why_of_hosts),
		T(test_late_jobs_are_given_more_time),
		T(test_starved_roles),
		T(test_durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
