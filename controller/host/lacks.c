/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which flags a host lacks for a job. Those of blessings are OSSTest's: there
 * a host serves a flight only if it has "blessed-" with what the flight is
 * intended to be. Here hosts without any such flag serve everybody, for a
 * house with one host has nobody to keep it from; a second look at a flight
 * (its retest, its bisection) goes where the flight went.
 */
#include <string.h>

#include "base/strbuf.h"
#include "host/host.h"

#define BLESSED "blessed-"

static bool is_second_look(const char *after)
{
	return strcmp(after, "-retest") == 0 || strcmp(after, "-bisect") == 0;
}

static bool blessing_covers(const char *blessing, const char *intended)
{
	size_t n = strlen(blessing);

	return strncmp(blessing, intended, n) == 0 &&
		(!intended[n] || is_second_look(intended + n));
}

bool host_serves(const struct host *host, const char *intended)
{
	bool chosen = false;

	for (size_t i = 0; i < host->flags.count; i++) {
		const char *flag = host->flags.v[i];

		if (!str_starts(flag, BLESSED))
			continue;
		if (blessing_covers(flag + strlen(BLESSED), intended))
			return true;
		chosen = true;
	}
	return !chosen;
}

bool host_lacks(const struct host *host, const struct strvec *flags,
		const char *intended, struct strvec *lacks)
{
	size_t before = lacks->count;

	for (size_t i = 0; i < flags->count; i++)
		if (!host_has_flag(host, flags->v[i]))
			strvec_push(lacks, flags->v[i]);
	if (intended && !host_serves(host, intended))
		strvec_pushf(lacks, BLESSED "%s", intended);
	return lacks->count > before;
}
