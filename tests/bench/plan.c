/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: 10,000 jobs on 500 hosts in virtual time (tests/sim/flights.h). The
 * time of a decision, and how far the makespan is from what no plan can beat.
 */
#include "tests/bench/bench.h"
#include "tests/sim/flights.h"

#define RUNS 3

int main(void)
{
	const struct sim_spec spec = {
		.seed = 1, .jobs = 10000, .hosts = 500, .builds = 200,
		.kinds = 3, .pairs_percent = 5, .noise_percent = 20,
	};
	double decision[RUNS], ratio[RUNS];

	for (int i = 0; i < RUNS; i++) {
		struct sim_spec own = spec;
		struct sim sim;

		own.seed += (unsigned)i;
		sim_init(&sim, &own);
		sim_run(&sim);
		if (sim.double_booked || sim.early || sim.unfinished) {
			fputs("plan: the plan is wrong: 'make check-unit' "
			      "says more\n", stderr);
			return 1;
		}
		decision[i] = (double)sim.decided_us / (double)sim.decisions;
		ratio[i] = (double)sim.makespan /
			(double)sim_lower_bound(&sim);
		sim_release(&sim);
	}
	tell("plan_10k_decision_us", quantile(decision, RUNS, 0.5), "us");
	printf("plan_makespan_ratio\t%.3f\tratio\n",
	       quantile(ratio, RUNS, 0.5));
	return 0;
}
