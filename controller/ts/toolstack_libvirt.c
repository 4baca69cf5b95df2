/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libvirt's driver for Xen, through virsh(1). A guest is a transient domain:
 * like xl's it is known as long as it runs. Its XML is what libvirt itself
 * makes of the xl configuration, and stays beside that.
 */
#include "ts/toolstack.h"

#define VIRSH "virsh -q -c xen:///system "

const struct toolstack toolstack_libvirt = {
	.name = "libvirt", .program = "virsh", .bundle = "-libvirt",
	.version = "libvirt_version",
	/* the converter reads no pvshim: the guest would be a PVH one */
	.shim = false,

	.create = "xml=${2%.cfg}.xml\n"
		VIRSH "domxml-from-native xen-xl \"$2\" 2>&1 >\"$xml\"\n"
		VIRSH "create \"$xml\" 2>&1",
	.destroy = VIRSH "destroy \"$1\" 2>&1",
	.shutdown = VIRSH "shutdown \"$1\" 2>&1",
	.save = VIRSH "save \"$1\" \"$2\" 2>&1",
	.restore = VIRSH "restore \"$2\" 2>&1",
	/* libvirt refuses a source that is the destination */
	.migrate_local = NULL,
	/*
	 * The client's ssh cannot be told the known hosts: a program is that
	 * can. The memory goes to the address, not to the name that the other
	 * host has of itself.
	 */
	.migrate = "printf '#!/bin/sh\nexec ssh -i %s -o BatchMode=yes "
		"-o UserKnownHostsFile=%s.hosts \"$@\"\n' \"$3\" \"$3\" "
		">\"$3.ssh\"\n"
		"chmod 700 \"$3.ssh\"\n"
		VIRSH "migrate --live \"$1\" \"xen+ssh://root@$2/system"
		"?command=$3.ssh&proxy=native\" "
		"--migrateuri \"tcp://$2\" 2>&1",
	.receiver = "virt-ssh-helper xen:///system",

	/* The words of virDomainState; a guest that waits is "idle". */
	.state = "list=$(" VIRSH "list --all)\n"
		"echo \"$list\" | name=$1 awk '$2 == ENVIRON[\"name\"] {\n"
		"$1 = $2 = \"\"; s = substr($0, 3)\n"
		"print s == \"idle\" || s == \"no state\" ? \"running\" : "
		"s ~ /^(in shutdown|shut off)$/ ? \"shutdown\" : s }'",
	.domid = VIRSH "domid \"$1\"",
	.list = VIRSH "list --all --name",

	.can_save = "for c in save restore; do " VIRSH "help $c; done",
	.can_migrate = VIRSH "help migrate",
};
