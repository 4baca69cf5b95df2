/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "build/makeflags.h"

static long long count_jobs(const struct config *config,
			    const struct strvec *flags)
{
	int64_t jobs = config_number(config, "BuildJobs");

	for (size_t i = 0; i < flags->count; i++)
		if (str_starts(flags->v[i], "-j") && atoi(flags->v[i] + 2) > 0)
			jobs = atoi(flags->v[i] + 2);
	return jobs > 0 ? jobs : sysconf(_SC_NPROCESSORS_ONLN);
}

void makeflags_add(const struct config *config, struct strvec *env)
{
	const char *text = config_host_prop(config, "local",
					    "Build_Make_Flags");
	AUTO_STRVEC flags = STRVEC_INIT;

	strvec_split(&flags, str_or(text, ""), " ");
	strvec_pushf(env, "JOBS=%lld", count_jobs(config, &flags));
	if (flags.count)
		strvec_pushf(env, "MAKEFLAGS=%s", text);
}
