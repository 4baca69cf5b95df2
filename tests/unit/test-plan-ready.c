/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hosts that are as a job would make them; hosts between flights. */
#include "tests/unit/plan-fixture.h"

static void test_who_finds_the_host_ready_goes_first(void **state)
{
	size_t longest, suits, jobs[8];

	(void)state;
	begin(2);
	longest = add_plain(9);
	add_plain(8);
	suits = add_plain(7);
	plan_ready(plan);
	assert_int_equal(plan_suitors(plan, 0, jobs, 8), 3);
	assert_int_equal(jobs[2], suits);
	assert_int_equal(plan_suitors(plan, 0, jobs, 2), 2);
	plan_host_ready(plan, 0, &suits, 1);
	expect_start(0, suits, 0);
	expect_start(0, longest, 1);
}

static void test_a_job_goes_to_the_host_that_is_ready(void **state)
{
	size_t job;

	(void)state;
	begin(3);
	job = add_plain(9);
	plan_ready(plan);
	plan_host_ready(plan, 2, &job, 1);
	expect_start(0, job, 2);
}

/* What was looked at on the host counts, not what was expected of it. */
static void test_a_look_at_the_host_is_better_than_a_key(void **state)
{
	size_t first, same, other;

	(void)state;
	begin(1);
	first = add(9, 1, PLAN_NONE, 7, PLAN_NONE);
	other = add(8, 1, PLAN_NONE, 8, PLAN_NONE);
	same = add(5, 1, PLAN_NONE, 7, PLAN_NONE);
	plan_ready(plan);
	expect_start(0, first, 0);
	plan_end(plan, first, PLAN_END_PASS);
	plan_host_ready(plan, 0, NULL, 0);
	expect_start(9, other, 0);
	plan_end(plan, other, PLAN_END_PASS);
	expect_start(17, same, 0);
}

/* In the future as planned, a host is what the job before will leave. */
static void test_readiness_ends_when_a_job_begins(void **state)
{
	size_t first, same, other;
	struct plan_slot slots[3];

	(void)state;
	begin(1);
	first = add(9, 1, PLAN_NONE, 7, PLAN_NONE);
	other = add(8, 1, PLAN_NONE, 8, PLAN_NONE);
	same = add(5, 1, PLAN_NONE, 7, PLAN_NONE);
	plan_ready(plan);
	plan_host_ready(plan, 0, &first, 1);
	plan_project(plan, 1, slots);
	assert_int_equal(slots[first].start, 1);
	assert_int_equal(slots[same].start, 10);
	assert_int_equal(slots[other].start, 15);
}

static void test_what_waits_wants_the_host_that_is_busy(void **state)
{
	size_t first, second;
	int64_t from;

	(void)state;
	begin(1);
	first = add_plain(9);
	second = add_plain(8);
	plan_ready(plan);
	assert_int_equal(plan_host_wanted(plan, 0, &from), PLAN_NONE);
	expect_start(0, first, 0);
	assert_int_equal(plan_host_wanted(plan, 0, &from), second);
	assert_int_equal(from, 0);
	plan_end(plan, first, PLAN_END_PASS);
	expect_start(9, second, 0);
	assert_int_equal(plan_host_wanted(plan, 0, &from), PLAN_NONE);
}

static void test_a_pair_wants_its_hosts_when_both_are_free(void **state)
{
	size_t long_one, pair;
	int64_t from;

	(void)state;
	begin(2);
	long_one = add_plain(90);
	pair = add(10, 2, PLAN_NONE, 0, PLAN_NONE);
	plan_ready(plan);
	plan_begin(plan, &(struct plan_start){ long_one, 1, { 0 } }, 0);
	expect_nothing(10);
	assert_int_equal(plan_host_wanted(plan, 1, &from), pair);
	assert_int_equal(from, 90);
}

static void test_what_others_keep_is_a_gap(void **state)
{
	size_t longer, shorter;

	(void)state;
	begin(1);
	longer = add_plain(50);
	shorter = add_plain(9);
	plan_ready(plan);
	plan_host_kept(plan, 0, 20);
	expect_start(0, shorter, 0);
	plan_end(plan, shorter, PLAN_END_PASS);
	expect_nothing(9);
	plan_host_kept(plan, 0, 0);
	expect_start(9, longer, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_who_finds_the_host_ready_goes_first),
		T(test_a_job_goes_to_the_host_that_is_ready),
		T(test_a_look_at_the_host_is_better_than_a_key),
		T(test_readiness_ends_when_a_job_begins),
		T(test_what_waits_wants_the_host_that_is_busy),
		T(test_a_pair_wants_its_hosts_when_both_are_free),
		T(test_what_others_keep_is_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
