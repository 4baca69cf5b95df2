/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "config/state.h"
#include "db/flights.h"
#include "db/wants.h"
#include "flight/priority.h"
#include "flight/run.h"
#include "flight/state.h"
#include "run/job.h"
#include "run/outcome.h"
#include "run/simulate.h"

#define STARTS_MAX 16
#define DRAW_US 1000000
/* Commits come in bursts; one look is enough for all of one. */
#define BURST_US 20000
/* A process that is killed frees its hosts without writing anything. */
#define LOOK_US 5000000

/* Does the flight have the job that a runvar names? */
static bool names_job(const struct runvar *var, const struct job_rows *jobs)
{
	if (!str_ends(var->name, "job"))
		return false;
	for (size_t i = 0; i < jobs->count; i++)
		if (strcmp(jobs->v[i].job, var->value) == 0)
			return true;
	return false;
}

static bool is_ready(const char *job, const struct job_rows *jobs,
		     const struct runvars *vars, const struct strvec *done)
{
	for (size_t i = 0; i < vars->count; i++)
		if (strcmp(vars->v[i].job, job) == 0 &&
		    names_job(&vars->v[i], jobs) &&
		    !strvec_has(done, vars->v[i].value))
			return false;
	return true;
}

int flight_order(const struct job_rows *jobs, const struct runvars *vars,
		 struct strvec *order, struct error *err)
{
	size_t before;

	do {
		before = order->count;
		for (size_t i = 0; i < jobs->count; i++)
			if (!strvec_has(order, jobs->v[i].job) &&
			    is_ready(jobs->v[i].job, jobs, vars, order))
				strvec_push(order, jobs->v[i].job);
	} while (order->count > before);
	for (size_t i = 0; i < jobs->count; i++)
		if (!strvec_has(order, jobs->v[i].job))
			return error_set(err, ERROR_USAGE, "flight %s: job %s "
					 "depends, through others, on itself",
					 jobs->v[i].flight, jobs->v[i].job);
	return 0;
}

/* --- what is due --------------------------------------------------------- */

/* 1: there is none, and nothing more is to be begun. */
static int check_room(struct flight_state *state, struct error *err)
{
	if (state->no_room || state_check_room(state->config, NULL,
					       err) == 0)
		return state->no_room;
	if (!state->running)
		return error_prefix(err, "flight %s cannot go on",
				    state->flight);
	flight_view_line(state->view, "waits", "%s", err->text);
	state->no_room = true;
	return 1;
}

static int start_all(struct flight_state *state, struct error *err)
{
	struct plan_start starts[STARTS_MAX];
	bool taken = false;	/* by others; their next commit wakes us */
	size_t count;

	do {
		count = plan_choose(state->board.plan, clock_now_ms(), starts,
				    STARTS_MAX);
		for (size_t i = 0; i < count; i++) {
			int rc = flight_start(state, &starts[i], err);

			if (rc < 0)
				return -1;
			taken |= rc > 0;
		}
	} while (count && !taken);
	return 0;
}

static size_t count_waiting(const struct flight_state *state)
{
	size_t waiting = 0;

	for (size_t j = 0; j < state->board.count; j++)
		waiting += plan_job_state(state->board.plan, j) ==
			PLAN_WAITING;
	return waiting;
}

int flight_turn(struct flight_state *state, struct error *err)
{
	int rc = 0;

	if (!state->stops && flight_settle(state, err) < 0)
		return -1;
	if (!state->stops && count_waiting(state)) {
		rc = board_read_ready(&state->board, err);
		if (rc == 0)
			rc = check_room(state, err);
		if (rc == 0)
			rc = start_all(state, err);
		if (rc < 0)
			return -1;
	}
	if (!state->running && (state->stops || state->no_room ||
				!count_waiting(state)))
		sd_event_exit(state->event, 0);
	flight_view_draw(state->view);
	return flight_tell_wants(state, err);
}

/* --- events -------------------------------------------------------------- */

/* run-jobs lead their own process groups: a Ctrl-C reaches only us. */
static int on_signal(sd_event_source *source,
		     const struct signalfd_siginfo *si, void *arg)
{
	struct flight_state *state = arg;
	struct error err = ERROR_INIT;
	bool asked = si->ssi_signo == JOB_STOP_SIGNAL;

	(void)source;
	state->stops++;
	flight_view_line(state->view, "stops", "%s%s: the jobs that run are "
			 "stopped, no other is begun", asked ? "" : "SIG",
			 asked ? "flight stop" :
			 sigabbrev_np((int)si->ssi_signo));
	/* flight stop tells them itself, with its reason */
	for (size_t j = 0; j < state->board.count && !asked; j++)
		if (state->children[j].pid)
			kill(state->children[j].pid, (int)si->ssi_signo);
	return flight_turn(state, &err) < 0 ? flight_leave(state, &err) : 0;
}

