/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live migration needs a toolstack that does it on one host, and a hypervisor
 * that can tell which pages a guest has written: by shadow page tables, or for
 * guests with hardware paging by those. Debian's Xen has no shadow paging, so
 * its PV guests cannot be migrated.
 */
#include <string.h>

#include "ts/toolstack.h"
#include "ts/ts_guest.h"

static void run(void)
{
	struct ts_host *host = ts_host(0);
	struct ts_guest *guest = ts_guest(host, 0);
	const struct toolstack *toolstack = ts_toolstack();
	const char *caps;

	if (ts_try_script(host, 0, NULL, toolstack->can_migrate, NULL) != 0)
		ts_fail("this %s cannot migrate", toolstack->program);
	if (!toolstack->migrate_local)
		ts_fail("toolstack %s cannot migrate a guest to the host that "
			"it runs on", toolstack->name);
	/* both halves of the guest have one UUID, and one place in it */
	if (ts_host_schedules_by(host, "arinc653"))
		ts_fail("a guest that migrates to its own host would be in "
			"the schedule of ARINC 653 once, and be there twice");
	caps = ts_script(host, 0, "xl info virt_caps", NULL);
	if (!strstr(caps, "shadow") &&
	    (strcmp(guest->type, "pv") == 0 || !strstr(caps, "hap")))
		ts_fail("this hypervisor cannot migrate %s guests: its "
			"virt_caps are '%s'", guest->type, caps);
}

const struct ts_case ts_case = {
	.summary = "See whether toolstack and hypervisor can migrate the guest",
	.args = "host GUEST",
	.hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 300,
	.run = run,
};
