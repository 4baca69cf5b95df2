/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "db/flights.h"
#include "db/history.h"
#include "db/runvars.h"
#include "db/wants.h"
#include "flight/board.h"
#include "flight/failed_on.h"
#include "flight/run.h"
#include "host/host.h"
#include "run/recipe.h"

#define ALLOCATE "ts-hosts-allocate"
#define PLACES_MAX 60
/* A host that broke its jobs is tried again after that. */
#define REST_MS (12 * 60 * 60 * 1000)

/* --- jobs ---------------------------------------------------------------- */

static void job_release(struct board_job *job)
{
	free(job->job);
	free(job->recipe);
	free(job->failed_on);
	job_row_release(&job->row);
	strvec_release(&job->idents);
	strvec_release(&job->wanted);
	strvec_release(&job->flags);
	strvec_release(&job->broken_on);
	for (size_t i = 0; i < job->place_count; i++)
		free(job->places[i].host);
	free(job->places);
}

void board_release(struct board *board)
{
	for (size_t i = 0; i < board->count; i++)
		job_release(&board->jobs[i]);
	for (size_t i = 0; i < board->hosts.count && board->host_rows; i++)
		host_free(board->host_rows[i]);
	free(board->jobs);
	free(board->host_rows);
	strvec_release(&board->hosts);
	durations_free(board->durations);
	board_ready_free(board);
	board_kept_free(board);
	plan_free(board->plan);
	free(board->flight);
	free(board->intended);
	*board = (struct board){ .hosts = STRVEC_INIT };
}

/* The definition of a job's runvar in the flight's, or NULL. */
static const char *definition(const struct board *board,
			      const struct runvars *vars, const char *job,
			      const char *name)
{
	for (size_t i = 0; i < vars->count; i++)
		if ((board->again || !vars->v[i].synth) &&
		    strcmp(vars->v[i].job, job) == 0 &&
		    strcmp(vars->v[i].name, name) == 0)
			return vars->v[i].value;
	return NULL;
}

static void want_host(const struct board *board, struct board_job *job,
		      const struct runvars *vars, const char *ident)
{
	AUTO_FREE char *own = xasprintf("%s_hostflags", ident);
	const char *host = definition(board, vars, job->job, ident);

	if (!host)
		host = host_wish_of_job(board->config, ident, job->job);
	if (host && host_is_local(host))
		return;
	strvec_push(&job->idents, ident);
	strvec_push(&job->wanted, str_or(host, ""));
	strvec_pushf(&job->flags, "%s %s",
		     str_or(definition(board, vars, job->job,
				       "all_hostflags"), ""),
		     str_or(definition(board, vars, job->job, own), ""));
}

static int want_hosts(const struct board *board, struct board_job *job,
		      const struct runvars *vars, struct error *err)
{
	struct recipe *recipe;

	if (recipe_load(&recipe, job->recipe, err) < 0)
		return error_prefix(err, "job %s.%s", board->flight, job->job);
	for (size_t i = 0; i < recipe->count; i++) {
		const struct strvec *argv = &recipe->steps[i].argv;

		for (size_t a = 1; a < argv->count &&
		     strcmp(argv->v[0], ALLOCATE) == 0; a++)
			if (strvec_has(&recipe->hosts, argv->v[a]) &&
			    !strvec_has(&job->idents, argv->v[a]) &&
			    job->idents.count < PLAN_ROLES_MAX)
				want_host(board, job, vars, argv->v[a]);
	}
	recipe_free(recipe);
	return 0;
}

static int read_places(const struct board *board, struct board_job *job,
		       struct error *err)
{
	struct history_rows rows;

	if (history_of_job(board->db, job->job, PLACES_MAX, &rows, err) < 0)
		return -1;
	job->places = xcalloc(rows.count + 1, sizeof(*job->places));
	for (size_t i = 0; i < rows.count; i++)
		job->places[job->place_count++] = (struct board_place){
			xstrdup(rows.v[i].host), rows.v[i].finished,
		};
	job->failed_on = xstrdup(failed_on(&rows, clock_now_ms()));
	history_rows_release(&rows);
	return 0;
}

