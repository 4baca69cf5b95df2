/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan is made of; for this folder alone. */
#ifndef IRONBIRD_PLAN_STATE_H
#define IRONBIRD_PLAN_STATE_H

#include "plan/plan.h"

/* A list of numbers that grows. */
struct numbers {
	size_t *v;
	size_t count, room;
};

/* v with room for one more item of size bytes. */
void *room_for(void *v, size_t count, size_t *room, size_t size);
void numbers_push(struct numbers *list, size_t number);
void numbers_insert(struct numbers *list, size_t at, size_t number);
void numbers_remove(struct numbers *list, size_t at);

struct plan_host {
	const char *name;
	int broken;		/* jobs in a row */
	bool taken;		/* by others */
	size_t job;		/* the one that has it, or PLAN_NONE */
	int64_t until;		/* of others */
	uint64_t state_key;	/* as its last job left it */
	int64_t kept;		/* for others, from then on; 0: not */
	int64_t reserved;	/* at the last decision, from then on; 0: not */
	size_t reserved_for;
	bool looked_at;		/* ready is true of it */
	struct numbers ready;	/* jobs that would find it as they want it */
	int64_t wanted;		/* work that wants it, shared out, ms */
};

/* Hosts as bits. */
struct host_set {
	uint64_t *bits;
	size_t size;
};

struct plan_job {
	const char *name;
	int urgency;
	size_t roles, sets[PLAN_ROLES_MAX], hosts[PLAN_ROLES_MAX];
	struct numbers needs, needed_by;
	size_t open_needs;	/* that have not passed */
	int64_t unblocks;	/* work of all that waits for it, ms */
	int64_t expected, late;
	uint64_t state_key;
	size_t failed_on;
	enum plan_state state;
	size_t blocker;
	int64_t start;
	size_t class;		/* jobs that want the same sets */
	bool queued;		/* in its class's queue */
};

/* Jobs that may begin as soon as there are hosts, best first. */
struct plan_class {
	size_t roles, sets[PLAN_ROLES_MAX];
	size_t width;		/* hosts of its smallest set for each role */
	struct numbers queue;
};

struct plan {
	plan_guess_fn *guess;
	void *guess_arg;
	size_t local_max, local_used;
	struct plan_host *hosts;
	size_t host_count, host_room;
	struct host_set *sets;
	size_t set_count, set_room;
	struct plan_job *jobs;
	size_t job_count, job_room;
	struct plan_class *classes;
	size_t class_count, class_room;
	struct numbers free;	/* hosts that a job can have now */
};

bool plan_set_has(const struct plan *plan, size_t set, size_t host);
bool plan_host_suits(const struct plan *plan, size_t host, size_t job);
bool plan_host_usable(const struct plan_host *host);
/* Negative when a goes before b. */
int plan_order(const struct plan *plan, size_t a, size_t b);
void plan_guess(const struct plan *plan, size_t job, size_t host,
		struct plan_guess *guess);
/* When the host is expected to be free; now when it is. */
int64_t plan_host_until(const struct plan *plan, size_t host, int64_t now);

#endif
