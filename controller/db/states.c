/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "db/jobs.h"
#include "db/statement.h"
#include "db/states.h"

static const char *const conditions[] = {
	[HOST_PREPARING] = "preparing", [HOST_CLEAN] = "clean",
	[HOST_USED] = "used", [HOST_DIRTY] = "dirty",
};

static void forget(char **text)
{
	free(*text);
	*text = NULL;
}

const char *host_condition_name(enum host_condition condition)
{
	return conditions[condition];
}

void host_state_release(struct host_state *state)
{
	free(state->host);
	free(state->hash);
	free(state->reason);
	free(state->boot_id);
	free(state->flight);
	free(state->job);
	*state = (struct host_state){ .host = NULL };
}

static enum host_condition parse(const char *word)
{
	for (size_t i = 0; word && i < ARRAY_SIZE(conditions); i++)
		if (strcmp(conditions[i], word) == 0)
			return i;
	return HOST_DIRTY;
}

int host_state_get(struct db *db, const char *host, struct host_state *state,
		   struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_HOST_STATE_GET, "s", host) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc <= 0)
		return rc;
	*state = (struct host_state){
		.host = xstrdup(host),
		.condition = parse(statement_text(&st, 0)),
		.hash = statement_dup(&st, 1),
		.reason = statement_dup(&st, 2),
		.boot_id = statement_dup(&st, 3),
		.since = statement_int64(&st, 4),
		.flight = statement_dup(&st, 5),
		.job = statement_dup(&st, 6),
		.run = (int)statement_int64(&st, 7),
	};
	return 1;
}

static int put(struct db *db, const struct host_state *state,
	       struct error *err)
{
	return statement_run(db, err, STMT_HOST_STATE_PUT, "sssssl" "ssi",
			     state->host,
			     host_condition_name(state->condition),
			     state->hash, state->reason, state->boot_id,
			     clock_now_ms(), state->flight, state->job,
			     state->run) < 0 ? -1 : 0;
}

bool host_state_is_of(const struct host_state *state, const char *flight,
		      const char *job, int run)
{
	return state->flight && state->job && state->run == run &&
	       strcmp(state->flight, flight) == 0 &&
	       strcmp(state->job, job) == 0;
}

char *host_state_trouble(const struct host_state *state)
{
	if (state->condition == HOST_DIRTY)
		return xasprintf("dirty: %s", str_or(state->reason,
						     "nobody knows why"));
	if (!state->flight)
		return NULL;
	if (state->condition == HOST_PREPARING)
		return xasprintf("dirty: %s.%s began to install it and did "
				 "not end", state->flight, state->job);
	return xasprintf("dirty: %s.%s had it and did not leave it clean",
			 state->flight, state->job);
}

/* What became of the job that had the host, if it is still known. */
static char *last_words(struct db *db, const struct host_state *state)
{
	AUTO_FREE char *trouble = host_state_trouble(state);
	const char *plain = trouble + strlen("dirty: ");
	char *words;
	struct job_row row;

	if (job_get(db, state->flight, state->job, &row, NULL) < 0)
		return xstrdup(plain);
	words = row.reason && row.run == state->run ?
		xasprintf("%s (%s, %s)", plain, job_status_name(row.status),
			  row.reason) : xstrdup(plain);
	job_row_release(&row);
	return words;
}

static void change_hands(struct db *db, struct host_state *state,
			 const char *flight, const char *job, int run)
{
	if (state->flight && state->condition != HOST_DIRTY) {
		free(state->reason);
		state->reason = last_words(db, state);
		state->condition = HOST_DIRTY;
	}
	free(state->flight);
	free(state->job);
	state->flight = xstrdup(flight);
	state->job = xstrdup(job);
	state->run = run;
}

static bool is_run_now(const struct job_row *row)
{
	return row->status != JOB_QUEUED && !job_status_final(row->status) &&
	       owner_alive(&row->owner);
}

/*
 * The run that a host is taken for: run-flight does so before it begins. 0 for
 * what is no job: a person may keep a host for something else.
 */
static int run_of(struct db *db, const char *flight, const char *job)
{
	struct job_row row;
	int run;

	if (job_get(db, flight, job, &row, NULL) < 0)
		return 0;
	run = is_run_now(&row) ? row.run : row.run + 1;
	job_row_release(&row);
	return run;
}

static int take(struct db *db, const char *host, const char *flight,
		const char *job, struct error *err)
{
	struct host_state state;
	int run, rc = host_state_get(db, host, &state, err);

	if (rc <= 0)
		return rc;
	run = run_of(db, flight, job);
	rc = 0;
	if (!host_state_is_of(&state, flight, job, run)) {
		change_hands(db, &state, flight, job, run);
		rc = put(db, &state, err);
	}
	host_state_release(&state);
	return rc;
}

int host_state_take(struct db *db, const char *host, const char *flight,
		    const char *job, struct error *err)
{
	if (db_begin(db, err) < 0)
		return -1;
	if (take(db, host, flight, job, err) < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, err);
}

int host_state_prepare(struct db *db, const char *host, const char *flight,
		       const char *job, int run, struct error *err)
{
	const struct host_state state = {
		.host = (char *)host, .condition = HOST_PREPARING,
		.flight = (char *)flight, .job = (char *)job, .run = run,
	};

	if (db_begin(db, err) < 0)
		return -1;
	if (put(db, &state, err) < 0 ||
	    preparation_set_pristine(db, host, "", err) < 0 ||
	    statement_run(db, err, STMT_PREPARATION_DELETE, "ss", host,
			  "") < 0 ||
	    statement_run(db, err, STMT_PREPARATION_PUT, "sssl", host, flight,
			  job, clock_now_ms()) < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, err);
}

int host_state_use(struct db *db, const char *host, const char *hash,
		   const char *boot_id, struct error *err)
{
	struct host_state state;
	int rc = host_state_get(db, host, &state, err);

	if (rc <= 0)
		return rc;
	state.condition = HOST_USED;
	free(state.hash);
	state.hash = xstrdup(hash);
	free(state.boot_id);
	state.boot_id = xstrdup(boot_id);
	forget(&state.reason);
	rc = put(db, &state, err);
	host_state_release(&state);
	return rc;
}

int host_state_clean(struct db *db, const char *host, struct error *err)
{
	struct host_state state;
	int rc = host_state_get(db, host, &state, err);

	if (rc <= 0)
		return rc;
	state.condition = HOST_CLEAN;
	forget(&state.reason);
	forget(&state.flight);
	forget(&state.job);
	state.run = 0;
	rc = put(db, &state, err);
	host_state_release(&state);
	return rc;
}

int host_state_dirty(struct db *db, const char *host, const char *reason,
		     struct error *err)
{
	struct host_state state;
	int rc = host_state_get(db, host, &state, err);

	if (rc <= 0)
		return rc;
	state.condition = HOST_DIRTY;
	free(state.reason);
	state.reason = xstrdup(reason);
	rc = put(db, &state, err);
	host_state_release(&state);
	return rc;
}
