/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which jobs begin now. */
#include <string.h>

#include "base/alloc.h"
#include "plan/state.h"

/* Reservations that one decision makes; those after it take what is left. */
#define RESERVATIONS_MAX 64
/* Jobs of a class that are looked at for a gap that the first does not fit. */
#define GAP_TRIES_MAX 32
#define NEVER INT64_MAX

struct choice {
	struct plan *plan;
	int64_t now;
	int64_t *reserved;	/* from when each host is, or NEVER */
	int64_t *available;	/* after its reservations; 0: not looked */
	size_t reservations;
	size_t *cursor;		/* how far each class's queue was looked at */
	size_t *tries;
	bool *closed;		/* nothing more of the class */
};

struct match {
	size_t hosts[PLAN_ROLES_MAX];
};

/* The job would be over before those come that have the host reserved. */
static bool fits_gap(const struct choice *c, size_t job, size_t host,
		     struct plan_guess *guess)
{
	plan_guess(c->plan, job, host, guess);
	return c->reserved[host] == NEVER ||
		c->now + guess->late_ms <= c->reserved[host];
}

static bool is_chosen(const struct match *match, size_t roles, size_t host)
{
	for (size_t i = 0; i < roles; i++)
		if (match->hosts[i] == host)
			return true;
	return false;
}

/* A free host, as a job sees it. */
struct suitor {
	size_t host;
	int64_t last_here;
};

/* 3: failed here; 2: the state it wants; 0: would rather be elsewhere. */
static int rank(const struct plan *plan, size_t j, size_t h)
{
	const struct plan_job *job = &plan->jobs[j];

	if (job->failed_on == h)
		return 3;
	if (plan_host_suits(plan, h, j))
		return 2;
	if (job->failed_on != PLAN_NONE &&
	    plan_host_usable(&plan->hosts[job->failed_on]) &&
	    plan_set_has(plan, job->sets[0], job->failed_on))
		return 0;
	return 1;
}

/* Is the host more to the job's liking than the other one? */
static bool is_better(const struct plan *plan, size_t j,
		      const struct suitor *a, const struct suitor *b)
{
	const struct plan_host *x = &plan->hosts[a->host];
	const struct plan_host *y = &plan->hosts[b->host];
	int ra = rank(plan, j, a->host), rb = rank(plan, j, b->host);

	if (ra != rb)
		return ra > rb;
	if (x->wanted != y->wanted)
		return x->wanted < y->wanted;
	return a->last_here < b->last_here;
}

/* Free hosts for the roles from this one on; all or none. */
static bool find_hosts(const struct choice *c, size_t job, size_t role,
		       struct match *match)
{
	const struct plan *plan = c->plan;
	const struct plan_job *j = &plan->jobs[job];
	struct suitor best = { PLAN_NONE, 0 };

	if (role == j->roles)
		return true;
	for (size_t i = 0; i < plan->free.count; i++) {
		struct suitor next = { plan->free.v[i], 0 };
		struct plan_guess guess;

		if (!plan_set_has(plan, j->sets[role], next.host) ||
		    is_chosen(match, role, next.host) ||
		    !fits_gap(c, job, next.host, &guess))
			continue;
		next.last_here = guess.last_here;
		match->hosts[role] = next.host;
		/* a greedy choice may leave nothing for the next role */
		if ((best.host == PLAN_NONE ||
		     is_better(plan, job, &next, &best)) &&
		    find_hosts(c, job, role + 1, match))
			best = next;
	}
	match->hosts[role] = best.host;
	return best.host != PLAN_NONE && find_hosts(c, job, role + 1, match);
}

/* --- reservations -------------------------------------------------------- */

static int64_t available(const struct choice *c, size_t host)
{
	if (!c->available[host])
		c->available[host] = plan_host_until(c->plan, host, c->now);
	return c->available[host];
}

/* The host of the role's set that is free first. */
static size_t first_free(const struct choice *c, size_t set, size_t role,
			 const struct match *match)
{
	size_t best = PLAN_NONE;

	for (size_t h = 0; h < c->plan->host_count; h++) {
		if (!plan_set_has(c->plan, set, h) ||
		    !plan_host_usable(&c->plan->hosts[h]) ||
		    is_chosen(match, role, h))
			continue;
		if (best == PLAN_NONE || available(c, h) < available(c, best))
			best = h;
	}
	return best;
}

static void reserve(struct choice *c, size_t j)
{
	const struct plan_job *job = &c->plan->jobs[j];
	struct match match;
	int64_t from = c->now;

	if (c->reservations >= RESERVATIONS_MAX)
		return;
	for (size_t role = 0; role < job->roles; role++) {
		size_t host = first_free(c, job->sets[role], role, &match);

		if (host == PLAN_NONE)
			return;
		match.hosts[role] = host;
		if (available(c, host) > from)
			from = available(c, host);
	}
	c->reservations++;
	for (size_t role = 0; role < job->roles; role++) {
		size_t host = match.hosts[role];

		if (from < c->reserved[host]) {
			c->reserved[host] = from;
			c->plan->hosts[host].reserved = from;
			c->plan->hosts[host].reserved_for = j;
		}
		c->available[host] = from + job->expected;
	}
}

