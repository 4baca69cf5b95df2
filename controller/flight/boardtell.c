/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A board in words. */
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "db/flights.h"
#include "flight/board.h"

#define DAY_MS (24 * 60 * 60 * 1000)

static char *clock_text(const struct tm *tm, int64_t utc_ms, int64_t now)
{
	char text[32];

	strftime(text, sizeof(text), utc_ms - now < DAY_MS &&
		 now - utc_ms < DAY_MS ? "%H:%M" : "%Y-%m-%d %H:%M", tm);
	return xstrdup(text);
}

char *board_clock(int64_t utc_ms, int64_t now)
{
	time_t seconds = (time_t)(utc_ms / 1000);
	struct tm tm;

	localtime_r(&seconds, &tm);
	return clock_text(&tm, utc_ms, now);
}

char *board_clock_utc(int64_t utc_ms, int64_t now)
{
	time_t seconds = (time_t)(utc_ms / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	return clock_text(&tm, utc_ms, now);
}

char *board_where(const struct board *board, size_t roles,
		  const size_t *hosts)
{
	AUTO_STRBUF out = STRBUF_INIT;

	if (!roles)
		return xstrdup("this controller");
	for (size_t i = 0; i < roles; i++)
		strbuf_addf(&out, "%s%s", i ? ", " : "",
			    board->hosts.v[hosts[i]]);
	return strbuf_detach(&out);
}

/* The host that lacks least; its flags into *lacks. */
static size_t nearest_host(const struct board *board, const char *flags,
			   struct strvec *lacks)
{
	size_t nearest = PLAN_NONE, fewest = SIZE_MAX;

	for (size_t h = 0; h < board->hosts.count; h++) {
		AUTO_STRVEC missing = STRVEC_INIT;

		board_host_lacks(board, h, flags, &missing);
		if (missing.count >= fewest)
			continue;
		fewest = missing.count;
		nearest = h;
		strvec_release(lacks);
		strvec_pushv(lacks, missing.v);
	}
	return nearest;
}

/* Flags are no obstacle: then hosts are left out, or used by another role. */
static char *why_no_other(const struct board *board,
			  const struct board_job *job, size_t role)
{
	AUTO_STRBUF out = STRBUF_INIT;

	for (size_t h = 0; h < board->hosts.count; h++) {
		const char *name = board->hosts.v[h];
		AUTO_STRVEC lacks = STRVEC_INIT;

		if (board_host_lacks(board, h, job->flags.v[role], &lacks))
			continue;
		if (strvec_has(&job->broken_on, name))
			strbuf_addf(&out, "%s%s: it was broken there",
				    out.len ? "; " : "", name);
		else if (plan_host_left_out(board->plan, h))
			strbuf_addf(&out, "%s%s: the last %d jobs on it were "
				    "broken", out.len ? "; " : "", name,
				    PLAN_BROKEN_LIMIT);
	}
	if (!out.len)
		strbuf_addstr(&out, "its other roles need the only one there "
			      "is");
	return xasprintf("no host is left for '%s' (%s)", job->idents.v[role],
			 out.buf);
}

/* The one host that it may have is no good. */
static char *why_not_wanted(const struct board *board,
			    const struct board_job *job, size_t role)
{
	const char *name = job->wanted.v[role];

	for (size_t h = 0; h < board->hosts.count; h++)
		if (strcmp(board->hosts.v[h], name) == 0 &&
		    plan_host_left_out(board->plan, h))
			return xasprintf("host %s is left out: the last %d "
					 "jobs on it were broken", name,
					 PLAN_BROKEN_LIMIT);
	return xasprintf("host %s cannot be '%s' and another role at once",
			 name, job->idents.v[role]);
}

char *board_why_no_host(const struct board *board, size_t j, size_t role)
{
	const struct board_job *job = &board->jobs[j];
	AUTO_STRVEC lacks = STRVEC_INIT;
	AUTO_STRVEC wanted = STRVEC_INIT;
	AUTO_FREE char *missing = NULL, *flags = NULL;
	size_t nearest;

	if (*job->wanted.v[role])
		return why_not_wanted(board, job, role);
	if (!board->hosts.count)
		return xstrdup("there is no host at all ('ironbird lab "
			       "add-host', or HostFlags_ in the settings)");
	nearest = nearest_host(board, job->flags.v[role], &lacks);
	if (!lacks.count)
		return why_no_other(board, job, role);
	missing = strvec_join(&lacks, ", ");
	strvec_split(&wanted, job->flags.v[role], ", ");
	/* a blessing's is wanted, though no runvar says so */
	for (size_t i = 0; i < lacks.count; i++)
		if (!strvec_has(&wanted, lacks.v[i]))
			strvec_push(&wanted, lacks.v[i]);
	flags = strvec_join(&wanted, ", ");
	return xasprintf("no host has the flags %s for '%s': %s is nearest "
			 "and lacks %s", flags, job->idents.v[role],
			 board->hosts.v[nearest], missing);
}

static char *why_kept(const struct board *board, size_t h, const char *until)
{
	const struct board_kept *kept = &board->kept[h];

	return xasprintf("until about %s: host %s is kept for job %s.%s, whose "
			 "flight goes first (priority %lld, this one's is "
			 "%lld)", until, board->hosts.v[h], kept->flight,
			 kept->job, (long long)kept->priority,
			 (long long)board->priority);
}

static char *why_host(const struct board *board,
		      const struct plan_reason *reason, const char *until)
{
	const char *host = board->hosts.v[reason->host];
	const struct board_kept *kept = board->kept ?
		&board->kept[reason->host] : NULL;

	if (kept && kept->flight)
		return why_kept(board, reason->host, until);
	if (reason->what == PLAN_WAIT_RESERVED && reason->job != PLAN_NONE)
		return xasprintf("until about %s: host %s is kept for job %s, "
				 "which goes first", until, host,
				 board->jobs[reason->job].job);
	if (reason->what == PLAN_WAIT_RESERVED)
		return xasprintf("until about %s for host %s", until, host);
	if (reason->job != PLAN_NONE)
		return xasprintf("until about %s: host %s runs job %s", until,
				 host, board->jobs[reason->job].job);
	if (kept && kept->holder)
		return xasprintf("until about %s: host %s is %s", until,
				 host, kept->holder);
	return xasprintf("until about %s: host %s is somebody else's "
			 "('ironbird host list')", until, host);
}

/* It could begin, were the free hosts not kept for later. */
static char *why_not_now(const struct board *board, size_t j)
{
	const struct board_job *job = &board->jobs[j];

	for (size_t h = 0; board->kept && job->idents.count &&
	     h < board->hosts.count; h++)
		if (board->kept[h].flight &&
		    board_host_will_do(board, job, 0, h))
			return why_kept(board, h, "nobody knows when");
	return xstrdup("for nothing: it is about to begin");
}

char *board_why(const struct board *board, size_t job, int64_t now,
		const struct plan_slot *slots)
{
	return board_why_by(board, job, now, slots, board_clock);
}

char *board_why_by(const struct board *board, size_t job, int64_t now,
		   const struct plan_slot *slots, plan_clock_fn *clock)
{
	AUTO_FREE char *until = NULL;
	struct plan_reason reason;

	plan_why(board->plan, job, now, slots, &reason);
	until = reason.until ? clock(reason.until, now) :
		xstrdup("nobody knows when");
	switch (reason.what) {
	case PLAN_WAIT_NOTHING:
		if (!flight_is_run(board->db, board->flight))
			return xasprintf("for somebody to run flight %s",
					 board->flight);
		return why_not_now(board, job);
	case PLAN_WAIT_NEED:
		return xasprintf("until about %s: job %s must pass first",
				 until, board->jobs[reason.job].job);
	case PLAN_WAIT_LOCAL:
		return xasprintf("until about %s: this controller runs as "
				 "many jobs as it may (LocalJobs)", until);
	case PLAN_WAIT_FOREVER:
		return board_why_no_host(board, job, reason.role);
	case PLAN_WAIT_HOST:
	case PLAN_WAIT_RESERVED:
		return why_host(board, &reason, until);
	}
	return xstrdup("for nothing");
}
