/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "run/consoles.h"
#include "run/lanes.h"
#include "run/outcome.h"
#include "run/pause.h"
#include "run/reuse.h"
#include "run/room.h"
#include "run/simulate.h"

#define ABORT_FILE "abort"

/* What a step that somebody else killed would have found out is not known. */
static bool is_news(const struct job_state *state,
		    const struct recipe_step *step, enum step_status status)
{
	return outcome_is_bad(step, status) &&
	       (status != STEP_LOST || state->fate == JOB_PASS);
}

static void set_fate(struct job_state *state, enum job_status next,
		     bool always, const char *reason)
{
	enum job_status joined = outcome_join(state->fate, next, always);

	if (joined == state->fate)
		return;
	state->fate = joined;
	free(state->reason);
	state->reason = xstrdup(reason);
}

void lanes_note(struct job_state *state, size_t i, enum step_status status,
		const char *reason)
{
	const struct recipe_step *step = &state->recipe->steps[i];
	AUTO_FREE char *sentence = NULL;

	state->results[i].done = true;
	state->results[i].status = status;
	if (!is_news(state, step, status))
		return;
	sentence = xasprintf("%s: %s", step->testid,
			     str_or(reason, step_status_name(status)));
	set_fate(state, outcome_of_job(status), step->always, sentence);
}

int lanes_lost(struct job_state *state, const char *testid, int stepno,
	       struct error *err)
{
	const struct step_context *ctx = &state->ctx;
	AUTO_FREE char *other = xasprintf("%s.lost%d", testid, stepno);

	return step_set_testid(ctx->db, ctx->flight, ctx->job, ctx->run,
			       stepno, other, err);
}

/* Only what was begun before all was over is begun again. */
static int run_again(struct job_state *state, size_t i, int stepno,
		     struct error *err)
{
	const struct recipe_step *step = &state->recipe->steps[i];
	struct step_history *history = &state->results[i].history;

	if (state->aborts > 1 ||
	    (!step->always && (state->aborts || state->fate != JOB_PASS)))
		return 0;
	history->lost++;
	history->cut_off = true;
	return lanes_lost(state, step->testid, stepno, err) < 0 ? -1 : 1;
}

int lanes_retry(struct job_state *state, size_t i, enum step_status status,
		int stepno, struct error *err)
{
	const struct recipe_step *step = &state->recipe->steps[i];
	const struct step_context *ctx = &state->ctx;
	AUTO_FREE char *testid = NULL;

	if (status == STEP_LOST)
		return run_again(state, i, stepno, err);
	if (!outcome_is_bad(step, status) || status == STEP_ABORTED ||
	    state->fate != JOB_PASS || state->results[i].tries >= step->retry)
		return 0;
	testid = xasprintf("%s.try%d", step->testid,
			   ++state->results[i].tries);
	return step_set_testid(ctx->db, ctx->flight, ctx->job, ctx->run,
			       stepno, testid, err) < 0 ? -1 : 1;
}

void lanes_abort(struct job_state *state, const char *reason)
{
	bool kill = ++state->aborts > 1;

	set_fate(state, JOB_ABORTED, false, reason);
	for (size_t i = 0; i < state->lane_count; i++) {
		struct lane *lane = &state->lanes[i];

		if (!lane->run)
			continue;
		if (kill || !state->recipe->steps[lane->current].always)
			step_stop(lane->run, STEP_STOP_ABORT, kill);
	}
}

/* "guest-start/debian, waiting for it; ..." of the steps that run. */
static void add_running(const struct job_state *state, struct strbuf *out)
{
	for (size_t i = 0; i < state->lane_count; i++) {
		const struct lane *lane = &state->lanes[i];
		const char *stage;

		if (!lane->run)
			continue;
		stage = step_stage(lane->run);
		strbuf_addf(out, "%sstep %s%s%s", out->len ? "; " : "",
			    state->recipe->steps[lane->current].testid,
			    stage ? ", " : "", str_or(stage, ""));
	}
}

void lanes_job_limit(struct job_state *state)
{
	AUTO_STRBUF seen = STRBUF_INIT;
	AUTO_FREE char *reason = NULL;
	char limit[DURATION_TEXT_SIZE];

	if (state->fate != JOB_PASS)
		return;		/* it is about to end as it is */
	add_running(state, &seen);
	reason = xasprintf("the job did not end within %s (last seen: %s)",
			   duration_text(state->ctx.job_limit_ms, limit),
			   seen.buf);
	set_fate(state, JOB_BROKEN, false, reason);
	for (size_t i = 0; i < state->lane_count; i++) {
		struct lane *lane = &state->lanes[i];

		if (lane->run && !state->recipe->steps[lane->current].always)
			step_stop(lane->run, STEP_STOP_JOB, false);
	}
}

