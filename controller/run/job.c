/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "config/state.h"
#include "db/flights.h"
#include "db/hosts.h"
#include "run/consoles.h"
#include "run/guard.h"
#include "run/hold.h"
#include "run/job.h"
#include "run/lanes.h"
#include "run/orphans.h"
#include "run/pause.h"
#include "run/resume.h"
#include "run/room.h"
#include "run/simulate.h"

#define TICK_US 1000000
#define NO_LIMIT_MS (10LL * 365 * 86400 * 1000)
#define BEATS 8			/* within the watchdog's limit */

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, JOB_STOP_SIGNAL };

/* Who asked has written into the row why, and may ask more than once. */
static void stop(struct job_state *state)
{
	const struct step_context *ctx = &state->ctx;
	struct job_row row = { .reason = NULL };

	if (state->aborts && !state->held)
		return;
	if (job_get(ctx->db, ctx->flight, ctx->job, &row, NULL) == 0 &&
	    row.reason && strcmp(row.reason, str_or(state->held_reason, "")))
		lanes_abort(state, row.reason);
	else
		lanes_abort(state, "stopped by hand");
	job_row_release(&row);
}

static int on_signal(sd_event_source *source,
		     const struct signalfd_siginfo *si, void *arg)
{
	int number = (int)si->ssi_signo;
	AUTO_FREE char *reason = xasprintf("stopped by SIG%s",
					   sigabbrev_np(number));

	(void)source;
	if (number == JOB_STOP_SIGNAL)
		stop(arg);
	else
		lanes_abort(arg, reason);
	return 0;
}

static int on_tick(sd_event_source *source, uint64_t now, void *arg)
{
	struct job_state *state = arg;

	guard_beat(state->ctx.guard);
	lanes_tick(state);
	progress_tick(state->ctx.progress);
	sd_event_source_set_time(source, now + state->tick_us);
	return sd_event_source_set_enabled(source, SD_EVENT_ON);
}

/* sd-event takes signals and children's ends only while they are blocked. */
static int block_signals(sigset_t *before, struct error *err)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&blocked, signals[i]);
	if (sigprocmask(SIG_BLOCK, &blocked, before) < 0)
		return error_errno(err, "cannot block signals");
	signal(SIGPIPE, SIG_IGN);	/* a reader of our output may go */
	return 0;
}

static int on_job_limit(sd_event_source *source, uint64_t now, void *arg)
{
	(void)source;
	(void)now;
	lanes_job_limit(arg);
	return 0;
}

static int add_timer(struct job_state *state, sd_event_source **source,
		     uint64_t us, sd_event_time_handler_t handler)
{
	return sd_event_add_time_relative(state->ctx.event, source,
					  CLOCK_MONOTONIC, us,
					  us < TICK_US ? us / 10 :
							 TICK_US / 10,
					  handler, state);
}

static int open_events(struct job_state *state, struct error *err)
{
	int rc = sd_event_new(&state->ctx.event);

	for (size_t i = 0; i < ARRAY_SIZE(signals) && rc >= 0; i++)
		rc = sd_event_add_signal(state->ctx.event, NULL, signals[i],
					 on_signal, state);
	if (rc >= 0)
		rc = add_timer(state, NULL, state->tick_us, on_tick);
	if (rc >= 0 && state->ctx.job_limit_ms)
		rc = add_timer(state, &state->limit_timer,
			       state->ctx.job_limit_ms * 1000, on_job_limit);
	if (rc >= 0)
		return 0;
	errno = -rc;
	return error_errno(err, "cannot make an event loop");
}

/* From here on somebody else sees when we hang or die. */
static int open_guard(struct job_state *state, int64_t limit_ms,
		      struct error *err)
{
	struct step_context *ctx = &state->ctx;
	const struct guard_spec spec = {
		.event = ctx->event, .flight = ctx->flight, .job = ctx->job,
		.run = ctx->run, .limit_ms = limit_ms,
	};

	ctx->slack_ms = ctx->grace_ms + limit_ms;
	if (!limit_ms)
		return 0;
	if (guard_start(&ctx->guard, &spec, err) < 0)
		return -1;
	guard_promise(ctx->guard, ctx->job_limit_ms ?
		      ctx->job_limit_ms + ctx->slack_ms : NO_LIMIT_MS);
	return 0;
}

/* Does it begin in the middle, where hosts have been chosen already? */
static int leave_out(struct job_state *state,
		     const struct step_selection *selection, struct error *err)
{
	const struct recipe *recipe = state->recipe;
	AUTO_FREE bool *wanted = xcalloc(recipe->count + 1, sizeof(*wanted));

	if (select_steps(recipe, selection, wanted, err) < 0)
		return -1;
	for (size_t i = 0; i < recipe->count; i++)
		state->results[i].left_out = !wanted[i];
	return !wanted[0];
}