/* The hosts that a run had which is to be carried on. */
static void want_again(struct board_job *job, const struct history_row *row)
{
	for (size_t i = 0; i < job->idents.count; i++) {
		if (!row->ident || strcmp(job->idents.v[i], row->ident) != 0)
			continue;
		free(job->wanted.v[i]);
		job->wanted.v[i] = xstrdup(row->host);
	}
}

/*
 * A job that waits because it was broken wants other hosts than it was broken
 * on; one that was cut off wants the same.
 */
static int read_run(const struct board *board, struct board_job *job,
		    struct error *err)
{
	const struct job_row *now = &job->row;
	struct history_rows rows;

	if (!now->run || job_status_final(now->status) || board->only)
		return 0;
	if (history_of_runs(board->db, board->flight, job->job, &rows,
			    err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++) {
		const struct history_row *row = &rows.v[i];

		if (row->run != now->run || !row->host)
			continue;
		if (now->status != JOB_QUEUED)
			want_again(job, row);
		else if (row->status == JOB_BROKEN)
			strvec_push(&job->broken_on, row->host);
	}
	history_rows_release(&rows);
	return 0;
}

static int add_job(struct board *board, const struct job_row *row,
		   const struct runvars *vars, struct error *err)
{
	struct board_job *job = &board->jobs[board->count++];

	job->job = xstrdup(row->job);
	job->recipe = xstrdup(row->recipe);
	strvec_init(&job->idents);
	strvec_init(&job->wanted);
	strvec_init(&job->flags);
	strvec_init(&job->broken_on);
	if (board_read_job(board, board->count - 1, err) < 0 ||
	    want_hosts(board, job, vars, err) < 0 ||
	    read_places(board, job, err) < 0)
		return -1;
	return read_run(board, job, err);
}

int board_read_job(struct board *board, size_t job, struct error *err)
{
	struct board_job *j = &board->jobs[job];
	struct job_row row;

	if (job_get(board->db, board->flight, j->job, &row, err) < 0)
		return -1;
	job_row_release(&j->row);
	j->row = row;
	return 0;
}

size_t board_find_job(const struct board *board, const char *name)
{
	for (size_t i = 0; i < board->count; i++)
		if (strcmp(board->jobs[i].job, name) == 0)
			return i;
	return PLAN_NONE;
}

/* --- hosts --------------------------------------------------------------- */

/* A host that a runvar names need not be in any inventory. */
static void add_wanted_hosts(struct board *board)
{
	for (size_t i = 0; i < board->count; i++)
		for (size_t r = 0; r < board->jobs[i].wanted.count; r++) {
			const char *host = board->jobs[i].wanted.v[r];

			if (*host && !strvec_has(&board->hosts, host))
				strvec_push(&board->hosts, host);
		}
}

static int read_host(struct board *board, size_t h, struct error *err)
{
	if (host_load(&board->host_rows[h], board->db, board->config,
		      board->hosts.v[h], err) == 0)
		return 0;
	board->host_rows[h] = NULL;
	return err->kind == ERROR_USAGE ? 0 : -1;
}

static int add_hosts(struct board *board, struct error *err)
{
	if (host_names(board->db, board->config, &board->hosts, err) < 0)
		return -1;
	add_wanted_hosts(board);
	board->host_rows = xcalloc(board->hosts.count + 1,
				   sizeof(struct host *));
	for (size_t h = 0; h < board->hosts.count; h++) {
		int broken = 0;

		if (read_host(board, h, err) < 0 ||
		    (!board->only &&
		     history_broken_in_row(board->db, board->hosts.v[h],
					   PLAN_BROKEN_LIMIT,
					   clock_now_ms() - REST_MS, &broken,
					   err) < 0))
			return -1;
		plan_add_host(board->plan, board->hosts.v[h], broken, 0);
	}
	return 0;
}

bool board_host_lacks(const struct board *board, size_t h, const char *words,
		       struct strvec *lacks)
{
	const struct host *host = board->host_rows[h];
	AUTO_STRVEC flags = STRVEC_INIT;

