/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xl(1), Xen's own. */
#include "ts/toolstack.h"

const struct toolstack toolstack_xl = {
	.name = "xl", .program = "xl", .bundle = "", .shim = true,

	.create = "xl create \"$2\" 2>&1",
	.destroy = "xl destroy \"$1\" 2>&1",
	.shutdown = "xl shutdown -w \"$1\" 2>&1",
	.save = "xl save \"$1\" \"$2\" 2>&1",
	.restore = "xl restore \"$2\" 2>&1",
	/*
	 * The receiver is started directly, not over ssh: hosts have no key
	 * for one another.
	 */
	.migrate_local = "xl migrate -s '' \"$1\" 'xl migrate-receive' 2>&1",
	.migrate = "xl migrate -s \"ssh -i $3 -o BatchMode=yes "
		"-o UserKnownHostsFile=$3.hosts\" \"$1\" \"$2\" 2>&1",
	.receiver = "xl migrate-receive",

	/* State is letters with dashes; all dashes: ready to run. */
	.state = "list=$(xl list)\n"
		"echo \"$list\" | name=$1 awk '$1 == ENVIRON[\"name\"] {\n"
		"s = $(NF - 1)\n"
		"print s ~ /d/ ? \"dying\" : s ~ /c/ ? \"crashed\" : "
		"s ~ /s/ ? \"shutdown\" : s ~ /p/ ? \"paused\" : "
		"\"running\" }'",
	.domid = "xl domid \"$1\"",
	.list = "list=$(xl list)\n"
		"echo \"$list\" | awk 'NR > 1 { print $1 }'",

	.can_save = "for c in save restore; do xl help $c; done",
	.can_migrate = "for c in migrate migrate-receive; do "
		"xl help $c; done",
};
