/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ts/ts_guest.h"

static void run(void)
{
	struct ts_guest *guest = ts_guest(ts_host(0), 0);

	ts_guest_expect_running(guest);
	ts_guest_destroy(guest);
}

const struct ts_case ts_case = {
	.summary = "Destroy the running guest",
	.args = "host GUEST",
	.hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 150,
	.run = run,
};
