/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pack DIR: how many MB a second become a dist, in the working folder. */
#include <unistd.h>

#include "base/files.h"
#include "build/pack.h"
#include "tests/bench/bench.h"

#define RUNS 3
#define TARGET "bench.tar.zst"

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	double rates[RUNS];

	if (argc != 2) {
		fputs("usage: pack DIR\n", stderr);
		return 2;
	}
	for (int i = 0; i < RUNS; i++) {
		int64_t bytes = 0;
		double start;

		if (file_remove(TARGET, &err) < 0)
			return cannot("dist_pack_mb_s", &err);
		start = now_ms();
		if (dist_pack(argv[1], TARGET, 0, &bytes, &err) < 0)
			return cannot("dist_pack_mb_s", &err);
		rates[i] = (double)bytes / 1000 / (now_ms() - start);
	}
	tell("dist_pack_mb_s", quantile(rates, RUNS, 0.5), "MB/s");
	return 0;
}