/* What others did to hosts may let a job begin. */
static int look(struct flight_state *state)
{
	struct error err = ERROR_INIT;
	int stopped, changed;

	if (!count_waiting(state))
		return 0;
	stopped = flight_take_stops(state, &err);
	changed = stopped < 0 ? -1 : board_look(&state->board, &err);
	changed = changed < 0 ? -1 : changed | stopped;
	if (changed < 0 || (changed ? flight_turn(state, &err) :
			    flight_tell_wants(state, &err)) < 0)
		return flight_leave(state, &err);
	return 0;
}

static int on_later(sd_event_source *source, uint64_t now, void *arg)
{
	(void)source;
	(void)now;
	return look(arg);
}

static int on_database(sd_event_source *source,
		       const struct inotify_event *event, void *arg)
{
	struct flight_state *state = arg;
	int on;

	(void)source;
	(void)event;
	if (sd_event_source_get_enabled(state->later, &on) < 0 ||
	    on != SD_EVENT_OFF)
		return 0;
	sd_event_source_set_time_relative(state->later, BURST_US);
	return sd_event_source_set_enabled(state->later, SD_EVENT_ONESHOT);
}

static int on_look(sd_event_source *source, uint64_t now, void *arg)
{
	sd_event_source_set_time(source, now + LOOK_US);
	sd_event_source_set_enabled(source, SD_EVENT_ON);
	return look(arg);
}

static int on_draw(sd_event_source *source, uint64_t now, void *arg)
{
	struct flight_state *state = arg;

	flight_view_draw(state->view);
	sd_event_source_set_time(source, now + DRAW_US);
	return sd_event_source_set_enabled(source, SD_EVENT_ON);
}

static int add_timer(struct flight_state *state, sd_event_source **source,
		     uint64_t us, sd_event_time_handler_t handler)
{
	return sd_event_add_time_relative(state->event, source,
					  CLOCK_MONOTONIC, us, us / 10,
					  handler, state);
}

static int open_events(struct flight_state *state, struct error *err)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP,
				       JOB_STOP_SIGNAL };
	AUTO_FREE char *log = xasprintf("%s-wal", config_get(state->config,
							     "JobDB"));
	int rc = sd_event_new(&state->event);

	for (size_t i = 0; i < ARRAY_SIZE(signals) && rc >= 0; i++)
		rc = sd_event_add_signal(state->event, NULL, signals[i],
					 on_signal, state);
	if (rc >= 0)
		rc = add_timer(state, &state->later, BURST_US, on_later);
	if (rc >= 0)
		rc = sd_event_source_set_enabled(state->later, SD_EVENT_OFF);
	if (rc >= 0)
		rc = sd_event_add_inotify(state->event, &state->database, log,
					  IN_MODIFY, on_database, state);
	if (rc >= 0)
		rc = add_timer(state, NULL, LOOK_US, on_look);
	if (rc >= 0 && flight_view_live(state->view))
		rc = add_timer(state, NULL, DRAW_US, on_draw);
	if (rc >= 0)
		return 0;
	errno = -rc;
	return error_errno(err, "cannot make an event loop");
}

/* --- the flight ---------------------------------------------------------- */

static bool has_verdict(const struct job_row *row)
{
	return job_status_final(row->status) && row->status != JOB_ABORTED;
}

static int adopt_all(struct flight_state *state, struct error *err)
{
	for (size_t j = 0; j < state->board.count; j++) {
		enum plan_state now = plan_job_state(state->board.plan, j);

		state->children[j].settled = now == PLAN_PASSED ||
			now == PLAN_ENDED;
		if (now == PLAN_RUNNING && flight_adopt(state, j, err) < 0)
			return -1;
	}
	return 0;
}

static int run_loop(struct flight_state *state, struct error *err)
{
	int rc;

	if (open_events(state, err) < 0 || adopt_all(state, err) < 0 ||
	    flight_turn(state, err) < 0)
		return -1;
	rc = sd_event_loop(state->event);
	if (state->failed) {
		*err = state->error;
		return -1;
	}
	if (rc < 0) {
		errno = -rc;
		return error_errno(err, "the event loop ended");
	}
	if (state->no_room && !state->stops)
		return check_room(&(struct flight_state){
				  .config = state->config,
				  .flight = state->flight }, err);
	return 0;
}

