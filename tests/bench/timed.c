/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timed NAME UNIT RUNS PARTS COMMAND...: wall time of the command in ms, the
 * median of RUNS, divided by the PARTS it did (or by 1000, for a UNIT of s).
 * Its output is thrown away.
 */
#include <string.h>

#include "base/proc.h"
#include "tests/bench/bench.h"

#define RUNS_MAX 1000
#define LIMIT_MS (30 * 60 * 1000)

static int run_once(char *const *argv, double *ms, struct error *err)
{
	struct proc_spec spec = {
		.argv = argv, .limit_ms = LIMIT_MS, .output_max = 1,
	};
	double start = now_ms();

	if (proc_check(&spec, err) < 0)
		return -1;
	*ms = now_ms() - start;
	return 0;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	double ms[RUNS_MAX];
	int runs, parts;

	if (argc < 6 || (runs = atoi(argv[3])) < 1 || runs > RUNS_MAX ||
	    (parts = atoi(argv[4])) < 1) {
		fputs("usage: timed NAME UNIT RUNS PARTS COMMAND...\n",
		      stderr);
		return 2;
	}
	for (int i = 0; i < runs; i++)
		if (run_once(argv + 5, &ms[i], &err) < 0)
			return cannot(argv[1], &err);
	tell(argv[1], quantile(ms, runs, 0.5) / parts, argv[2]);
	return 0;
}
