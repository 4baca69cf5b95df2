/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Large flights in virtual time: tests/sim/flights.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "tests/sim/flights.h"

#define RATIO_MAX 1.10

static void simulate(struct sim *sim, const struct sim_spec *spec)
{
	sim_init(sim, spec);
	sim_run(sim);
	print_message("# makespan %.3f of the lower bound, %zu state changes, "
		      "%zu decisions\n",
		      (double)sim->makespan / (double)sim_lower_bound(sim),
		      sim->state_changes, sim->decisions);
	assert_int_equal(sim->double_booked, 0);
	assert_int_equal(sim->early, 0);
	assert_int_equal(sim->unfinished, 0);
}

static void test_2000_jobs_on_100_hosts(void **state)
{
	const struct sim_spec spec = {
		.seed = 20, .jobs = 2000, .hosts = 100, .builds = 40,
		.kinds = 4, .pairs_percent = 5, .noise_percent = 20,
	};
	struct sim sim;

	(void)state;
	simulate(&sim, &spec);
	assert_true((double)sim.makespan <
		    RATIO_MAX * (double)sim_lower_bound(&sim));
	for (size_t j = 0; j < spec.jobs; j++)
		assert_int_equal(sim.jobs[j].runs, 1);
	sim_release(&sim);
}

static void test_hosts_that_break_every_job(void **state)
{
	const struct sim_spec spec = {
		.seed = 7, .jobs = 2000, .hosts = 100, .builds = 40,
		.kinds = 4, .pairs_percent = 5, .noise_percent = 20,
		.bad_hosts = 10,
	};
	struct sim sim;

	(void)state;
	simulate(&sim, &spec);
	assert_int_equal(sim.after_limit, 0);
	for (size_t h = 0; h < spec.bad_hosts; h++) {
		assert_int_equal(sim.host_broken[h], PLAN_BROKEN_LIMIT);
		assert_true(plan_host_left_out(sim.plan, h));
	}
	for (size_t j = 0; j < spec.jobs; j++)
		assert_true(sim.jobs[j].passed);
	/* ten hosts less, and what was lost on them is in the bound */
	assert_true((double)sim.makespan < RATIO_MAX / 0.9 *
		    (double)sim_lower_bound(&sim));
	sim_release(&sim);
}

/* Jobs of one build follow each other on a host. */
static void test_host_states_are_kept(void **state)
{
	const struct sim_spec spec = {
		.seed = 3, .jobs = 1000, .hosts = 20, .builds = 5,
		.kinds = 1,
	};
	struct sim sim;

	(void)state;
	simulate(&sim, &spec);
	/* at random, four of five jobs would find another state */
	assert_true(sim.state_changes < spec.jobs / 2);
	sim_release(&sim);
}

static void test_many_pairs_are_not_starved(void **state)
{
	const struct sim_spec spec = {
		.seed = 11, .jobs = 600, .hosts = 8, .builds = 3,
		.kinds = 2, .pairs_percent = 40, .noise_percent = 30,
	};
	struct sim sim;

	(void)state;
	simulate(&sim, &spec);
	assert_true((double)sim.makespan < RATIO_MAX *
		    (double)sim_lower_bound(&sim));
	sim_release(&sim);
}

/* What was foretold happens, when all takes as long as expected. */
static void test_the_projection_is_what_happens(void **state)
{
	const struct sim_spec spec = {
		.seed = 5, .jobs = 500, .hosts = 20, .builds = 8,
		.kinds = 3, .pairs_percent = 15,
	};
	struct plan_slot *slots = calloc(spec.jobs, sizeof(*slots));
	struct sim sim;
	int64_t end;

	(void)state;
	sim_init(&sim, &spec);
	end = plan_project(sim.plan, 1, slots);
	sim_run(&sim);
	assert_int_equal(end, sim.makespan);
	for (size_t j = 0; j < spec.jobs; j++) {
		assert_int_equal(slots[j].start, sim.jobs[j].start);
		assert_int_equal(slots[j].end, sim.jobs[j].end);
		assert_int_equal(slots[j].hosts[0], sim.jobs[j].hosts[0]);
	}
	sim_release(&sim);
	free(slots);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_2000_jobs_on_100_hosts),
		cmocka_unit_test(test_hosts_that_break_every_job),
		cmocka_unit_test(test_host_states_are_kept),
		cmocka_unit_test(test_many_pairs_are_not_starved),
		cmocka_unit_test(test_the_projection_is_what_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
