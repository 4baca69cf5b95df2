/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "run/verdict.h"

bool verdict_was_stopped(const struct step_facts *facts)
{
	return facts->why != STEP_STOP_NONE &&
	       !(facts->why == STEP_STOP_ABORT && facts->end.exited &&
		 facts->end.status == STEP_EXIT_PASS);
}

static bool killed_by_others(const struct step_facts *facts)
{
	static const int signals[] = {
		SIGKILL, SIGTERM, SIGHUP, SIGINT, SIGQUIT,
	};

	if (facts->end.exited || facts->starved)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (facts->end.status == signals[i])
			return true;
	return false;
}

static bool is_lost(const struct step_facts *facts)
{
	return killed_by_others(facts) && facts->history.lost < LOST_MAX;
}

/* A failure that what was cut off before it may have brought about. */
static bool is_doubtful(const struct step_facts *facts)
{
	return facts->history.cut_off &&
	       outcome_of_child(facts->step, &facts->end) == STEP_FAIL;
}

enum step_status verdict_status(const struct step_facts *facts)
{
	if (facts->start_error)
		return STEP_BROKEN;
	if (!verdict_was_stopped(facts)) {
		if (is_lost(facts))
			return STEP_LOST;
		return is_doubtful(facts) ? STEP_BROKEN :
			outcome_of_child(facts->step, &facts->end);
	}
	if (facts->why == STEP_STOP_LIMIT)
		return facts->step->on_limit;
	if (facts->why == STEP_STOP_CRASH)
		return facts->step->on_fail;
	return facts->why == STEP_STOP_ABORT ? STEP_ABORTED : STEP_BROKEN;
}

static char *stopped_reason(const struct step_facts *facts)
{
	const char *script = facts->step->argv.v[0];
	const char *stage = str_or(facts->stage, "nothing");
	char limit[DURATION_TEXT_SIZE];

	switch (facts->why) {
	case STEP_STOP_LIMIT:
		return xasprintf("%s did not end within %s (last seen: %s)",
				 script, duration_text(facts->limit_ms, limit),
				 stage);
	case STEP_STOP_LOG:
		return xasprintf("%s was stopped: its log grew beyond %lld "
				 "bytes (last seen: %s)", script,
				 (long long)facts->log_max, stage);
	case STEP_STOP_CRASH:
		return xstrdup(facts->crash);
	case STEP_STOP_JOB:
		return xasprintf("%s was stopped: the job did not end within "
				 "%s (last seen: %s)", script,
				 duration_text(facts->job_limit_ms, limit),
				 stage);
	default:
		return xasprintf("%s was stopped (last seen: %s)", script,
				 stage);
	}
}

/* Killed by a signal that it does not send itself as a rule. */
static char *killed_reason(const struct step_facts *facts)
{
	const char *script = facts->step->argv.v[0];
	const char *name = str_or(sigdescr_np(facts->end.status), "unknown");
	const char *seen = str_or(facts->stage, "nothing");

	if (is_lost(facts))
		return xasprintf("%s was killed from outside by signal %d (%s) "
				 "and is run again (last seen: %s)", script,
				 facts->end.status, name, seen);
	return xasprintf("%s was killed by signal %d (%s), as in %d attempts "
			 "before (last seen: %s)", script, facts->end.status,
			 name, facts->history.lost, seen);
}

static char *own_reason(const struct step_facts *facts)
{
	AUTO_FREE char *reason = NULL;

	if (facts->start_error)
		return xstrdup(facts->start_error);
	if (verdict_was_stopped(facts))
		return stopped_reason(facts);
	if (killed_by_others(facts))
		return killed_reason(facts);
	reason = outcome_reason(facts->step, &facts->end, facts->told);
	if (is_doubtful(facts))
		return xasprintf("failed after an attempt that was cut off in "
				 "its middle, which may be why: %s", reason);
	if (facts->starved)
		return xasprintf("%s while the kernel was short of memory and "
				 "killed processes (last seen: %s)", reason,
				 str_or(facts->stage, "nothing"));
	return reason ? xstrdup(reason) : NULL;
}

char *verdict_reason(const struct step_facts *facts)
{
	char *reason = own_reason(facts);
	char *both;

	/* libts tells of it in the same words */
	if (!reason || !facts->crash || facts->why == STEP_STOP_CRASH ||
	    strstr(reason, " crashed: ") || strstr(reason, " rebooted, "))
		return reason;
	both = xasprintf("%s; %s", facts->crash, reason);
	free(reason);
	return both;
}