void lanes_tick(struct job_state *state)
{
	starved_look(&state->ctx.starved);
	for (size_t i = 0; i < state->lane_count; i++)
		if (state->lanes[i].run)
			step_tick(state->lanes[i].run);
}

/* The first of its needs that did not pass, as a sentence, or NULL. */
static char *unmet_need(const struct job_state *state,
			const struct recipe_step *step)
{
	const struct recipe *recipe = state->recipe;

	for (size_t i = 0; i < step->needs.count; i++) {
		const char *need = step->needs.v[i];
		size_t at = recipe_find(recipe, need) - recipe->steps;
		const struct step_result *result = &state->results[at];

		if (result->left_out)
			continue;
		if (!result->done)
			return xasprintf("needs %s, which was not run", need);
		if (result->status != STEP_PASS && !result->reused)
			return xasprintf("needs %s, which was: %s", need,
					 step_status_name(result->status));
	}
	return NULL;
}

/* Decisions of an earlier run are no longer true. */
static bool is_decided(const struct job_state *state, size_t i)
{
	const struct recipe_step *steps = state->recipe->steps;

	for (size_t d = 0; d < i; d++)
		if (steps[d].parallel == steps[i].parallel &&
		    steps[d].lane == steps[i].lane &&
		    strcmp(steps[d].argv.v[0], REUSE_SCRIPT) == 0 &&
		    state->results[d].done &&
		    state->results[d].status == STEP_PASS)
			return true;
	return false;
}

int lanes_reused(const struct job_state *state, size_t i, char **sentence,
		 struct error *err)
{
	const struct recipe_step *step = &state->recipe->steps[i];
	const struct step_context *ctx = &state->ctx;

	*sentence = NULL;
	if (!step->prepares || !is_decided(state, i))
		return 0;
	return reuse_decided(ctx->db, ctx->flight, ctx->job,
			     state->recipe->hosts.v[step->lane], sentence,
			     err);
}

struct skipped {
	struct db *db;
	struct step_row row;
};

static int add_skipped(void *arg, struct error *err)
{
	const struct skipped *skipped = arg;

	return step_add_finished(skipped->db, &skipped->row, err);
}

static int skip(struct job_state *state, size_t i, const char *reason,
		struct error *err)
{
	const struct recipe_step *step = &state->recipe->steps[i];
	struct step_context *ctx = &state->ctx;
	AUTO_FREE char *command = strvec_join(&step->argv, " ");
	struct skipped skipped = {
		.db = ctx->db,
		.row = {
			.flight = (char *)ctx->flight, .job = (char *)ctx->job,
			.run = ctx->run, .command = command,
			.testid = step->testid, .status = STEP_SKIP,
			.reason = (char *)reason,
		},
	};

	if (room_write(ctx, add_skipped, &skipped, err) < 0)
		return -1;
	ctx->next_stepno++;
	progress_line(ctx->progress, STEP_SKIP, step->testid, -1, reason);
	lanes_note(state, i, STEP_SKIP, reason);
	return 0;
}

/* A person is to look at the host as it is. */
static bool is_held(const struct job_state *state)
{
	return state->holds &&
	       (state->fate == JOB_FAIL || state->fate == JOB_BROKEN);
}

static bool is_due(struct job_state *state, size_t i)
{
	const struct recipe_step *step = &state->recipe->steps[i];

	if (state->aborts > 1 || state->results[i].done ||
	    state->results[i].left_out || (step->power && is_held(state)))
		return false;
	if (!step->always && state->fate == JOB_PASS && !state->aborts &&
	    access(ABORT_FILE, F_OK) == 0)
		lanes_abort(state, "stopped by the file '" ABORT_FILE "'");
	return step->always || state->fate == JOB_PASS;
}

static int set_running(void *arg, struct error *err)
{
	const struct step_context *ctx = arg;

	return job_set_status(ctx->db, ctx->flight, ctx->job, JOB_RUNNING,
			      NULL, err);
}

/* The prologue prepares; with the first step behind it the job runs. */
static int tell_running(struct job_state *state,
			const struct recipe_step *step, struct error *err)
{
	if (step->before || state->told_running)
		return 0;
	state->told_running = true;
	return room_write(&state->ctx, set_running, &state->ctx, err);
}

static int begin(struct job_state *state, struct lane *lane,
		 struct error *err)
{
	const struct recipe_step *step = &state->recipe->steps[lane->current];
	AUTO_FREE char *unmet = unmet_need(state, step);
	AUTO_FREE char *reused = NULL;

