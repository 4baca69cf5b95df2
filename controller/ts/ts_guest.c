/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/names.h"
#include "base/wait.h"
#include "boot/image.h"
#include "host/guest_ether.h"
#include "ts/await.h"
#include "ts/remote.h"
#include "ts/state.h"
#include "ts/ts_guest.h"

#define SCHEDULE_SCRIPT "/root/ironbird-arinc653-schedule"
#define SSH_LIMIT_MS 60000
/* What has just booted has more to do than to answer. */
#define SESSION_LIMIT_MS 120000
#define COMMAND_LIMIT_S 30
#define MACHINE_NAME_MAX 256

/* Of everything that makes this guest another one. */
static const char *stable_ether(const struct host *host, const char *name)
{
	char machine[MACHINE_NAME_MAX] = "", ether[GUEST_ETHER_SIZE];
	AUTO_FREE char *seed = NULL;
	struct error err;

	gethostname(machine, sizeof(machine) - 1);
	seed = xasprintf("%s\n%s\n%s\n%s\n%s", machine,
			 config_get(ts_config(), "StateDir"), ts_flight(),
			 str_or(ts_job(), ""), name);
	ts_check(guest_ether(host_prop_or(host, "gen-ether-prefix-base", ""),
			     seed, ether, &err), &err);
	return ts_text("%s", ether);
}

static const char *own_var(const struct ts_guest *guest, const char *var)
{
	return ts_runvar_or(ts_text("%s_%s", guest->name, var), NULL);
}

const char *ts_guest_var(const struct ts_guest *guest, const char *var,
			 const char *fallback)
{
	const char *value = own_var(guest, var);

	if (!value)
		value = ts_runvar_or(ts_text("guests_%s", var), NULL);
	return value ? value : fallback;
}

static void release_guest(void *arg)
{
	ssh_close(((struct ts_guest *)arg)->ssh);
}

struct ts_guest *ts_guest(struct ts_host *host, int i)
{
	struct ts_guest *guest = ts_keep(xcalloc(1, sizeof(*guest)));
	struct error err;

	guest->host = host;
	guest->name = ts_arg(i);
	ts_check(name_check("guest", guest->name, &err), &err);
	guest->domname = ts_guest_var(guest, "domname",
				      ts_text("%s.guest.osstest", guest->name));
	guest->hostname = ts_guest_var(guest, "hostname",
				       ts_text("%s-%s", host->name,
					       guest->name));
	guest->ether = own_var(guest, "ether");
	if (!guest->ether)
		guest->ether = stable_ether(host->host, guest->name);
	guest->address = own_var(guest, "ip");
	guest->type = ts_guest_var(guest, "type", "pv");
	guest->cfgpath = ts_text("/etc/xen/%s.cfg", guest->domname);
	ts_at_end(release_guest, guest);
	ts_watch_machine(host, guest->hostname, guest->ether, guest->address);
	return guest;
}

/* --- talking to it -------------------------------------------------------- */

static struct remote remote_of(struct ts_guest *guest)
{
	const struct remote remote = {
		.what = ts_text("guest %s", guest->name),
		.key_name = guest->hostname, .address = guest->address,
		.netns = guest->host->host->site.netns, .ssh = &guest->ssh,
		.session_ms = SESSION_LIMIT_MS,
	};

	return remote;
}

void ts_guest_drop_ssh(struct ts_guest *guest)
{
	ssh_close(guest->ssh);
	guest->ssh = NULL;
}

static const char *run_inside(struct ts_guest *guest, int limit_s,
			      const char *command, int *status)
{
	struct remote remote = remote_of(guest);
	struct strbuf out = STRBUF_INIT;

	*status = remote_run(&remote, command, limit_s, &out);
	strbuf_rtrim(&out);
	return ts_keep(strbuf_detach(&out));
}

const char *ts_guest_script(struct ts_guest *guest, int limit_s,
			    const char *script)
{
	int status;
	const char *out = run_inside(guest, limit_s, script, &status);

	if (status != 0)
		ts_fail("guest %s: '%.80s' ended with status %d", guest->name,
			script, status);
	return out;
}

const char *ts_guest_boot_id(struct ts_guest *guest)
{
	return ts_guest_script(guest, COMMAND_LIMIT_S,
			       "cat /proc/sys/kernel/random/boot_id");
}

void ts_guest_check_up(struct ts_guest *guest)
{
	struct remote remote = remote_of(guest);
	const char *before = own_var(guest, "boot_id");
	const char *now;

	ts_guest_expect_running(guest);
	ts_guest_drop_ssh(guest);
	remote_await(guest->host, &remote, SSH_LIMIT_MS);
	now = ts_guest_boot_id(guest);
	if (before && strcmp(before, now) != 0)
		ts_fail("guest %s has booted anew: its boot id was %s, now it "
			"is %s", guest->name, before, now);
}

/* --- creating it ---------------------------------------------------------- */

static void release_handover(void *arg)
{
	handover_release(arg);
}

static const struct handover *find_handover(struct ts_guest *guest)
{
	struct handover *handover = ts_keep(xcalloc(1, sizeof(*handover)));
	struct error err;

	ts_check(handover_find(handover, &guest->host->host->site,
			       guest->hostname, &err), &err);
	ts_at_end(release_handover, handover);
	return handover;
}

bool ts_host_schedules_by(struct ts_host *host, const char *scheduler)
{
	return strcmp(ts_runvar_or(ts_text("%s_xen_scheduler", host->ident),
				   ""), scheduler) == 0;
}

/* By ARINC 653, who is not in the schedule never runs. */
static void give_time(struct ts_guest *guest)
{
	AUTO_FREE char *script = NULL;

	if (!ts_host_schedules_by(guest->host, "arinc653"))
		return;
	script = bundle_script("arinc653-schedule");
	ts_send_file(guest->host, script, SCHEDULE_SCRIPT, 0755);
	ts_log("the schedule: %s", ts_cmd(guest->host, COMMAND_LIMIT_S,
					  SCHEDULE_SCRIPT, NULL));
}

void ts_guest_create(struct ts_guest *guest)
{
	const struct handover *handover = find_handover(guest);
	struct remote remote;

	ts_guest_expect_absent(guest);
	ts_guest_create_domain(guest);
	give_time(guest);
	ts_stage("guest %s: waiting for its boot report", guest->name);
	guest->address = ts_await_fetch(guest->host, guest->hostname,
		ts_text("%sbooted", handover->path),
		ts_limit_ms("GuestBootLimit"),
		ts_text("guest %s fetched no boot report", guest->name));
	ts_runvar_store(ts_text("%s_ip", guest->name), guest->address);
	remote = remote_of(guest);
	remote_await(guest->host, &remote, SSH_LIMIT_MS);
	ts_runvar_store(ts_text("%s_boot_id", guest->name),
			ts_guest_boot_id(guest));
	ts_guest_check_kernel(guest);
}
