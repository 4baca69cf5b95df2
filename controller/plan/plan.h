/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which job begins on which host, and when all the others will. Pure: no
 * clock, no database; whoever calls says what time it is and what happened.
 *
 * Hosts, host sets and jobs are known by their number, from 0 in the order in
 * which they were added. A job waits for its needs (other jobs), then for one
 * host out of a set for each of its roles, all of them at once. plan_choose
 * says which jobs begin now; the caller begins them and tells plan_begin, and
 * plan_end when they are over.
 *
 * The order: jobs of a lower urgency first, then those that others need (what
 * unblocks most work first), then long ones before short ones, then as added.
 * Out of the first PLAN_WINDOW of equal hosts' wishes, a job is preferred that
 * failed last on the free host, or that wants it in the state it is in; a job
 * whose preferred host is busy lets others pass. Otherwise a job goes to the
 * host it has not been on for the longest time.
 *
 * Back-fill is conservative: a job that needs several hosts has them reserved
 * from the moment when the last of them is expected to be free, and a job that
 * comes after it takes such a host only when it will (at p90) be over by then.
 *
 * The state of a host is known by what its last job here left (state keys), or
 * better: by who asks whether a job would find it as it makes it
 * (plan_host_ready). Such a job is spared the preparation.
 *
 * A host on which PLAN_BROKEN_LIMIT jobs in a row were broken is left out.
 */
#ifndef IRONBIRD_PLAN_PLAN_H
#define IRONBIRD_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_NONE ((size_t)-1)
#define PLAN_ROLES_MAX 4
#define PLAN_WINDOW 16
#define PLAN_BROKEN_LIMIT 3

struct plan;

enum plan_state {
	PLAN_WAITING,		/* for its needs, or for hosts */
	PLAN_RUNNING,
	PLAN_PASSED,
	PLAN_ENDED,		/* in any other way */
	PLAN_BLOCKED,		/* a need of it did not pass */
};

/* What is known of a job on a host; host PLAN_NONE: on any. */
struct plan_guess {
	int64_t expected_ms, late_ms;	/* median and p90 */
	int64_t last_here;	/* when it was here, any scale; 0: never */
};

typedef void plan_guess_fn(void *arg, size_t job, size_t host,
			   struct plan_guess *guess);

struct plan_job_spec {
	const char *name;	/* must live as long as the plan */
	int urgency;		/* lower is earlier */
	size_t roles;		/* how many hosts; 0: runs on the controller */
	size_t sets[PLAN_ROLES_MAX];	/* out of which set each */
	const size_t *needs;	/* jobs added before or after */
	size_t need_count;
	uint64_t state_key;	/* jobs of one key want a host alike; 0: none */
	size_t failed_on;	/* the host it would rather be on, or none */
};

/* local_max: how many jobs without a host run side by side. */
struct plan *plan_new(size_t local_max, plan_guess_fn *guess, void *arg);
void plan_free(struct plan *plan);	/* NULL is fine */
struct plan *plan_copy(const struct plan *plan);

/* name must live as long as the plan. broken: jobs in a row up to now. */
size_t plan_add_host(struct plan *plan, const char *name, int broken,
		     uint64_t state_key);
/* A set of hosts; the same hosts give the same number. All hosts first. */
size_t plan_add_set(struct plan *plan, const size_t *hosts, size_t count);
size_t plan_add_job(struct plan *plan, const struct plan_job_spec *spec);
/* When all were added: who needs whom, and what unblocks how much. */
void plan_ready(struct plan *plan);

struct plan_start {
	size_t job;
	size_t roles;
	size_t hosts[PLAN_ROLES_MAX];
};

/*
 * Jobs to begin now, at most max of them; how many. They are running for the
 * plan from here on.
 */
size_t plan_choose(struct plan *plan, int64_t now, struct plan_start *starts,
		   size_t max);
/* A job runs already, since then. */
void plan_begin(struct plan *plan, const struct plan_start *start,
		int64_t since);
