/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a step that prepares a host has read and found out, as rows. */
#include <string.h>

#include "db/states.h"
#include "ts/state.h"
#include "ts/ts_host.h"

static struct reads facts, results;

static void release_facts(void *arg)
{
	(void)arg;
	reads_watch(NULL);
	reads_release(&facts);
	reads_release(&results);
}

static void release_at_end(void)
{
	static bool arranged;

	if (!arranged)
		ts_at_end(release_facts, NULL);
	arranged = true;
}

void ts_prepare_reads(bool on)
{
	release_at_end();
	reads_watch(on ? &facts : NULL);
}

void prepare_note(const char *runvar, const char *value)
{
	release_at_end();
	reads_add(&results, "result", runvar, value);
}

void ts_prepare_anew(struct ts_host *host)
{
	struct error err;

	ts_check(host_state_prepare(ts_db(), host->name,
				    ts_state.record.flight,
				    str_or(ts_state.record.job, "adhoc"),
				    ts_state.record.run, &err), &err);
}

/* "host_xen_version" of the ident host is kept as "xen_version". */
static void take_results(const struct ts_host *host)
{
	size_t n = strlen(host->ident);

	for (size_t i = 0; i < results.count; i++) {
		const char *name = results.v[i].name;

		if (str_starts(name, host->ident) && name[n] == '_')
			reads_add(&facts, "result", name + n + 1,
				  results.v[i].value);
	}
}

/* Runvars that the preparation stored, as if it had been run now. */
static void restore_results(struct ts_host *host, const char *hash)
{
	struct reads past = { .v = NULL };
	struct error err;

	ts_check(preparation_facts(ts_db(), host->name, hash, &past, &err),
		 &err);
	for (size_t i = 0; i < past.count; i++)
		if (strcmp(past.v[i].kind, "result") == 0)
			ts_runvar_store(ts_text("%s_%s", host->ident,
						past.v[i].name),
					past.v[i].value);
	reads_release(&past);
}

void ts_prepared_before(struct ts_host *host, const char *hash,
			const char *boot_id)
{
	struct error err;

	restore_results(host, hash);
	ts_check(preparation_used(ts_db(), host->name, hash, &err), &err);
	ts_check(host_state_use(ts_db(), host->name, hash, boot_id, &err),
		 &err);
}

bool ts_host_state(struct ts_host *host, struct host_state *state)
{
	struct error err;
	int rc = host_state_get(ts_db(), host->name, state, &err);

	ts_check(rc, &err);
	return rc > 0 && ts_state.record.job &&
	       host_state_is_of(state, ts_state.record.flight,
				ts_state.record.job, ts_state.record.run);
}

/* Only of a preparation that this run began, from an empty disk. */
static bool is_being_prepared(struct ts_host *host)
{
	struct host_state state = { .host = NULL };
	bool ours = ts_host_state(host, &state) &&
		    state.condition == HOST_PREPARING;

	host_state_release(&state);
	return ours;
}

void ts_prepared(struct ts_host *host)
{
	struct error err;

	ts_prepare_reads(false);
	take_results(host);
	if (is_being_prepared(host))
		ts_check(preparation_add(ts_db(), host->name, "", &facts,
					 &err), &err);
}