/* Whoever started us did so before somebody gave the job a verdict. */
static int check_number(const struct step_context *ctx, int wanted,
			struct error *err)
{
	if (!wanted || ctx->run == wanted)
		return 0;
	return error_set(err, ERROR_AGAIN, "job %s.%s was to begin its run "
			 "%d, but has had one since", ctx->flight, ctx->job,
			 wanted);
}

/* Another run, with the hosts of the one before when they are needed. */
static int begin_anew(struct job_state *state,
		      const struct job_run_options *options, bool middle,
		      struct error *err)
{
	struct step_context *ctx = &state->ctx;

	if (db_begin(ctx->db, err) < 0)
		return -1;
	if (job_begin_run(ctx->db, ctx->flight, ctx->job,
			  middle || options->keep_runvars, &ctx->run,
			  err) < 0 ||
	    check_number(ctx, options->begins_run, err) < 0 ||
	    (middle && resume_hosts(state, err) < 0)) {
		db_rollback(ctx->db);
		return -1;
	}
	return db_commit(ctx->db, err);
}

char *job_logs(const struct config *config, const char *flight,
	       const char *job, int run)
{
	return xasprintf("%s/%s/%s/%d", config_get(config, "Logs"), flight,
			 job, run);
}

/* A run-job that was killed could not end what its steps had begun. */
static int end_orphans(const struct job_state *state,
		       const struct config *config, struct error *err)
{
	const struct step_context *ctx = &state->ctx;
	AUTO_FREE char *logs = NULL;
	struct orphans orphans;
	struct job_row row;
	bool cut_off;
	int run;

	if (job_get(ctx->db, ctx->flight, ctx->job, &row, err) < 0)
		return -1;
	cut_off = row.owner.pid && !owner_alive(&row.owner);
	run = row.run;
	job_row_release(&row);
	if (!cut_off)
		return 0;
	logs = job_logs(config, ctx->flight, ctx->job, run);
	orphans = (struct orphans){ .logs = logs };
	if (orphans_kill(&orphans, err) < 0)
		return -1;
	return orphans_await_steps(ctx->db, ctx->flight, ctx->job, run, err);
}

static int begin_run(struct job_state *state,
		     const struct job_run_options *options, struct error *err)
{
	struct step_context *ctx = &state->ctx;
	int middle = leave_out(state, &options->steps, err);

	if (middle < 0 || pause_check(state, err) < 0 ||
	    flight_touch(ctx->db, ctx->flight, err) < 0)
		return -1;
	ctx->next_stepno = 1;
	if (!options->resume)
		return begin_anew(state, options, middle, err);
	if (job_resume_run(ctx->db, ctx->flight, ctx->job, &ctx->run,
			   err) < 0)
		return -1;
	return resume_run(state, err);
}

static int run_steps(struct job_state *state, const struct config *config,
		     struct error *err)
{
	struct step_context *ctx = &state->ctx;

	ctx->logs = job_logs(config, ctx->flight, ctx->job, ctx->run);
	if (dir_make(ctx->logs, 0755, err) < 0 ||
	    open_events(state, err) < 0 ||
	    open_guard(state, config_duration_ms(config, "WatchdogLimit"),
		       err) < 0 ||
	    consoles_open(&ctx->consoles, state, config, err) < 0)
		return -1;
	return lanes_run(state, err);
}

static int write_end(void *arg, struct error *err)
{
	struct job_state *state = arg;
	const struct step_context *ctx = &state->ctx;
	const char *reason = state->simulate && state->fate == JOB_PASS ?
		SIMULATED_REASON : state->reason;

	if (db_begin(ctx->db, err) < 0)
		return -1;
	if (hosts_free_own(ctx->db, ctx->flight, ctx->job, err) < 0 ||
	    job_end_run(ctx->db, ctx->flight, ctx->job, state->fate,
			reason, err) < 0) {
		db_rollback(ctx->db);
		return -1;
	}
	return db_commit(ctx->db, err);
}

/* The job's verdict, and its hosts free for others. */
static int end_run(struct job_state *state, struct error *err)
{
	return room_write(&state->ctx, write_end, state, err);
}

/* The verdict is told now; the job is in our hands until the hold is over. */
static int hold(struct job_state *state, int64_t limit_ms, struct error *err)
{
	const struct step_context *ctx = &state->ctx;
	AUTO_FREE char *why = xasprintf("%s, %s", job_status_name(state->fate),
					str_or(state->reason,
					       "no reason known"));

	if (job_end_run(ctx->db, ctx->flight, ctx->job, state->fate,
			state->reason, err) < 0 ||
	    job_set_owner(ctx->db, ctx->flight, ctx->job, &ctx->owner,
			  err) < 0 ||
	    hold_hosts(state, why, limit_ms, err) < 0 ||
	    hosts_free_own(ctx->db, ctx->flight, ctx->job, err) < 0)
		return -1;
	return job_set_owner(ctx->db, ctx->flight, ctx->job, NULL, err);
}

