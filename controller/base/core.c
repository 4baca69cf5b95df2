/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/core.h"

void core_forbid(void)
{
	struct rlimit limit;

	if (getenv("IRONBIRD_CORE") || getrlimit(RLIMIT_CORE, &limit) < 0)
		return;
	/* core(5): with 0 a program behind core_pattern's '|' would still get
	 * one; 1 is too small for a file and forbids the pipe. Children have
	 * it, too: ipmitool is given a password. */
	limit.rlim_cur = 1;
	if (limit.rlim_max < 1)
		limit.rlim_max = 1;
	if (setrlimit(RLIMIT_CORE, &limit) < 0)
		prctl(PR_SET_DUMPABLE, 0);
}
