/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "base/clock.h"
#include "base/wait.h"

static int too_late(const struct wait_spec *spec, struct error *err)
{
	char limit[DURATION_TEXT_SIZE];
	const char *seen = spec->last_seen ? spec->last_seen(spec->arg) : NULL;

	duration_text(spec->limit_ms, limit);
	if (seen && *seen)
		return error_set(err, ERROR_BROKEN, "%s within %s (last seen: "
				 "%s)", spec->what, limit, seen);
	return error_set(err, ERROR_BROKEN, "%s within %s", spec->what, limit);
}

/* How long to sleep at most, of what is left of the limit. */
static int64_t nap(const struct wait_spec *spec, int64_t left)
{
	int64_t next = spec->next_ms ? spec->next_ms(spec->arg) : left;

	if (spec->poll_ms && spec->poll_ms < left)
		left = spec->poll_ms;
	if (next < left)
		left = next > 0 ? next : 1;
	return left;
}

static int run_loop(const struct wait_spec *spec, sd_event *event,
		    struct error *err)
{
	int64_t deadline = clock_mono_ms() + spec->limit_ms;

	for (;;) {
		int64_t left;
		int rc = spec->check(spec->arg, err);

		if (rc != WAIT_MORE)
			return rc == WAIT_DONE ? 0 : -1;
		left = deadline - clock_mono_ms();
		if (left <= 0)
			return too_late(spec, err);
		rc = sd_event_run(event, (uint64_t)nap(spec, left) * 1000);
		if (rc < 0 && rc != -EINTR) {
			errno = -rc;
			return error_errno(err, "waiting: %s", spec->what);
		}
	}
}

int wait_for(const struct wait_spec *spec, struct error *err)
{
	sd_event *own = NULL;
	int rc;

	if (spec->event)
		return run_loop(spec, spec->event, err);
	rc = sd_event_new(&own);
	if (rc < 0) {
		errno = -rc;
		return error_errno(err, "cannot make an event loop");
	}
	rc = run_loop(spec, own, err);
	sd_event_unref(own);
	return rc;
}
