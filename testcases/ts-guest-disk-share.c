/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's disk, a logical volume of the first host, under the same path on
 * the second one too, as migration wants it. OSSTest has an nbd server and
 * client for this; NVMe over TCP does the same with what is in Debian's
 * kernel: no package, no process on either host. Neither end caches, so that
 * what the guest has written on one host is what it reads on the other.
 */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/wait.h"
#include "ts/ts_guest.h"

#define SCRIPT_LIMIT_S 60
#define APPEAR_LIMIT_MS 30000
#define POLL_MS 300
#define PORT "4420"	/* IANA: nvme */
#define NQN_PREFIX "nqn.2014-08.org.nvmexpress:uuid:"	/* NVMe 4.5 */

struct share {
	struct ts_host *owner, *other;
	const char *path;	/* of the disk, on both */
	const char *uuid, *nqn;
};

/*
 * $1 path, $2 uuid, $3 nqn, $4 owner's address: of every script here. The
 * target is made of folders (Linux, drivers/nvme/target/configfs.c).
 */
static const char export_script[] =
	"modprobe nvmet-tcp\n"
	"c=/sys/kernel/config\n"
	"mountpoint -q $c || mount -t configfs none $c\n"
	"cd $c/nvmet\n"
	"s=subsystems/$3\n"
	"mkdir $s $s/namespaces/1\n"
	"echo 1 >$s/attr_allow_any_host\n"
	"echo \"$1\" >$s/namespaces/1/device_path\n"
	"echo $2 >$s/namespaces/1/device_uuid\n"
	"echo 1 >$s/namespaces/1/enable\n"
	"[ -d ports/1 ] || {\n"
	"	mkdir ports/1\n"
	"	echo tcp >ports/1/addr_trtype\n"
	"	echo ipv4 >ports/1/addr_adrfam\n"
	"	echo $4 >ports/1/addr_traddr\n"
	"	echo " PORT " >ports/1/addr_trsvcid\n"
	"}\n"
	"ln -s $PWD/$s ports/1/subsystems/\n";

static const char withdraw_script[] =
	"cd /sys/kernel/config/nvmet 2>/dev/null || exit 0\n"
	"[ -d subsystems/$3 ] || exit 0\n"
	"rm -f ports/1/subsystems/$3\n"
	"rmdir subsystems/$3/namespaces/1 subsystems/$3\n"
	"[ \"$(ls ports/1/subsystems)\" ] || rmdir ports/1\n";

static const char connect_script[] =
	"[ ! -e \"$1\" ] || { echo \"$1 is there already\"; exit 1; }\n"
	"modprobe nvme-tcp\n"
	"echo transport=tcp,traddr=$4,trsvcid=" PORT ",nqn=$3 "
	">/dev/nvme-fabrics\n";

/* With multipath, a path to the disk has the uuid too, and no device. */
static const char link_script[] =
	"for u in $(grep -lxs \"$2\" /sys/block/nvme*/uuid); do\n"
	"	d=${u%/uuid}\n"
	"	d=/dev/${d##*/}\n"
	"	[ -b $d ] || continue\n"
	"	mkdir -p \"${1%/*}\"\n"
	"	ln -s $d \"$1\"\n"
	"	exit 0\n"
	"done\n"
	"exit 1\n";

/* Nothing is to be done, least of all while the guest uses it there. */
static const char look_script[] =
	"d=$(readlink -f \"$1\")\n"
	"grep -qxs \"$2\" \"/sys/block/${d##*/}/uuid\"\n";

static const char disconnect_script[] =
	"[ ! -L \"$1\" ] || case $(readlink \"$1\") in\n"
	"/dev/nvme*) rm \"$1\" ;;\n"
	"esac\n"
	"for c in $(grep -lxs $3 /sys/class/nvme/*/subsysnqn); do\n"
	"	echo 1 >${c%/*}/delete_controller\n"
	"done\n";

static int try_on(struct ts_host *host, const struct share *share,
		  const char *script, const char **out)
{
	return ts_try_script(host, SCRIPT_LIMIT_S, out, script, share->path,
			     share->uuid, share->nqn,
			     share->owner->host->address, NULL);
}

/* Disks are ours, not the product's. */
static void must_on(struct ts_host *host, const struct share *share,
		    const char *what, const char *script)
{
	const char *out;

	if (try_on(host, share, script, &out) != 0)
		ts_broken("host %s: %s cannot be %s: %s", host->name,
			  share->path, what, out);
}

static enum wait_answer disk_is_there(void *arg)
{
	const struct share *share = arg;

	return try_on(share->other, share, link_script, NULL) == 0 ?
		WAIT_DONE : WAIT_MORE;
}

static void take_away(struct share *share)
{
	must_on(share->other, share, "detached", disconnect_script);
	must_on(share->owner, share, "withdrawn", withdraw_script);
}

static void give(struct share *share)
{
	if (try_on(share->other, share, look_script, NULL) == 0)
		return;
	take_away(share);
	must_on(share->owner, share, "exported", export_script);
	must_on(share->other, share, "attached", connect_script);
	ts_await(share->other, ts_text("%s did not appear there", share->path),
		 APPEAR_LIMIT_MS, POLL_MS, disk_is_there, share);
}

/* The path in xl's "format=raw,...,target=PATH". */
static const char *path_of_disk(const struct ts_guest *guest)
{
	const char *disk = ts_runvar(ts_text("%s_disk", guest->name));
	const char *path = strchr(disk, '/');

	if (!path)
		ts_broken("guest %s: its disk '%s' is no device", guest->name,
			  disk);
	return ts_text("%.*s", (int)strcspn(path, ","), path);
}

/* Another one for each host and path, the same each time. */
static const char *uuid_of(const struct share *share)
{
	const char *both = ts_text("%s:%s", share->owner->name, share->path);
	char hex[SHA256_HEX_SIZE];

	data_sha256(both, strlen(both), hex);
	return ts_text("%.8s-%.4s-4%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12,
		       hex + 15, hex + 18);
}

static void run(void)
{
	const char *mode = ts_arg(0);
	struct share share = { .owner = ts_host(0), .other = ts_host(1) };

	if (!share.owner->host->address)
		ts_broken("host %s has no property ip-addr",
			  share.owner->name);
	share.path = path_of_disk(ts_guest(share.owner, 1));
	share.uuid = uuid_of(&share);
	share.nqn = ts_text(NQN_PREFIX "%s", share.uuid);
	if (strcmp(mode, "on") == 0) {
		give(&share);
		ts_stage("%s of host %s is on host %s", share.path,
			 share.owner->name, share.other->name);
	} else if (strcmp(mode, "off") == 0) {
		take_away(&share);
	} else {
		ts_broken("'%s' is not on or off", mode);
	}
}

const struct ts_case ts_case = {
	.summary = "Show the guest's disk on the first host to the second too",
	.args = "on|off src_host dst_host GUEST",
	.words = 1, .hosts = 2, .min_args = 2, .max_args = 2,
	.timeout_s = 300,
	.run = run,
};