	if (state->simulate)
		return skip(state, lane->current, SIMULATED_REASON
			    ": nothing was run", err);
	if (unmet)
		return skip(state, lane->current, unmet, err);
	if (lanes_reused(state, lane->current, &reused, err) < 0)
		return -1;
	if (reused) {
		state->results[lane->current].reused = true;
		return skip(state, lane->current, reused, err);
	}
	if (tell_running(state, step, err) < 0)
		return -1;
	if (step_start(&state->ctx, step,
		       &state->results[lane->current].history, &lane->run,
		       err) < 0)
		return -1;
	consoles_begun(state->ctx.consoles, lane);
	return 0;
}

/* Hosts are taken by a step; one that passed did not see the crash. */
static int look_at_consoles(struct job_state *state, enum step_status status,
			    const char *crash, struct error *err)
{
	if (crash && (status == STEP_PASS || status == STEP_SKIP))
		consoles_missed(state->ctx.consoles, crash);
	return state->ctx.consoles ?
		consoles_update(state->ctx.consoles, err) : 0;
}

static int end(struct job_state *state, struct lane *lane, struct error *err)
{
	struct step_run *run = lane->run;
	AUTO_FREE char *crash = xstrdup(step_crash(run));
	AUTO_FREE char *reason = NULL;
	int stepno = step_number(run), again;
	enum step_status status;

	lane->run = NULL;
	if (step_end(run, &status, &reason, err) < 0 ||
	    look_at_consoles(state, status, crash, err) < 0)
		return -1;
	again = lanes_retry(state, lane->current, status, stepno, err);
	if (again > 0)
		lane->at = lane->current;
	else if (again == 0)
		lanes_note(state, lane->current, status, reason);
	if (again)
		return again < 0 ? -1 : 0;
	return pause_after(state, &state->recipe->steps[lane->current],
			   status, err);
}

/* Takes the lane as far as it goes now: 1 while a step runs, 0 at its end. */
static int advance(struct job_state *state, struct lane *lane,
		   struct error *err)
{
	while (lane->run || lane->at < lane->end) {
		if (lane->run && !step_done(lane->run))
			return 1;
		if (lane->run) {
			if (end(state, lane, err) < 0)
				return -1;
			continue;
		}
		lane->current = lane->at++;
		if (is_due(state, lane->current) &&
		    begin(state, lane, err) < 0)
			return -1;
	}
	return 0;
}

static int advance_all(struct job_state *state, struct error *err)
{
	int busy = 0;

	for (size_t i = 0; i < state->lane_count; i++) {
		int rc = advance(state, &state->lanes[i], err);

		if (rc < 0)
			return -1;
		busy |= rc;
	}
	return busy;
}

static int run_lanes(struct job_state *state, struct error *err)
{
	int rc;

	while ((rc = advance_all(state, err)) > 0) {
		int got = sd_event_run(state->ctx.event, UINT64_MAX);

		if (got < 0) {
			errno = -got;
			return error_errno(err, "the event loop failed");
		}
	}
	return rc;
}

/* One segment's lanes; returns where the next segment begins. */
static size_t make_lanes(struct job_state *state, size_t first)
{
	const struct recipe_step *steps = state->recipe->steps;
	size_t end = first;

	state->lane_count = 0;
	do {
		bool same = state->lane_count &&
			steps[end].lane == steps[end - 1].lane;

		if (!same) {
			state->lanes = xrealloc(state->lanes,
						state->lane_count + 1,
						sizeof(*state->lanes));
			state->lanes[state->lane_count++] = (struct lane){
				.at = end,
			};
		}
		state->lanes[state->lane_count - 1].end = ++end;
	} while (end < state->recipe->count && steps[first].parallel &&
		 steps[end].parallel == steps[first].parallel);
	return end;
}

static void discard_all(struct job_state *state)
{
	for (size_t i = 0; i < state->lane_count; i++)
		if (state->lanes[i].run)
			step_discard(state->lanes[i].run);
	state->lane_count = 0;
}

int lanes_run(struct job_state *state, struct error *err)
{
	const char *last_word;
	int rc = 0;

	for (size_t next = 0; next < state->recipe->count && rc == 0; ) {
		next = make_lanes(state, next);
		rc = run_lanes(state, err);
	}
	discard_all(state);
	last_word = rc == 0 && state->fate == JOB_PASS ?
		consoles_last_word(state->ctx.consoles) : NULL;
	if (last_word)
		set_fate(state, JOB_FAIL, false, last_word);
	free(state->lanes);
	state->lanes = NULL;
	return rc;
}
