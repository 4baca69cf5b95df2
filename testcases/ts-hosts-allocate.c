/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Choose a host for each ident and take them all, or none. A host that is
 * asked for by name is taken or waited for by the user; otherwise any free
 * host will do that has the flags of the runvars all_hostflags and
 * <ident>_hostflags and serves flights of this intended blessing, first of all one that need not be prepared.
 */
#include <stdlib.h>
#include <string.h>

#include "db/flights.h"
#include "db/hosts.h"
#include "host/console.h"
#include "run/reuse.h"
#include "ts/ts_host.h"

static const char *asked_for(int i, const char *ident)
{
	const char *name = ts_host_given(i);

	if (!name)
		name = ts_runvar_or(ident, NULL);
	return name ? name : ts_host_wish(ident);
}

static void wanted_flags(const char *ident, struct strvec *flags)
{
	strvec_split(flags, ts_runvar_or("all_hostflags", ""), ", ");
	strvec_split(flags, ts_runvar_or(ts_text("%s_hostflags", ident), ""),
		     ", ");
}

/* What the flight will be blessed, or NULL: a step by hand has none. */
static const char *intended_blessing(void)
{
	const char *intended;
	struct flight_row row;
	struct error err;

	if (!ts_job())
		return NULL;
	if (flight_get(ts_db(), ts_flight(), &row, &err) < 0)
		ts_end(&err);
	intended = ts_text("%s", row.intended);
	flight_row_release(&row);
	return intended;
}

/* The first flag that the host lacks, or NULL. */
static const char *lacks(const char *name, const struct strvec *flags,
			 const char *intended)
{
	AUTO_STRVEC missing = STRVEC_INIT;
	struct host *host;
	struct error err;

	if (host_load(&host, ts_db(), ts_config(), name, &err) < 0)
		ts_end(&err);
	host_lacks(host, flags, intended, &missing);
	host_free(host);
	return missing.count ? ts_text("%s", missing.v[0]) : NULL;
}

static bool is_taken(const char *name, const struct allocation_rows *taken)
{
	for (size_t i = 0; i < taken->count; i++)
		if (strcmp(taken->v[i].host, name) == 0 &&
		    owner_alive(&taken->v[i].owner))
			return true;
	return false;
}

static bool already_chosen(const char *name,
			   const struct allocation_wish *wishes, int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(wishes[i].host, name) == 0)
			return true;
	return false;
}

static struct recipe *load_recipe(void)
{
	struct recipe *recipe = NULL;
	struct job_row row;

	if (!ts_job() ||
	    job_get(ts_db(), ts_flight(), ts_job(), &row, NULL) < 0)
		return NULL;
	/* of a step by hand there is none, and nothing to choose by */
	if (recipe_load(&recipe, row.recipe, NULL) < 0)
		recipe = NULL;
	job_row_release(&row);
	return recipe;
}

/* By all that is recorded; ts-host-reuse will look at the host itself. */
static bool need_not_be_prepared(const char *name, const char *ident,
				 const struct recipe *recipe)
{
	struct reuse_question question = {
		.config = ts_config(), .db = ts_db(), .recipe = recipe,
		.ident = ident, .flight = ts_flight(), .job = ts_job(),
	};
	struct reuse_verdict verdict;
	struct host *host;
	struct error err;
	bool yes;

	if (!recipe || !reuse_applies(recipe, ident))
		return false;
	if (host_load(&host, ts_db(), ts_config(), name, &err) < 0)
		ts_end(&err);
	question.host = host;
	if (reuse_judge(&question, &verdict, &err) < 0)
		ts_end(&err);
	yes = verdict.way == REUSE_AS_IT_IS || verdict.way == REUSE_SNAPSHOT;
	reuse_verdict_release(&verdict);
	host_free(host);
	return yes;
}

/* The first of them, or the first that is ready. */
static const char *choose(const struct strvec *names, const char *ident)
{
	struct recipe *recipe = load_recipe();
	size_t chosen = 0;

	for (size_t i = 0; names->count > 1 && i < names->count; i++)
		if (need_not_be_prepared(names->v[i], ident, recipe)) {
			chosen = i;
			break;
		}
	recipe_free(recipe);
	return ts_text("%s", names->v[chosen]);
}

static const char *find_free(const char *ident,
			     const struct allocation_wish *wishes, int count)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_STRVEC flags = STRVEC_INIT;
	AUTO_STRVEC found = STRVEC_INIT;
	const char *intended = intended_blessing();
	struct allocation_rows taken;
	struct error err;

	wanted_flags(ident, &flags);
	if (host_names(ts_db(), ts_config(), &names, &err) < 0 ||
	    allocation_list(ts_db(), &taken, &err) < 0)
		ts_end(&err);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.v[i], *missing;

		missing = lacks(name, &flags, intended);

		if (missing)
			ts_log("host %s lacks the flag %s", name, missing);
		else if (is_taken(name, &taken))
			ts_log("host %s is taken", name);
		else if (!already_chosen(name, wishes, count))
			strvec_push(&found, name);
	}
	allocation_rows_release(&taken);
	if (!found.count)
		ts_broken("no free host for '%s' among %zu hosts: 'ironbird "
			  "host list' shows them", ident, names.count);
	return choose(&found, ident);
}

/* From here on they are ours: nothing that they say is to be lost. */
static void record_console(const char *name)
{
	struct host *host;
	struct error err;

	if (host_load(&host, ts_db(), ts_config(), name, &err) < 0 ||
	    console_ensure(host, &err) < 0)
		ts_end(&err);
	host_free(host);
}

static void run(void)
{
	int count = ts_host_count(), real = 0;
	struct allocation_wish *wishes = xcalloc(count, sizeof(*wishes));
	const char **names = xcalloc(count, sizeof(*names));
	const char *pid = getenv("IRONBIRD_OWNER_PID");
	struct owner owner;
	struct error err;

	for (int i = 0; i < count; i++) {
		const char *ident = ts_host_ident(i);
		const char *name = asked_for(i, ident);

		names[i] = name ? name : find_free(ident, wishes, real);
		/* this machine has room for many builds */
		if (!host_is_local(names[i]))
			wishes[real++] = (struct allocation_wish){
				.ident = ident, .host = names[i],
			};
	}
	owner_self(&owner);
	if (pid)
		owner_of_process(&owner, atoi(pid));
	if (ts_job() && !ts_by_hand() && real &&
	    hosts_allocate(ts_db(), ts_flight(), ts_job(), &owner, wishes,
			   real, &err) < 0)
		ts_end(&err);
	for (int i = 0; i < count; i++) {
		if (!host_is_local(names[i]))
			record_console(names[i]);
		ts_runvar_store(ts_host_ident(i), names[i]);
	}
	free(names);
	free(wishes);
}

const struct ts_case ts_case = {
	.summary = "Choose the hosts that the job runs on, and take them",
	.args = "IDENT...",
	.hosts = -1,
	.timeout_s = 60,
	.run = run,
};
