/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live migration over the network. The first host is given a key of its own
 * and the second one's host key for the time of it; both are taken away again
 * however it ends.
 */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "boot/keys.h"
#include "ts/ts_guest.h"

#define MIGRATE_LIMIT_S 400
#define KEY "/root/.ironbird-migrate"
#define ROOT_KEYS "/root/.ssh/authorized_keys"

struct pair {
	struct ts_host *from, *to;
};

static struct pair hosts;

static void take_away_keys(void *arg)
{
	struct pair *pair = arg;

	/* a host that does not answer any more is reported by other steps */
	(void)!ts_try_script(pair->from, 20, NULL, "rm -f " KEY " " KEY ".pub "
			     KEY ".hosts\n", NULL);
	(void)!ts_try_script(pair->to, 20, NULL, "sed -i '/ironbird-migrate$/d' "
			     ROOT_KEYS "\n", NULL);
}

/* The public key, a line, without its newline. */
static const char *make_key(struct ts_host *host)
{
	AUTO_STRBUF line = STRBUF_INIT;

	strbuf_addstr(&line, ts_script(host, 30, "rm -f " KEY "\n"
				       "ssh-keygen -q -t ed25519 -N '' "
				       "-C ironbird-migrate -f " KEY "\n"
				       "cat " KEY ".pub\n", NULL));
	strbuf_rtrim(&line);
	return ts_text("%s", line.buf);
}

static void exchange_keys(void)
{
	const char *address = hosts.to->host->address;
	const char *public;

	if (!address)
		ts_broken("host %s has no property ip-addr", hosts.to->name);
	ts_at_end(take_away_keys, &hosts);
	public = make_key(hosts.from);
	ts_script(hosts.to, 20, "printf '%s\\n' \"$1\" >>" ROOT_KEYS "\n",
		  public, NULL);
	ts_script(hosts.from, 20, "printf '%s %s\\n' \"$1\" \"$2\" >" KEY
		  ".hosts\n", address,
		  ts_cmd(hosts.to, 20, "cut", "-d ", "-f1,2",
			 "/etc/ssh/ssh_host_ed25519_key.pub", NULL), NULL);
}

static void run(void)
{
	struct ts_guest *guest, *moved;

	hosts = (struct pair){ ts_host(0), ts_host(1) };
	guest = ts_guest(hosts.from, 0);
	ts_guest_check_up(guest);
	ts_guest_drop_ssh(guest);
	exchange_keys();
	ts_stage("guest %s: xl migrate from %s to %s", guest->name,
		 hosts.from->name, hosts.to->name);
	ts_cmd(hosts.from, MIGRATE_LIMIT_S, "xl", "migrate", "-s",
	       "ssh -i " KEY " -o BatchMode=yes -o UserKnownHostsFile=" KEY
	       ".hosts", guest->domname, hosts.to->host->address, NULL);
	ts_guest_expect_absent(guest);
	moved = ts_guest(hosts.to, 0);
	ts_guest_check_up(moved);
}

const struct ts_case ts_case = {
	.summary = "Migrate the guest live from the first host to the second",
	.args = "src_host dst_host GUEST",
	.hosts = 2, .min_args = 1, .max_args = 1,
	.timeout_s = 900,
	.run = run,
};
