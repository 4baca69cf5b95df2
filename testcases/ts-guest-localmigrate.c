/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Live migration to the host it is on: all of migration but the network. */
#include <stdlib.h>

#include "ts/ts_guest.h"

#define MOST_REPEATS 1000

static int repeats(void)
{
	const char *text = ts_arg(1);
	char *end;
	long n;

	if (!text)
		return 1;
	n = text[0] == 'x' ? strtol(text + 1, &end, 10) : 0;
	if (n < 1 || n > MOST_REPEATS || *end)
		ts_broken("'%s' is not a repeat count like x10", text);
	return (int)n;
}

static void run(void)
{
	struct ts_guest *guest = ts_guest(ts_host(0), 0);
	int count = repeats();

	ts_guest_check_up(guest);
	for (int i = 1; i <= count; i++) {
		ts_log("migration %d of %d", i, count);
		ts_guest_migrate_local(guest);
		ts_guest_check_up(guest);
	}
}

const struct ts_case ts_case = {
	.summary = "Migrate the guest live to the host it runs on",
	.args = "host GUEST [xN]",
	.hosts = 1, .min_args = 1, .max_args = 2,
	.timeout_s = 3600,
	.run = run,
};
