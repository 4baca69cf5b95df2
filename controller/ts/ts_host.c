/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which machine an ident is, its power, and its place in the web space. */
#include <stdlib.h>
#include <string.h>

#include "net/ssh.h"
#include "ts/await.h"
#include "ts/machine.h"
#include "ts/state.h"

int ts_host_count(void)
{
	return (int)ts_state.idents.count;
}

const char *ts_host_ident(int i)
{
	const char *given = ts_state.idents.v[i];

	return ts_text("%.*s", (int)strcspn(given, "="), given);
}

const char *ts_host_given(int i)
{
	const char *equals = strchr(ts_state.idents.v[i], '=');

	return equals ? equals + 1 : NULL;
}

const char *ts_host_wish(const char *ident)
{
	return host_wish_of_job(ts_config(), ident, ts_job());
}

static const char *choose_name(int i, const char *ident)
{
	const char *name = ts_host_given(i);

	if (!name)
		name = ts_runvar_or(ident, NULL);
	if (!name)
		name = ts_host_wish(ident);
	if (!name)
		ts_broken("no host for '%s': give %s=HOST, or set the runvar "
			  "%s or the setting TestHost", ident, ident, ident);
	return name;
}

static void release_host(void *arg)
{
	struct ts_host *host = arg;

	ssh_close(host->ssh);
	host_free(host->host);
}

bool ts_host_is_local(int i)
{
	return host_is_local(choose_name(i, ts_host_ident(i)));
}

struct ts_host *ts_host(int i)
{
	struct ts_host *host = ts_keep(xcalloc(1, sizeof(*host)));
	struct error err;

	host->ident = ts_host_ident(i);
	host->name = choose_name(i, host->ident);
	ts_check(host_load(&host->host, ts_db(), ts_config(), host->name,
			   &err), &err);
	ts_at_end(release_host, host);
	ts_watch_host(host);
	return host;
}

/* By our own hand: its process may end. */
static void loses_power(struct ts_host *host)
{
	ts_drop_ssh(host);
	ts_host_reboots(host);
	machine_forget(host->host);
}

void ts_power(struct ts_host *host, enum power_state wanted)
{
	struct error err;

	ts_stage("host %s: power %s", host->name, power_state_name(wanted));
	loses_power(host);
	await_wake(NULL);	/* what it said before is no news of the boot */
	ts_check(power_set(ts_db(), host->host, wanted, &err), &err);
	if (wanted == POWER_ON)
		await_power(host);
}

void ts_power_cycle(struct ts_host *host)
{
	struct error err;

	ts_stage("host %s: power cycle", host->name);
	loses_power(host);
	ts_check(power_cycle(ts_db(), host->host, &err), &err);
	await_power(host);
}

static void release_handover(void *arg)
{
	handover_release(arg);
}

const struct handover *ts_handover(struct ts_host *host)
{
	struct handover *handover = ts_keep(xcalloc(1, sizeof(*handover)));
	struct error err;

	ts_check(handover_find(handover, &host->host->site, host->name, &err),
		 &err);
	ts_at_end(release_handover, handover);
	return handover;
}