/* --- one out of equals --------------------------------------------------- */

/* A job behind this one in its queue that suits the host better, or itself. */
static size_t better_job(const struct choice *c, size_t j, size_t host)
{
	const struct plan *plan = c->plan;
	const struct plan_job *job = &plan->jobs[j];
	const struct numbers *queue = &plan->classes[job->class].queue;
	size_t at = c->cursor[job->class], best = j;
	int best_rank = rank(plan, j, host);

	for (size_t i = at + 1; i < queue->count && i < at + PLAN_WINDOW &&
	     best_rank < 3; i++) {
		const struct plan_job *other = &plan->jobs[queue->v[i]];
		struct plan_guess guess;
		int r = rank(plan, queue->v[i], host);

		if (other->urgency != job->urgency ||
		    !other->unblocks != !job->unblocks)
			break;
		if (r <= best_rank ||
		    !fits_gap(c, queue->v[i], host, &guess))
			continue;
		best = queue->v[i];
		best_rank = r;
	}
	return best;
}

/* --- the decision -------------------------------------------------------- */

static bool class_has_free(const struct plan *plan,
			   const struct plan_class *class)
{
	for (size_t i = 0; i < plan->free.count; i++)
		if (plan_set_has(plan, class->sets[0], plan->free.v[i]))
			return true;
	return false;
}

/* The class whose next job goes before those of all others, or PLAN_NONE. */
static size_t next_class(const struct choice *c)
{
	const struct plan *plan = c->plan;
	size_t best = PLAN_NONE;

	for (size_t i = 0; i < plan->class_count; i++) {
		const struct numbers *queue = &plan->classes[i].queue;

		if (c->closed[i] || c->cursor[i] >= queue->count)
			continue;
		if (best == PLAN_NONE || plan_order(plan,
				queue->v[c->cursor[i]],
				plan->classes[best].queue.v[c->cursor[best]])
				< 0)
			best = i;
	}
	return best;
}

/* The job cannot begin now: what of those behind it? */
static void pass_over(struct choice *c, size_t k, size_t job)
{
	const struct plan_class *class = &c->plan->classes[k];

	if (class->roles > 1)
		reserve(c, job);
	else if (!class->roles || !class_has_free(c->plan, class) ||
		 ++c->tries[k] >= GAP_TRIES_MAX)
		c->closed[k] = true;
	if (c->reservations >= RESERVATIONS_MAX && class->roles > 1)
		c->closed[k] = true;
	c->cursor[k]++;
}

static bool try_start(struct choice *c, size_t k, struct plan_start *start)
{
	struct plan *plan = c->plan;
	size_t job = plan->classes[k].queue.v[c->cursor[k]];
	size_t roles = plan->jobs[job].roles;
	struct match match;

	if (!roles && plan->local_used >= plan->local_max)
		return false;
	if (roles && (plan->free.count < roles ||
		      !find_hosts(c, job, 0, &match)))
		return false;
	if (roles == 1)
		job = better_job(c, job, match.hosts[0]);
	*start = (struct plan_start){ .job = job, .roles = roles };
	memcpy(start->hosts, match.hosts, roles * sizeof(*start->hosts));
	plan_begin(plan, start, c->now);
	return true;
}

/* Without a free host only jobs that need none can begin. */
static void close_hopeless(struct choice *c)
{
	for (size_t i = 0; i < c->plan->class_count; i++)
		if (c->plan->classes[i].roles ? !c->plan->free.count :
		    c->plan->local_used >= c->plan->local_max)
			c->closed[i] = true;
}

static size_t choose(struct choice *c, struct plan_start *starts, size_t max)
{
	size_t count = 0;

	close_hopeless(c);
	while (count < max) {
		size_t k = next_class(c);

		if (k == PLAN_NONE)
			break;
		if (!try_start(c, k, &starts[count]))
			pass_over(c, k,
				  c->plan->classes[k].queue.v[c->cursor[k]]);
		else if (++count && !c->plan->free.count)
			close_hopeless(c);
	}
	return count;
}

size_t plan_choose(struct plan *plan, int64_t now, struct plan_start *starts,
		   size_t max)
{
	size_t hosts = plan->host_count + 1, classes = plan->class_count + 1;
	AUTO_FREE int64_t *reserved = xcalloc(hosts, sizeof(*reserved));
	AUTO_FREE int64_t *times = xcalloc(hosts, sizeof(*times));
	AUTO_FREE size_t *cursor = xcalloc(classes, sizeof(*cursor));
	AUTO_FREE size_t *tries = xcalloc(classes, sizeof(*tries));
	AUTO_FREE bool *closed = xcalloc(classes, sizeof(*closed));
	struct choice c = {
		.plan = plan, .now = now, .reserved = reserved,
		.available = times, .cursor = cursor, .tries = tries,
		.closed = closed,
	};

	reserved[hosts - 1] = NEVER;
	for (size_t i = 0; i < plan->host_count; i++) {
		reserved[i] = plan->hosts[i].kept ? plan->hosts[i].kept : NEVER;
		plan->hosts[i].reserved = 0;
	}
	return choose(&c, starts, max);
}
