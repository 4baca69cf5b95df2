/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The future, if all takes as long as expected; and what a job waits for. */
#include <stdlib.h>

#include "base/alloc.h"
#include "plan/state.h"

/* A job past its p90 is given another quarter of the time it has had. */
#define LATE_PART 4
#define STARTS_MAX 256

static int64_t guessed(const struct plan *plan, size_t j, bool late)
{
	const struct plan_job *job = &plan->jobs[j];
	int64_t longest = 0;

	for (size_t i = 0; i < job->roles; i++) {
		struct plan_guess guess;
		int64_t ms;

		plan_guess(plan, j, job->hosts[i], &guess);
		ms = late ? guess.late_ms : guess.expected_ms;
		if (ms > longest)
			longest = ms;
	}
	if (job->roles)
		return longest;
	return late ? job->late : job->expected;
}

int64_t plan_expected_end(const struct plan *plan, size_t j, int64_t now)
{
	int64_t start = plan->jobs[j].start;
	int64_t end = start + guessed(plan, j, false);

	if (end > now)
		return end;
	end = start + guessed(plan, j, true);
	return end > now ? end : now + (now - start) / LATE_PART + 1;
}

/* --- a heap of things that end, the next one first ----------------------- */

struct ending {
	int64_t at;
	size_t job, host;	/* one of them PLAN_NONE */
};

struct endings {
	struct ending *v;
	size_t count;
};

static void swap(struct ending *a, struct ending *b)
{
	struct ending t = *a;

	*a = *b;
	*b = t;
}