	strvec_split(&flags, words, ", ");
	if (host)
		return host_lacks(host, &flags, board->intended, lacks);
	strvec_pushv(lacks, flags.v);
	return lacks->count > 0;
}

bool board_host_will_do(const struct board *board,
			const struct board_job *job, size_t role, size_t h)
{
	AUTO_STRVEC lacks = STRVEC_INIT;
	const char *name = board->hosts.v[h];

	if (*job->wanted.v[role])
		return strcmp(job->wanted.v[role], name) == 0;
	return !strvec_has(&job->broken_on, name) &&
		!board_host_lacks(board, h, job->flags.v[role], &lacks);
}

void board_sets(struct board *board, size_t j, size_t sets[PLAN_ROLES_MAX])
{
	const struct board_job *job = &board->jobs[j];
	AUTO_FREE size_t *hosts = xcalloc(board->hosts.count + 1,
					  sizeof(*hosts));

	for (size_t role = 0; role < job->idents.count; role++) {
		size_t count = 0;

		for (size_t h = 0; h < board->hosts.count; h++)
			if (board_host_will_do(board, job, role, h))
				hosts[count++] = h;
		sets[role] = plan_add_set(board->plan, hosts, count);
	}
}

static bool has_host_left(const struct board *board,
			  const struct board_job *job, size_t role)
{
	for (size_t h = 0; h < board->hosts.count; h++)
		if (board_host_will_do(board, job, role, h) &&
		    !plan_host_left_out(board->plan, h) &&
		    !strvec_has(&job->broken_on, board->hosts.v[h]))
			return true;
	return false;
}

bool board_elsewhere(struct board *board, size_t j)
{
	struct board_job *job = &board->jobs[j];
	size_t hosts[PLAN_ROLES_MAX];
	size_t count = plan_job_hosts(board->plan, j, hosts);

	for (size_t i = 0; i < count; i++)
		strvec_push(&job->broken_on, board->hosts.v[hosts[i]]);
	for (size_t role = 0; role < count; role++)
		if (!has_host_left(board, job, role))
			return false;
	return count > 0;
}

/* --- all of it ----------------------------------------------------------- */

static int read_jobs(struct board *board, const struct runvars *vars,
		     struct error *err)
{
	struct job_rows rows = { .v = NULL };
	AUTO_STRVEC order = STRVEC_INIT;
	int rc;

	if (job_list(board->db, board->flight, &rows, err) < 0)
		return -1;
	/* in a circle nothing would ever begin */
	rc = flight_order(&rows, vars, &order, err);
	board->jobs = xcalloc(rows.count + 1, sizeof(*board->jobs));
	for (size_t i = 0; i < rows.count && rc == 0; i++)
		if (!board->only || strcmp(rows.v[i].job, board->only) == 0)
			rc = add_job(board, &rows.v[i], vars, err);
	job_rows_release(&rows);
	return rc;
}

static int load(struct board *board, bool (*keep)(const struct job_row *row),
		struct error *err)
{
	struct runvars vars = { .v = NULL };
	int rc;

	if (runvar_list(board->db, board->flight, NULL, &vars, err) < 0)
		return -1;
	board_begin_plan(board);
	rc = read_jobs(board, &vars, err);
	if (rc == 0)
		rc = add_hosts(board, err);
	if (rc == 0)
		rc = board_fill_plan(board, &vars, keep, err);
	runvars_release(&vars);
	if (rc < 0 || board_look(board, err) < 0)
		return -1;
	return board_read_ready(board, err);
}

static int load_flight(struct board *board,
		       bool (*keep)(const struct job_row *row),
		       struct error *err)
{
	struct flight_row row;

	if (flight_get(board->db, board->flight, &row, err) == 0) {
		board->intended = xstrdup(row.intended);
		flight_row_release(&row);
		if (flight_priority(board->db, board->flight,
				    &board->priority, &board->since,
				    err) == 0 && load(board, keep, err) == 0)
			return 0;
	}
	board_release(board);
	return -1;
}

int board_load(struct board *board, const struct config *config,
	       struct db *db, const char *flight,
	       bool (*keep)(const struct job_row *row), struct error *err)
{
	*board = (struct board){
		.config = config, .db = db, .flight = xstrdup(flight),
		.hosts = STRVEC_INIT,
	};
	return load_flight(board, keep, err);
}

int board_load_job(struct board *board, const struct config *config,
		   struct db *db, const char *flight, const char *job,
		   bool again, struct error *err)
{
	*board = (struct board){
		.config = config, .db = db, .flight = xstrdup(flight),
		.hosts = STRVEC_INIT, .only = job, .again = again,
	};
	return load_flight(board, NULL, err);
}
