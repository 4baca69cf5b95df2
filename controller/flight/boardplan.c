/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A board's plan: made of its rows, and kept true to what others do. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "db/history.h"
#include "flight/board.h"

#define PASSES_MAX 400
/* Jobs without a host run on the controller itself. */
#define LOCAL_SETTING "LocalJobs"
/* What others have without having had it before; what a person keeps. */
#define OTHERS_MS (30 * 60 * 1000)
#define PERSONS_MS (24 * 60 * 60 * 1000)
#define HASH_START 14695981039346656037ULL

static void guess(void *arg, size_t j, size_t h, struct plan_guess *g)
{
	const struct board *board = arg;
	const struct board_job *job = &board->jobs[j];
	const char *host = h == PLAN_NONE ? NULL : board->hosts.v[h];

	durations_guess(board->durations, job->recipe, job->job, host,
			&g->expected_ms, &g->late_ms);
	for (size_t i = 0; host && i < job->place_count && !g->last_here; i++)
		if (strcmp(job->places[i].host, host) == 0)
			g->last_here = job->places[i].finished;
}

static int learn(struct board *board, const char *recipe, struct error *err)
{
	struct pass_rows rows;

	if (history_passes(board->db, recipe, PASSES_MAX, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++)
		durations_add(board->durations, &(struct duration_sample){
			      recipe, rows.v[i].job, rows.v[i].host,
			      rows.v[i].ms });
	pass_rows_release(&rows);
	return 0;
}

static int learn_all(struct board *board, struct error *err)
{
	AUTO_STRVEC known = STRVEC_INIT;

	board->durations = durations_new();
	for (size_t i = 0; i < board->count; i++) {
		const char *recipe = board->jobs[i].recipe;

		if (strvec_has(&known, recipe))
			continue;
		strvec_push(&known, recipe);
		if (learn(board, recipe, err) < 0)
			return -1;
	}
	return 0;
}

/* Does the runvar make a difference to what is on the host? */
static bool shapes_host(const char *name)
{
	static const char *const names[] = {
		"arch", "xenarch", "toolstack", "xen_boot_append",
		"linux_boot_append", "dom0_mem", "suite", "host_suite",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return str_ends(name, "buildjob");
}

/* FNV-1a over what jobs that can follow each other on a host agree in. */
uint64_t board_hash(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
	return (hash ^ '\n') * 1099511628211ULL;
}

static uint64_t state_key(const struct board_job *job,
			  const struct runvars *vars)
{
	uint64_t hash = HASH_START;

	for (size_t i = 0; i < vars->count; i++) {
		const struct runvar *var = &vars->v[i];

		if (var->synth || strcmp(var->job, job->job) != 0 ||
		    !shapes_host(var->name))
			continue;
		hash = board_hash(board_hash(hash, var->name), var->value);
	}
	return hash ? hash : 1;
}

/* Jobs of this flight that a runvar ending in "job" names. */
static size_t find_needs(const struct board *board, const char *job,
			 const struct runvars *vars, size_t *needs)
{
	size_t count = 0;

	for (size_t i = 0; i < vars->count; i++) {
		size_t need;

		if (strcmp(vars->v[i].job, job) != 0 ||
		    !str_ends(vars->v[i].name, "job"))
			continue;
		need = board_find_job(board, vars->v[i].value);
		for (size_t k = 0; k < count && need != PLAN_NONE; k++)
			if (needs[k] == need)
				need = PLAN_NONE;
		if (need != PLAN_NONE)
			needs[count++] = need;
	}
	return count;
}

static void plan_job(struct board *board, size_t j,
		     const struct runvars *vars)
{
	const struct board_job *job = &board->jobs[j];
	AUTO_FREE size_t *needs = xcalloc(vars->count + 1, sizeof(*needs));
	struct plan_job_spec spec = {
		.name = job->job, .roles = job->idents.count, .needs = needs,
		.need_count = find_needs(board, job->job, vars, needs),
		.state_key = state_key(job, vars), .failed_on = PLAN_NONE,
	};

	for (size_t h = 0; h < board->hosts.count && job->failed_on; h++)
		if (strcmp(board->hosts.v[h], job->failed_on) == 0)
			spec.failed_on = h;
	board_sets(board, j, spec.sets);
	plan_add_job(board->plan, &spec);
}

/* --- what is now --------------------------------------------------------- */

static bool is_ours(const struct board *board,
		    const struct allocation_row *row)
{
	size_t job;

	if (strcmp(row->flight, board->flight) != 0)
		return false;
	if (board->only)
		return strcmp(row->job, board->only) == 0;
	job = board_find_job(board, row->job);
	return job != PLAN_NONE &&
		plan_job_state(board->plan, job) == PLAN_RUNNING;
}

/* When the others' job will be over, by what it took before. */
static int until(const struct board *board, const struct allocation_row *row,
		 int64_t *at, struct error *err)
{
	int64_t now = clock_now_ms(), ms;

	if (!row->owner.pid) {
		*at = now + PERSONS_MS;
		return 0;
	}
	if (job_expected_ms(board->db, row->job, &ms, err) < 0)
		return -1;
	*at = row->since + ms;
	if (ms < 0 || *at <= now)
		*at = now + OTHERS_MS;
	return 0;
}

size_t board_find_host(const struct board *board, const char *name)
{
	for (size_t h = 0; h < board->hosts.count; h++)
		if (strcmp(board->hosts.v[h], name) == 0)
			return h;
	return PLAN_NONE;
}

static int look(struct board *board, const struct allocation_rows *rows,
		int64_t *taken, uint64_t *hash, struct error *err)
{
	struct board_kept *kept = board_kept(board);

	for (size_t h = 0; h < board->hosts.count; h++) {
		free(kept[h].holder);
		kept[h].holder = NULL;
	}
	for (size_t i = 0; i < rows->count; i++) {
		const struct allocation_row *row = &rows->v[i];
		size_t h = board_find_host(board, row->host);
		AUTO_FREE char *since = NULL;

		if (h == PLAN_NONE || is_ours(board, row) ||
		    (row->owner.pid && !owner_alive(&row->owner)))
			continue;
		if (until(board, row, &taken[h], err) < 0)
			return -1;
		since = board_clock(row->since, clock_now_ms());
		kept[h].holder = xasprintf("%s.%s's since %s", row->flight,
					   row->job, since);
		kept[h].owner = row->owner;
		*hash = board_hash(board_hash(*hash, row->host), row->job);
	}
	return 0;
}

int board_look(struct board *board, struct error *err)
{
	AUTO_FREE int64_t *taken = xcalloc(board->hosts.count + 1,
					   sizeof(*taken));
	struct allocation_rows rows;
	uint64_t hash = HASH_START;
	int rc, changed;

	if (allocation_list(board->db, &rows, err) < 0)
		return -1;
	rc = look(board, &rows, taken, &hash, err);
	allocation_rows_release(&rows);
	if (rc == 0)
		rc = board_read_wants(board, taken, &hash, err);
	if (rc < 0)
		return -1;
	changed = hash != board->others;
	for (size_t h = 0; h < board->hosts.count && changed; h++)
		plan_host_taken(board->plan, h, taken[h]);
	board->others = hash;
	return changed;
}

/* A job that somebody runs at this moment, on the hosts that it has. */
static int begin_running(struct board *board, size_t j, struct error *err)
{
	const struct board_job *job = &board->jobs[j];
	struct plan_start start = { .job = j };
	struct allocation_rows rows;

	if (allocation_list(board->db, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++) {
		size_t h = board_find_host(board, rows.v[i].host);

		if (strcmp(rows.v[i].flight, board->flight) == 0 &&
		    strcmp(rows.v[i].job, job->job) == 0 &&
		    h != PLAN_NONE && start.roles < PLAN_ROLES_MAX)
			start.hosts[start.roles++] = h;
	}
	allocation_rows_release(&rows);
	plan_begin(board->plan, &start, job->row.started);
	return 0;
}

void board_begin_plan(struct board *board)
{
	board->plan = plan_new((size_t)config_number(board->config,
						     LOCAL_SETTING),
			       guess, board);
}

int board_fill_plan(struct board *board, const struct runvars *vars,
		    bool (*keep)(const struct job_row *row),
		    struct error *err)
{
	if (learn_all(board, err) < 0)
		return -1;
	for (size_t j = 0; j < board->count; j++)
		plan_job(board, j, vars);
	plan_ready(board->plan);
	for (size_t j = 0; j < board->count; j++) {
		const struct job_row *row = &board->jobs[j].row;

		if (board->only)
			continue;	/* it waits, whatever became of it */
		if (row->status == JOB_PASS)
			plan_end(board->plan, j, PLAN_END_PASS);
		else if (row->owner.pid && owner_alive(&row->owner)) {
			if (begin_running(board, j, err) < 0)
				return -1;
		} else if (job_status_final(row->status) && keep && keep(row))
			plan_end(board->plan, j, PLAN_END_FAIL);
	}
	return 0;
}