/* v has room for everything that can be running at once. */
static void endings_add(struct endings *heap, struct ending ending)
{
	size_t i = heap->count++;

	heap->v[i] = ending;
	while (i && heap->v[i].at < heap->v[(i - 1) / 2].at) {
		swap(&heap->v[i], &heap->v[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
}

static struct ending endings_take(struct endings *heap)
{
	struct ending first = heap->v[0];
	size_t i = 0, least;

	heap->v[0] = heap->v[--heap->count];
	while (1) {
		least = i;
		for (size_t k = 2 * i + 1; k <= 2 * i + 2; k++)
			if (k < heap->count &&
			    heap->v[k].at < heap->v[least].at)
				least = k;
		if (least == i)
			return first;
		swap(&heap->v[i], &heap->v[least]);
		i = least;
	}
}

/* --- the run ------------------------------------------------------------- */

static void note_running(const struct plan *plan, struct endings *heap,
			 struct plan_slot *slots, size_t j, int64_t now)
{
	const struct plan_job *job = &plan->jobs[j];

	slots[j] = (struct plan_slot){
		.start = job->start, .roles = job->roles,
		.end = plan_expected_end(plan, j, now),
	};
	for (size_t i = 0; i < job->roles; i++)
		slots[j].hosts[i] = job->hosts[i];
	endings_add(heap, (struct ending){ slots[j].end, j, PLAN_NONE });
}

static void note_present(const struct plan *plan, struct endings *heap,
			 struct plan_slot *slots, int64_t now)
{
	for (size_t j = 0; j < plan->job_count; j++) {
		slots[j] = (struct plan_slot){ .start = 0 };
		if (plan->jobs[j].state == PLAN_RUNNING)
			note_running(plan, heap, slots, j, now);
	}
	for (size_t h = 0; h < plan->host_count; h++)
		if (plan->hosts[h].taken)
			endings_add(heap, (struct ending){
				    plan_host_until(plan, h, now), PLAN_NONE,
				    h });
}

static void start_all(struct plan *plan, struct endings *heap,
		      struct plan_slot *slots, int64_t now)
{
	struct plan_start starts[STARTS_MAX];
	size_t count;

	do {
		count = plan_choose(plan, now, starts, STARTS_MAX);
		for (size_t i = 0; i < count; i++)
			note_running(plan, heap, slots, starts[i].job, now);
	} while (count == STARTS_MAX);
}

static void finish(struct plan *plan, struct ending ending)
{
	if (ending.job != PLAN_NONE)
		plan_end(plan, ending.job, PLAN_END_PASS);
	else
		plan_host_taken(plan, ending.host, 0);
}

int64_t plan_project(const struct plan *from, int64_t now,
		     struct plan_slot *slots)
{
	struct plan *plan = plan_copy(from);
	struct endings heap = {
		.v = xcalloc(plan->job_count + plan->host_count + 1,
			     sizeof(*heap.v)),
	};
	int64_t last = now;

	/* for how long others will have what is kept, nobody knows */
	for (size_t h = 0; h < plan->host_count; h++)
		plan_host_kept(plan, h, 0);
	note_present(plan, &heap, slots, now);
	start_all(plan, &heap, slots, now);
	while (heap.count) {
		struct ending ending = endings_take(&heap);

		if (ending.at > last)
			last = ending.at;
		finish(plan, ending);
		/* all that ends at this moment, then what can begin */
		while (heap.count && heap.v[0].at == ending.at)
			finish(plan, endings_take(&heap));
		start_all(plan, &heap, slots, last);
	}
	free(heap.v);
	plan_free(plan);
	return last;
}

/* --- why ----------------------------------------------------------------- */

size_t plan_job_starved(const struct plan *plan, size_t j)
{
	const struct plan_job *job = &plan->jobs[j];

	if (job->state != PLAN_WAITING)
		return PLAN_NONE;
	for (size_t role = 0; role < job->roles; role++) {
		size_t left = 0;

		for (size_t h = 0; h < plan->host_count; h++)
			left += plan_set_has(plan, job->sets[role], h) &&
				plan_host_usable(&plan->hosts[h]);
		/* two roles of one set need two hosts */
		for (size_t other = 0; other < role; other++)
			if (left && job->sets[other] == job->sets[role])
				left--;
		if (!left)
			return role;
	}
	return PLAN_NONE;
}

/* Of its needs the one that is over last. */
static bool waits_for_need(const struct plan *plan, size_t j,
			   const struct plan_slot *slots,
			   struct plan_reason *reason)
{
	const struct numbers *needs = &plan->jobs[j].needs;

	for (size_t i = 0; i < needs->count; i++) {
		size_t need = needs->v[i];

		if (plan->jobs[need].state == PLAN_PASSED)
			continue;
		if (reason->what == PLAN_WAIT_NEED &&
		    slots[need].end <= reason->until)
			continue;
		*reason = (struct plan_reason){
			PLAN_WAIT_NEED, need, PLAN_NONE, PLAN_NONE,
			slots[need].end,
		};
	}
	return reason->what == PLAN_WAIT_NEED;
}

/* The job that goes before this one on the host, or PLAN_NONE. */
static size_t who_is_before(const struct plan *plan, size_t j, size_t host,
			    const struct plan_slot *slots)
{
	size_t last = PLAN_NONE;

	for (size_t i = 0; i < plan->job_count; i++)
		for (size_t role = 0; role < slots[i].roles; role++)
			if (i != j && slots[i].start &&
			    slots[i].hosts[role] == host &&
			    slots[i].start < slots[j].start &&
			    (last == PLAN_NONE ||
			     slots[i].start > slots[last].start))
				last = i;
	return last;
}

static void waits_for_host(const struct plan *plan, size_t j,
			   const struct plan_slot *slots, int64_t now,
			   struct plan_reason *reason)
{
	const struct plan_slot *slot = &slots[j];
	int64_t latest = -1;

	reason->until = slot->start;
	for (size_t role = 0; role < slot->roles; role++) {
		size_t host = slot->hosts[role];
		int64_t until = plan_host_until(plan, host, now);

		if (!plan_host_busy(plan, host) || until <= latest)
			continue;
		latest = until;
		reason->what = PLAN_WAIT_HOST;
		reason->host = host;
		reason->role = role;
		reason->job = plan->hosts[host].job;
	}
	if (latest >= 0 || !slot->roles)
		return;
	reason->what = PLAN_WAIT_RESERVED;
	reason->host = slot->hosts[0];
	reason->job = who_is_before(plan, j, slot->hosts[0], slots);
}

void plan_why(const struct plan *plan, size_t j, int64_t now,
	      const struct plan_slot *slots, struct plan_reason *reason)
{
	const struct plan_job *job = &plan->jobs[j];

	*reason = (struct plan_reason){
		PLAN_WAIT_NOTHING, PLAN_NONE, PLAN_NONE, PLAN_NONE, 0,
	};
	if (job->state != PLAN_WAITING)
		return;
	reason->role = plan_job_starved(plan, j);
	if (reason->role != PLAN_NONE) {
		reason->what = PLAN_WAIT_FOREVER;
		return;
	}
	if (waits_for_need(plan, j, slots, reason) ||
	    slots[j].start == now)
		return;
	if (job->roles) {
		waits_for_host(plan, j, slots, now, reason);
		return;
	}
	reason->what = PLAN_WAIT_LOCAL;
	reason->until = slots[j].start;
}