enum plan_end { PLAN_END_PASS, PLAN_END_FAIL, PLAN_END_BROKEN };
/* Blocks what needs it unless it passed. */
void plan_end(struct plan *plan, size_t job, enum plan_end how);
/*
 * The job waits again, for hosts of these sets: it was broken and is to be
 * tried on another host, or (PLAN_END_FAIL) its hosts were gone when it was
 * to begin.
 */
void plan_again(struct plan *plan, size_t job, enum plan_end how,
		const size_t *sets);
/* Hosts that others have, expected until then; until 0: no more. */
void plan_host_taken(struct plan *plan, size_t host, int64_t until);

/*
 * The next jobs that may begin on the host, at most max of them: those of whom
 * it matters whether the host is as they would make it. How many.
 */
size_t plan_suitors(const struct plan *plan, size_t host, size_t *jobs,
		    size_t max);
/*
 * The host is as these jobs would make it, and no others: until a job begins
 * on it, that counts instead of state keys.
 */
void plan_host_ready(struct plan *plan, size_t host, const size_t *jobs,
		     size_t count);

/*
 * Others, who go first, have the host reserved from then on: until then it is
 * a gap like any other. 0: nobody has.
 */
void plan_host_kept(struct plan *plan, size_t host, int64_t from);
/*
 * The waiting job that is to have the host next, though it is not free, or
 * kept with others until *from; *from 0: as soon as it is free. PLAN_NONE:
 * none, or it may begin at once.
 */
size_t plan_host_wanted(const struct plan *plan, size_t host, int64_t *from);

size_t plan_host_count(const struct plan *plan);
size_t plan_job_count(const struct plan *plan);
const char *plan_host_name(const struct plan *plan, size_t host);
const char *plan_job_name(const struct plan *plan, size_t job);
bool plan_host_left_out(const struct plan *plan, size_t host);
bool plan_host_busy(const struct plan *plan, size_t host);
/* The job of this plan that has the host, or PLAN_NONE. */
size_t plan_host_job(const struct plan *plan, size_t host);
enum plan_state plan_job_state(const struct plan *plan, size_t job);
/* The hosts it runs on; how many. */
size_t plan_job_hosts(const struct plan *plan, size_t job,
		      size_t hosts[PLAN_ROLES_MAX]);
/* The need that blocks it, or PLAN_NONE. */
size_t plan_job_blocker(const struct plan *plan, size_t job);
/* Waits, and can never begin: the role no host is left for, else PLAN_NONE. */
size_t plan_job_starved(const struct plan *plan, size_t job);

/* --- what will be -------------------------------------------------------- */

struct plan_slot {
	int64_t start, end;	/* 0: never */
	size_t roles;
	size_t hosts[PLAN_ROLES_MAX];
};

/*
 * What plan_choose will do if all takes as long as expected: a slot for each
 * job (room for all of them), those that run included; returns the end of the
 * last one. What is over has slot 0.
 */
int64_t plan_project(const struct plan *plan, int64_t now,
		     struct plan_slot *slots);
/* When a job that runs since then will be over; what is late gets later. */
int64_t plan_expected_end(const struct plan *plan, size_t job, int64_t now);

enum plan_wait {
	PLAN_WAIT_NOTHING,	/* it may begin now, or does not wait at all */
	PLAN_WAIT_NEED,		/* .job must pass */
	PLAN_WAIT_HOST,		/* .host is .job's, or another controller's */
	PLAN_WAIT_RESERVED,	/* .host is kept for .job, which goes first */
	PLAN_WAIT_LOCAL,	/* a place on the controller */
	PLAN_WAIT_FOREVER,	/* no host is left for .role */
};

struct plan_reason {
	enum plan_wait what;
	size_t job, host, role;	/* PLAN_NONE where it means nothing */
	int64_t until;		/* expected; 0: not known */
};

/* Why the job does not run; slots are those of plan_project. */
void plan_why(const struct plan *plan, size_t job, int64_t now,
	      const struct plan_slot *slots, struct plan_reason *reason);

#endif
