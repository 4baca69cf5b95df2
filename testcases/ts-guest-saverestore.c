/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest is written to a file and comes back from it, the same boot. */
#include "ts/ts_guest.h"

static void remove_image(struct ts_host *host, const char *image)
{
	ts_cmd(host, 0, "rm", "-f", image, NULL);
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	struct ts_guest *guest = ts_guest(host, 0);
	const char *image = ts_text("/var/lib/xen/%s.save", guest->domname);

	ts_guest_check_up(guest);
	remove_image(host, image);
	ts_guest_save_and_restore(guest, image);
	ts_guest_check_up(guest);
	remove_image(host, image);
}

const struct ts_case ts_case = {
	.summary = "Save the guest to a file and restore it",
	.args = "host GUEST",
	.hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 600,
	.run = run,
};
