/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "db/wants.h"
#include "flight/priority.h"

#define PRIORITY_MAX 1000000
/* An expected time that moves by less is no news. */
#define NEWS_MS 60000

static const struct {
	const char *blessing;
	int64_t priority;
} usual[] = { { "adhoc", -10 }, { "play", -8 } };

#define SMOKE_END "-smoke"
#define SMOKE_PRIORITY (-20)

static int parse(const char *what, const char *text, int64_t *priority,
		 struct error *err)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || end == text || *end || n > PRIORITY_MAX ||
	    n < -PRIORITY_MAX)
		return error_set(err, ERROR_USAGE, "%s: '%.40s' is no number "
				 "from -%d to %d", what, text, PRIORITY_MAX,
				 PRIORITY_MAX);
	*priority = n;
	return 0;
}

/* FlightPriority_<word>; names of settings have no dots. */
static const char *setting(const struct config *config, const char *word)
{
	AUTO_FREE char *name = xasprintf("FlightPriority_%s", word);

	for (char *p = name; *p; p++)
		if (*p == '.')
			*p = '_';
	return config_get(config, name);
}

int priority_of(const struct config *config, const struct flight_row *flight,
		const char *asked, int64_t *priority, struct error *err)
{
	const char *env = getenv("OSSTEST_RESOURCE_PRIORITY");
	const char *text = setting(config, flight->branch);

	if (asked)
		return parse("option --priority", asked, priority, err);
	if (env && *env)
		return parse("OSSTEST_RESOURCE_PRIORITY", env, priority, err);
	if (!text)
		text = setting(config, flight->intended);
	if (text)
		return parse("setting FlightPriority_", text, priority, err);
	*priority = str_ends(flight->branch, SMOKE_END) ? SMOKE_PRIORITY : 0;
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		if (strcmp(usual[i].blessing, flight->intended) == 0)
			*priority = usual[i].priority;
	return 0;
}

/* --- what others are told -------------------------------------------------- */

static void collect(const struct flight_state *state, struct want_rows *rows,
		    uint64_t *hash)
{
	const struct board *board = &state->board;

	rows->v = xcalloc(board->hosts.count + 1, sizeof(*rows->v));
	for (size_t h = 0; h < board->hosts.count; h++) {
		AUTO_FREE char *news = NULL;
		int64_t at;
		size_t job = plan_host_wanted(board->plan, h, &at);

		if (job == PLAN_NONE)
			continue;
		rows->v[rows->count++] = (struct want_row){
			.host = xstrdup(board->hosts.v[h]),
			.job = xstrdup(board->jobs[job].job), .at = at,
		};
		news = xasprintf("%s %s %lld", board->hosts.v[h],
				 board->jobs[job].job,
				 (long long)at / NEWS_MS);
		*hash = board_hash(*hash, news);
	}
}

int flight_tell_wants(struct flight_state *state, struct error *err)
{
	struct want_rows rows = { .v = NULL };
	uint64_t hash = 0;
	int rc = 0;

	if (!state->stops && !state->no_room &&
	    flights_run_beside(state->db, state->flight))
		collect(state, &rows, &hash);
	if (hash != state->told)
		rc = wants_set(state->db, state->flight, &rows, err);
	if (rc == 0)
		state->told = hash;
	want_rows_release(&rows);
	return rc;
}
