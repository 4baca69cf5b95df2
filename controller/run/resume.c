/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "db/hosts.h"
#include "db/runvars.h"
#include "host/host.h"
#include "run/resume.h"

/* A step that ran when its run-job died: its row stays under another name. */
static int rename_lost(struct job_state *state, const struct step_row *row,
		       struct error *err)
{
	const struct step_context *ctx = &state->ctx;
	const char *lost = strstr(row->testid, ".lost");
	AUTO_FREE char *testid = xstrndup(row->testid, lost ?
		(size_t)(lost - row->testid) : strlen(row->testid));
	const struct recipe_step *step = recipe_find(state->recipe, testid);

	if (row->status == STEP_RUNNING)
		return error_set(err, ERROR_AGAIN, "step %d (%s) of job %s.%s "
				 "still runs, as process %d", row->stepno,
				 row->testid, ctx->flight, ctx->job,
				 row->owner.pid);
	if (step)
		state->results[step - state->recipe->steps].history.cut_off =
			true;
	return lost ? 0 : lanes_lost(state, testid, row->stepno, err);
}

/* "host-install.try1": one attempt of host-install has been used up. */
static void take_up_try(struct job_state *state, const struct step_row *row)
{
	const char *dot = strrchr(row->testid, '.');
	AUTO_FREE char *testid = dot && str_starts(dot, ".try") ?
		xstrndup(row->testid, dot - row->testid) : NULL;
	const struct recipe_step *step = testid ?
		recipe_find(state->recipe, testid) : NULL;

	if (step)
		state->results[step - state->recipe->steps].tries++;
}

/* Its outcome counts, unless it was to be tried again. */
static int take_up_outcome(struct job_state *state, size_t step,
			   const struct step_row *row, struct error *err)
{
	int again = lanes_retry(state, step, row->status, row->stepno, err);
	AUTO_FREE char *reused = NULL;

	if (again == 0 && row->status == STEP_SKIP &&
	    lanes_reused(state, step, &reused, err) < 0)
		return -1;
	state->results[step].reused = reused;
	if (again == 0)
		lanes_note(state, step, row->status, row->reason);
	return again < 0 ? -1 : 0;
}

static int take_up_step(struct job_state *state, const struct step_row *row,
			struct error *err)
{
	const struct recipe_step *step = recipe_find(state->recipe,
						     row->testid);

	if (row->stepno >= state->ctx.next_stepno)
		state->ctx.next_stepno = row->stepno + 1;
	if (row->status == STEP_RUNNING || row->status == STEP_LOST)
		return rename_lost(state, row, err);
	if (step)
		return take_up_outcome(state, step - state->recipe->steps,
				       row, err);
	take_up_try(state, row);
	return 0;
}

/* What the run that was cut off has already found out. */
static int take_up_steps(struct job_state *state, struct error *err)
{
	const struct step_context *ctx = &state->ctx;
	struct step_rows rows = { .v = NULL };
	int lost, rc;

	if (step_mark_lost(ctx->db, ctx->flight, ctx->job, ctx->run, &lost,
			   err) < 0 ||
	    step_list(ctx->db, ctx->flight, ctx->job, ctx->run, &rows,
		      err) < 0)
		return -1;
	rc = 0;
	for (size_t i = 0; i < rows.count && rc == 0; i++)
		rc = take_up_step(state, &rows.v[i], err);
	step_rows_release(&rows);
	return rc;
}

static bool allocates(const struct recipe *recipe)
{
	for (size_t i = 0; i < recipe->count; i++)
		if (strcmp(recipe->steps[i].argv.v[0],
			   "ts-hosts-allocate") == 0)
			return true;
	return false;
}

/*
 * The hosts that the run had, as runvars named like their idents: chosen by
 * it, or given to it and allocated all the same.
 */
static size_t chosen_hosts(const struct recipe *recipe,
			   const struct runvars *vars,
			   struct allocation_wish *wishes)
{
	size_t count = 0;

	for (size_t i = 0; i < vars->count; i++)
		if ((vars->v[i].synth || allocates(recipe)) &&
		    !host_is_local(vars->v[i].value) &&
		    strvec_has(&recipe->hosts, vars->v[i].name))
			wishes[count++] = (struct allocation_wish){
				.ident = vars->v[i].name,
				.host = vars->v[i].value,
			};
	return count;
}

/*
 * They were allocated to a process that is gone, so anybody might take them:
 * they become ours, or, when one of them is somebody else's by now, the run
 * cannot be carried on.
 */
int resume_hosts(const struct job_state *state, struct error *err)
{
	const struct step_context *ctx = &state->ctx;
	const struct recipe *recipe = state->recipe;
	AUTO_FREE struct allocation_wish *wishes =
		xcalloc(recipe->hosts.count + 1, sizeof(*wishes));
	struct runvars vars = { .v = NULL };
	size_t count;
	int rc = 0;

	if (runvar_list(ctx->db, ctx->flight, ctx->job, &vars, err) < 0)
		return -1;
	count = chosen_hosts(recipe, &vars, wishes);
	if (count)
		rc = hosts_allocate(ctx->db, ctx->flight, ctx->job,
				    &ctx->owner, wishes, count, err);
	runvars_release(&vars);
	return rc;
}

int resume_run(struct job_state *state, struct error *err)
{
	if (resume_hosts(state, err) < 0)
		return -1;
	return take_up_steps(state, err);
}
