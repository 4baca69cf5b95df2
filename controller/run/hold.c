/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "db/hosts.h"
#include "run/guard.h"
#include "run/hold.h"

static int own_hosts(const struct step_context *ctx, struct strvec *hosts,
		     struct error *err)
{
	struct allocation_rows rows = { .v = NULL };

	if (allocation_list(ctx->db, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++)
		if (strcmp(rows.v[i].flight, ctx->flight) == 0 &&
		    strcmp(rows.v[i].job, ctx->job) == 0)
			strvec_push(hosts, rows.v[i].host);
	allocation_rows_release(&rows);
	return 0;
}

static void tell(const struct job_state *state, const char *why,
		 const struct strvec *hosts, int64_t limit_ms)
{
	const struct step_context *ctx = &state->ctx;
	char limit[DURATION_TEXT_SIZE];

	printf("%s.%s: %s\nIts hosts are kept for %s, or until Ctrl-C or "
	       "'ironbird flight stop %s.%s':\n", ctx->flight, ctx->job, why,
	       duration_text(limit_ms, limit), ctx->flight, ctx->job);
	for (size_t i = 0; i < hosts->count; i++)
		printf("  ironbird console %s\n  ironbird ssh %s\n"
		       "  ironbird power %s status\n", hosts->v[i],
		       hosts->v[i], hosts->v[i]);
	printf("A step by hand: ts-... --flight %s --job %s host ...\n",
	       ctx->flight, ctx->job);
	fflush(stdout);
}

static int wait_for_end(struct job_state *state, int64_t limit_ms,
			struct error *err)
{
	int64_t end = clock_mono_ms() + limit_ms, left;
	int before = state->aborts;

	while (state->aborts == before &&
	       (left = end - clock_mono_ms()) > 0) {
		int got = sd_event_run(state->ctx.event, left * 1000);

		if (got < 0) {
			errno = -got;
			return error_errno(err, "the event loop failed");
		}
	}
	return 0;
}

int hold_hosts(struct job_state *state, const char *why, int64_t limit_ms,
	       struct error *err)
{
	AUTO_STRVEC hosts = STRVEC_INIT;
	int rc;

	if (own_hosts(&state->ctx, &hosts, err) < 0)
		return -1;
	if (!hosts.count)
		return 0;
	guard_promise(state->ctx.guard, limit_ms + state->ctx.slack_ms);
	tell(state, why, &hosts, limit_ms);
	state->held = true;
	rc = wait_for_end(state, limit_ms, err);
	state->held = false;
	return rc;
}