/* 1: stopped before the last of them. */
static int run_jobs(struct flight_state *state,
		    const struct flight_run_options *options,
		    struct error *err)
{
	int rc;

	if (board_load(&state->board, state->config, state->db, state->flight,
		       options->resume ? has_verdict : NULL, err) < 0)
		return -1;
	state->children = xcalloc(state->board.count + 1,
				  sizeof(*state->children));
	for (size_t j = 0; j < state->board.count; j++)
		state->children[j].pidfd = state->children[j].told = -1;
	state->view = flight_view_new(&state->board, options->quiet);
	rc = run_loop(state, err);
	flight_view_free(state->view);
	/* run-jobs go on without us when we fail; the next run finds them */
	for (size_t j = 0; j < state->board.count; j++) {
		sd_event_source_disable_unref(state->children[j].source);
		close_descriptor(&state->children[j].pidfd);
		close_descriptor(&state->children[j].told);
	}
	free(state->children);
	sd_event_source_disable_unref(state->later);
	/* left to the loop (floating), an inotify source keeps it alive */
	sd_event_source_disable_unref(state->database);
	sd_event_unref(state->event);
	board_release(&state->board);
	return rc < 0 ? -1 : state->stops > 0;
}

/* A flight that was stopped stays "running": it can be run on. */
static int end_flight(struct db *db, const struct flight_row *row,
		      struct error *err)
{
	char *const running[] = { (char *)"running", NULL };

	if (flight_set_times(db, row->flight, 0, clock_now_ms(), err) < 0)
		return -1;
	return flight_bless(db, row->flight, row->intended, running, err);
}

static int find_worst(struct db *db, const char *flight,
		      enum job_status *worst, struct error *err)
{
	struct job_rows jobs = { .v = NULL };
	enum job_status found = JOB_PASS;

	if (job_list(db, flight, &jobs, err) < 0)
		return -1;
	for (size_t i = 0; i < jobs.count; i++) {
		enum job_status status = jobs.v[i].status;

		if (!job_status_final(status))
			status = JOB_BROKEN;
		if (status == JOB_STARVED)
			status = JOB_BLOCKED;
		found = outcome_join(found, status, false);
	}
	job_rows_release(&jobs);
	*worst = found;
	return 0;
}

/* 1: stopped, or nothing was left to do; 0: all have their verdict. */
static int run_flight(struct flight_state *state,
		      const struct flight_run_options *options,
		      struct error *err)
{
	char *const startable[] = { (char *)"constructing", (char *)"running",
				    NULL };

	if (flight_bless(state->db, state->flight, "running", startable,
			 err) < 0 ||
	    flight_set_times(state->db, state->flight, clock_now_ms(), 0,
			     err) < 0)
		return -1;
	return run_jobs(state, options, err);
}

/* sd-event takes signals only while they are blocked. */
static void block_signals(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, JOB_STOP_SIGNAL);
	sigprocmask(SIG_BLOCK, &set, before);
}

int flight_run(const struct config *config, struct db *db,
	       const char *flight, const struct flight_run_options *options,
	       enum job_status *worst, struct error *err)
{
	struct flight_state state = {
		.config = config, .db = db, .flight = flight,
	};
	struct owner self;
	struct flight_row row;
	sigset_t before;
	int64_t priority;
	int rc;

	owner_self(&self);
	if (simulate_check(db, flight, err) < 0 ||
	    flight_get(db, flight, &row, err) < 0)
		return -1;
	if (priority_of(config, &row, options->priority, &priority,
			err) < 0 ||
	    flight_set_runner(db, flight, &self, err) < 0 ||
	    flight_set_priority(db, flight, priority, err) < 0) {
		flight_row_release(&row);
		return -1;
	}
	block_signals(&before);
	signal(SIGPIPE, SIG_IGN);	/* a reader of our output may go */
	rc = run_flight(&state, options, err);
	if (rc == 0)
		rc = end_flight(db, &row, err);
	/* a wish that came when all was over must not end what follows */
	signal(JOB_STOP_SIGNAL, SIG_IGN);
	sigprocmask(SIG_SETMASK, &before, NULL);
	/* who asks us to stop may still be writing down of what */
	if (flight_set_runner(db, flight, NULL, rc < 0 ? NULL : err) < 0 ||
	    (rc >= 0 && find_worst(db, flight, worst, err) < 0))
		rc = -1;
	flight_row_release(&row);
	return rc;
}
