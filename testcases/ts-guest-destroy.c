/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ts/ts_guest.h"

#define DESTROY_LIMIT_S 40

static void run(void)
{
	struct ts_host *host = ts_host(0);
	struct ts_guest *guest = ts_guest(host, 0);

	ts_guest_expect_running(guest);
	ts_cmd(host, DESTROY_LIMIT_S, "xl", "destroy", guest->domname, NULL);
	ts_guest_await_absent(guest, DESTROY_LIMIT_S);
}

const struct ts_case ts_case = {
	.summary = "Destroy the running guest",
	.args = "host GUEST",
	.hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 150,
	.run = run,
};
