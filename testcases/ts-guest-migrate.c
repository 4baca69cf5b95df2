/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live migration over the network. Hosts have no key for one another: the
 * first one is given one of its own for the time of it, good for the receiver
 * only, from there only, and for no longer than the step may take. It is taken
 * away again however the step ends; should even that fail, sshd knows when it
 * is void.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "ts/toolstack.h"
#include "ts/ts_guest.h"

#define STEP_LIMIT_S 900
/* below /run: gone with the next boot, and seen by ts-leak-check */
#define KEY "/run/ironbird-migrate"
#define ROOT_KEYS "/root/.ssh/authorized_keys"

struct pair {
	struct ts_host *from, *to;
};

static struct pair hosts;

static void take_away_keys(void *arg)
{
	struct pair *pair = arg;

	/* a host that does not answer any more is reported by other steps */
	(void)!ts_try_script(pair->from, 20, NULL, "rm -f " KEY " " KEY ".*\n",
			     NULL);
	(void)!ts_try_script(pair->to, 20, NULL, "sed -i '/ironbird-migrate$/d' "
			     ROOT_KEYS "\n", NULL);
}

/* The public key, a line, without its newline. */
static const char *make_key(struct ts_host *host)
{
	return ts_script(host, 0, "rm -f " KEY "\n"
			 "ssh-keygen -q -t ed25519 -N '' "
			 "-C ironbird-migrate -f " KEY "\n"
			 "cat " KEY ".pub\n", NULL);
}

/* expiry-time is read as the host's own local time (sshd(8)). */
static const char authorize_script[] =
	"until=$(date -d \"+$3 seconds\" +%Y%m%d%H%M%S)\n"
	"sed -i '/ironbird-migrate$/d' " ROOT_KEYS "\n"
	"printf 'restrict,from=\"%s\",expiry-time=\"%s\",command=\"%s\" %s\\n' "
	"\"$2\" \"$until\" \"$4\" \"$1\" >>" ROOT_KEYS "\n"
	"cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub\n";

static const char *address_of(const struct ts_host *host)
{
	if (!host->host->address)
		ts_broken("host %s has no property ip-addr", host->name);
	return host->host->address;
}

static void exchange_keys(void)
{
	const char *source = address_of(hosts.from);
	const char *target = address_of(hosts.to);
	const char *host_key;

	ts_at_end(take_away_keys, &hosts);
	host_key = ts_script(hosts.to, 20, authorize_script,
			     make_key(hosts.from), source,
			     ts_text("%d", STEP_LIMIT_S),
			     ts_toolstack()->receiver, NULL);
	ts_script(hosts.from, 20, "printf '%s %s\\n' \"$1\" \"$2\" >" KEY
		  ".hosts\n", target, host_key, NULL);
}

/*
 * What was written to the disk on the one host, and is read on the other;
 * NULL without a disk.
 */
static const char *mark_disk(struct ts_guest *guest)
{
	if (!ts_runvar_or(ts_text("%s_disk", guest->name), NULL))
		return NULL;
	return ts_guest_script(guest, 60, "f=/var/ironbird-migrate\n"
			       "cat /proc/sys/kernel/random/uuid >$f\n"
			       "sync\n"
			       "cat $f\n");
}

static void check_disk(struct ts_guest *guest, const char *mark)
{
	const char *found = ts_guest_script(guest, 60, "sync\n"
			"echo 3 >/proc/sys/vm/drop_caches\n"
			"cat /var/ironbird-migrate\n");

	if (strcmp(found, mark) != 0)
		ts_fail("guest %s wrote %s to its disk on %s, and reads %.80s "
			"on %s", guest->name, mark, hosts.from->name, found,
			hosts.to->name);
}

static int64_t seconds_up(struct ts_guest *guest)
{
	return strtoll(ts_guest_script(guest, 30, "cut -d. -f1 /proc/uptime"),
		       NULL, 10);
}

static void run(void)
{
	struct ts_guest *guest, *moved;
	int64_t before, after;
	const char *mark;

	hosts = (struct pair){ ts_host(0), ts_host(1) };
	guest = ts_guest(hosts.from, 0);
	ts_guest_check_up(guest);
	mark = mark_disk(guest);
	before = seconds_up(guest);
	exchange_keys();
	ts_log("from %s to %s", hosts.from->name, hosts.to->name);
	ts_guest_migrate(guest, address_of(hosts.to), KEY);
	moved = ts_guest(hosts.to, 0);
	ts_guest_check_up(moved);
	after = seconds_up(moved);
	if (after < before)
		ts_fail("guest %s had been up for %" PRId64 " s on %s, and on "
			"%s for %" PRId64 " s", guest->name, before,
			hosts.from->name, hosts.to->name, after);
	if (mark)
		check_disk(moved, mark);
	ts_stage("guest %s: up for %" PRId64 " s, now on %s", guest->name,
		 after, hosts.to->name);
}

const struct ts_case ts_case = {
	.summary = "Migrate the guest live from the first host to the second",
	.args = "src_host dst_host GUEST",
	.hosts = 2, .min_args = 1, .max_args = 1,
	.timeout_s = STEP_LIMIT_S,
	.run = run,
};
