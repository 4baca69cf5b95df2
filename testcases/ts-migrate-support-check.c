/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live migration needs the toolstack's commands, and a hypervisor that can
 * tell which pages a guest has written: by shadow page tables, or for guests
 * with hardware paging by those. Debian's Xen has no shadow paging, so its PV
 * guests cannot be migrated.
 */
#include <string.h>

#include "ts/ts_guest.h"

static void run(void)
{
	struct ts_host *host = ts_host(0);
	struct ts_guest *guest = ts_guest(host, 0);
	const char *caps;

	if (ts_try_script(host, 30, NULL, "for c in migrate migrate-receive; "
			  "do xl help $c >/dev/null 2>&1; done", NULL) != 0)
		ts_fail("this xl has no 'migrate' and 'migrate-receive'");
	/* both halves of the guest have one UUID, and one place in it */
	if (ts_host_schedules_by(host, "arinc653"))
		ts_fail("a guest that migrates to its own host would be in "
			"the schedule of ARINC 653 once, and be there twice");
	caps = ts_script(host, 30, "xl info virt_caps", NULL);
	if (!strstr(caps, "shadow") &&
	    (strcmp(guest->type, "pv") == 0 || !strstr(caps, "hap")))
		ts_fail("this hypervisor cannot migrate %s guests: its "
			"virt_caps are '%s'", guest->type, caps);
}

const struct ts_case ts_case = {
	.summary = "See whether toolstack and hypervisor can migrate the guest",
	.args = "host GUEST",
	.hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 60,
	.run = run,
};