static bool is_to_be_held(const struct job_state *state,
			  const struct job_run_options *options)
{
	return options->hold_ms &&
	       (state->fate == JOB_FAIL || state->fate == JOB_BROKEN);
}

/*
 * A run that we could not carry through is broken, and says why. One that only
 * could not be written down just now is cut off, for --resume.
 */
static void end_broken(struct job_state *state, const struct error *why)
{
	if (why->kind == ERROR_AGAIN)
		return;
	state->fate = JOB_BROKEN;
	free(state->reason);
	state->reason = xstrdup(why->text);
	if (end_run(state, NULL) < 0)
		return;		/* the same database trouble: told already */
}

/* The verdict of a job that took a while survives a power cut. */
static int end_for_good(struct job_state *state,
			const struct job_run_options *options,
			struct error *err)
{
	struct db *db = state->ctx.db;
	bool slow = clock_mono_ms() - state->began >= DURABLE_MS;
	int rc;

	if (slow && db_set_durable(db, true, err) < 0)
		return -1;
	rc = is_to_be_held(state, options) ?
		hold(state, options->hold_ms, err) : end_run(state, err);
	if (slow && db_set_durable(db, false, rc < 0 ? NULL : err) < 0)
		rc = -1;
	return rc;
}

static void take_settings(struct job_state *state,
			  const struct config *config)
{
	struct step_context *ctx = &state->ctx;
	int64_t beat_us = config_duration_ms(config, "WatchdogLimit") *
		1000 / BEATS;

	ctx->default_limit_ms = config_duration_ms(config, "StepLimit");
	ctx->grace_ms = config_duration_ms(config, "StepGrace");
	ctx->log_max = config_number(config, "StepLogMax");
	ctx->pause_limit_ms = config_duration_ms(config, "PauseLimit");
	ctx->room_limit_ms = config_duration_ms(config, "RoomLimit");
	state->tick_us = beat_us && beat_us < TICK_US ? (uint64_t)beat_us :
							TICK_US;
	ctx->job_limit_ms = state->recipe->limit_ms ?
		state->recipe->limit_ms : config_duration_ms(config, "JobLimit");
}

static int run_all(struct job_state *state, const struct config *config,
		   const struct job_run_options *options, struct error *err)
{
	struct step_context *ctx = &state->ctx;

	state->began = clock_mono_ms();
	take_settings(state, config);
	starved_begin(&ctx->starved);
	owner_self(&ctx->owner);
	ctx->show_logs = options->show_logs;
	ctx->env = options->env;
	state->holds = options->hold_ms;
	if (end_orphans(state, config, err) < 0 ||
	    begin_run(state, options, err) < 0)
		return -1;
	if (run_steps(state, config, err) < 0) {
		end_broken(state, err);
		return -1;
	}
	return end_for_good(state, options, err);
}

static int run_recipe(struct job_state *state, const struct config *config,
		      const struct job_run_options *options,
		      struct error *err)
{
	sigset_t before;
	int rc;

	if (block_signals(&before, err) < 0)
		return -1;
	state->results = xcalloc(state->recipe->count,
				 sizeof(*state->results));
	state->ctx.progress = progress_new(options->quiet);
	rc = run_all(state, config, options, err);
	consoles_close(state->ctx.consoles);
	guard_stop(state->ctx.guard);
	progress_free(state->ctx.progress);
	sd_event_source_disable_unref(state->limit_timer);
	sd_event_unref(state->ctx.event);
	/* a wish that came when all was over must not end what follows */
	signal(JOB_STOP_SIGNAL, SIG_IGN);
	sigprocmask(SIG_SETMASK, &before, NULL);
	free(state->ctx.logs);
	free(state->results);
	return rc;
}

int job_run_recipe(const struct config *config, struct db *db,
		   const char *flight, const char *job,
		   const struct recipe *recipe,
		   const struct job_run_options *options,
		   enum job_status *status, struct error *err)
{
	struct job_state state = {
		.ctx = { .db = db, .flight = flight, .job = job },
		.fate = JOB_PASS, .recipe = recipe,
		.simulate = simulate_wanted(),
	};
	int rc;

	if (simulate_check(db, flight, err) < 0)
		return -1;
	if (state_check_room(config, NULL, err) < 0)
		return error_prefix(err, "job %s.%s cannot begin", flight,
				    job);
	rc = run_recipe(&state, config, options, err);
	if (rc == 0)
		*status = state.fate;
	free(state.reason);
	return rc;
}

int job_run(const struct config *config, struct db *db, const char *flight,
	    const char *job, const struct job_run_options *options,
	    enum job_status *status, struct error *err)
{
	struct recipe *recipe;
	int rc;

	if (recipe_load_job(&recipe, db, flight, job, err) < 0)
		return -1;
	rc = job_run_recipe(config, db, flight, job, recipe, options, status,
			    err);
	recipe_free(recipe);
	return rc;
}
