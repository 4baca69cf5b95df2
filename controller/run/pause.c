/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "db/jobs.h"
#include "db/runvars.h"
#include "db/steps.h"
#include "run/guard.h"
#include "run/hold.h"
#include "run/pause.h"

#define PREFIX "pause_on_"

int pause_check(const struct job_state *state, struct error *err)
{
	const struct step_context *ctx = &state->ctx;
	struct runvars vars = { .v = NULL };
	enum step_status status;
	int rc = 0;

	if (runvar_list(ctx->db, ctx->flight, ctx->job, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count && rc == 0; i++) {
		const char *name = vars.v[i].name;

		if (!str_starts(name, PREFIX) ||
		    step_status_parse(name + strlen(PREFIX), &status) == 0)
			continue;
		rc = error_set(err, ERROR_USAGE, "job %s.%s: runvar %.60s: "
			       "no step ends as '%.40s'", ctx->flight,
			       ctx->job, name, name + strlen(PREFIX));
	}
	runvars_release(&vars);
	return rc;
}

static bool matches(const char *globs, const struct recipe_step *step)
{
	AUTO_STRVEC words = STRVEC_INIT;

	strvec_split(&words, globs, ", ");
	for (size_t i = 0; i < words.count; i++)
		if (fnmatch(words.v[i], step->testid, 0) == 0 ||
		    fnmatch(words.v[i], step->argv.v[0], 0) == 0)
			return true;
	return false;
}

/* A person's time is not the job's. */
static uint64_t stop_clock(const struct job_state *state)
{
	uint64_t at, now;

	if (!state->limit_timer ||
	    sd_event_source_get_time(state->limit_timer, &at) < 0 ||
	    sd_event_now(state->ctx.event, CLOCK_MONOTONIC, &now) < 0 ||
	    at <= now ||
	    sd_event_source_set_enabled(state->limit_timer, SD_EVENT_OFF) < 0)
		return 0;
	return at - now;
}

static int start_clock(const struct job_state *state, uint64_t left_us,
		       struct error *err)
{
	int rc = 0;

	if (left_us)
		rc = sd_event_source_set_time_relative(state->limit_timer,
						       left_us);
	if (left_us && rc >= 0)
		rc = sd_event_source_set_enabled(state->limit_timer,
						 SD_EVENT_ONESHOT);
	if (rc >= 0)
		return 0;
	errno = -rc;
	return error_errno(err, "cannot go on after a pause");
}

static int wait_here(struct job_state *state, const char *why,
		     struct error *err)
{
	struct step_context *ctx = &state->ctx;
	uint64_t left_us = stop_clock(state);

	/* the hold's promise is for the pause alone */
	guard_promise(ctx->guard, ctx->pause_limit_ms + ctx->slack_ms +
		      (int64_t)(left_us / 1000));
	if (hold_hosts(state, why, ctx->pause_limit_ms, err) < 0)
		return -1;
	return start_clock(state, left_us, err);
}

static int hold_here(struct job_state *state, const char *why, struct error *err)
{
	struct step_context *ctx = &state->ctx;
	char until[CLOCK_STAMP_SIZE];
	int rc;

	clock_stamp(clock_now_ms() + ctx->pause_limit_ms, until);
	state->held_reason = xasprintf("held until %s: %s", until, why);
	rc = job_set_reason(ctx->db, ctx->flight, ctx->job,
			    state->held_reason, err);
	if (rc == 0)
		rc = wait_here(state, why, err);
	/* whoever stopped it has written why */
	if (rc == 0 && !state->aborts)
		rc = job_set_reason(ctx->db, ctx->flight, ctx->job, NULL, err);
	free(state->held_reason);
	state->held_reason = NULL;
	return rc;
}

int pause_after(struct job_state *state, const struct recipe_step *step,
		enum step_status status, struct error *err)
{
	const struct step_context *ctx = &state->ctx;
	const char *word = step_status_name(status);
	AUTO_FREE char *name = xasprintf(PREFIX "%s", word);
	AUTO_FREE char *globs = NULL, *why = NULL;

	if (state->aborts || !ctx->pause_limit_ms)
		return 0;
	if (runvar_get(ctx->db, ctx->flight, ctx->job, name, &globs, err) < 0)
		return -1;
	if (!globs || !matches(globs, step))
		return 0;
	why = xasprintf("step %s: %s (runvar %s)", step->testid, word, name);
	return hold_here(state, why, err);
}
