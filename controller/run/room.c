/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "db/statement.h"
#include "run/guard.h"
#include "run/room.h"

#define POLL_MS 200

struct attempt {
	const struct step_context *ctx;
	int (*write)(void *arg, struct error *err);
	void *arg;
};

static enum wait_answer try_again(void *arg, struct error *err)
{
	const struct attempt *attempt = arg;

	guard_beat(attempt->ctx->guard);	/* this wait is meant */
	if (attempt->write(attempt->arg, err) == 0)
		return WAIT_DONE;
	return db_was_full(attempt->ctx->db) ? WAIT_MORE : WAIT_FAILED;
}

static int wait_for_room(struct attempt *attempt, const char *why,
			 struct error *err)
{
	const struct step_context *ctx = attempt->ctx;
	const struct wait_spec spec = {
		.what = "room", .limit_ms = ctx->room_limit_ms,
		.poll_ms = POLL_MS, .check = try_again, .arg = attempt,
	};
	char limit[DURATION_TEXT_SIZE];

	duration_text(ctx->room_limit_ms, limit);
	log_warn("job %s.%s: %s; waiting %s for room", ctx->flight, ctx->job,
		 why, limit);
	guard_promise(ctx->guard, 2 * ctx->room_limit_ms + ctx->slack_ms);
	if (wait_for(&spec, err) == 0) {
		log_info("job %s.%s: there is room again, it goes on",
			 ctx->flight, ctx->job);
		return 0;
	}
	if (!db_was_full(ctx->db))
		return -1;
	return error_set(err, ERROR_AGAIN, "job %s.%s: %s for %s; make room, "
			 "then 'ironbird run-job --resume %s.%s' carries it on",
			 ctx->flight, ctx->job, why, limit, ctx->flight,
			 ctx->job);
}

int room_write(const struct step_context *ctx,
	       int (*write)(void *arg, struct error *err), void *arg,
	       struct error *err)
{
	struct attempt attempt = { ctx, write, arg };
	struct error full = ERROR_INIT;

	if (write(arg, &full) == 0)
		return 0;
	if (db_was_full(ctx->db))
		return wait_for_room(&attempt, full.text, err);
	if (err)
		*err = full;
	return -1;
}
