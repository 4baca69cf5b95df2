/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "plan/state.h"

#define WORD_BITS 64

static size_t words(const struct plan *plan)
{
	return plan->host_count / WORD_BITS + 1;
}

struct plan *plan_new(size_t local_max, plan_guess_fn *guess, void *arg)
{
	struct plan *plan = xcalloc(1, sizeof(*plan));

	plan->local_max = local_max;
	plan->guess = guess;
	plan->guess_arg = arg;
	return plan;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->job_count; i++) {
		free(plan->jobs[i].needs.v);
		free(plan->jobs[i].needed_by.v);
	}
	for (size_t i = 0; i < plan->set_count; i++)
		free(plan->sets[i].bits);
	for (size_t i = 0; i < plan->class_count; i++)
		free(plan->classes[i].queue.v);
	for (size_t i = 0; i < plan->host_count; i++)
		free(plan->hosts[i].ready.v);
	free(plan->hosts);
	free(plan->sets);
	free(plan->jobs);
	free(plan->classes);
	free(plan->free.v);
	free(plan);
}

static void *copy(const void *v, size_t count, size_t *room, size_t size)
{
	void *to = xcalloc(count + 1, size);

	*room = count + 1;
	if (count)
		memcpy(to, v, count * size);
	return to;
}

static void copy_numbers(struct numbers *list)
{
	list->v = copy(list->v, list->count, &list->room, sizeof(*list->v));
}

struct plan *plan_copy(const struct plan *from)
{
	struct plan *to = xcalloc(1, sizeof(*to));
	size_t ignored;

	*to = *from;
	to->hosts = copy(to->hosts, to->host_count, &to->host_room,
			 sizeof(*to->hosts));
	to->sets = copy(to->sets, to->set_count, &to->set_room,
			sizeof(*to->sets));
	to->jobs = copy(to->jobs, to->job_count, &to->job_room,
			sizeof(*to->jobs));
	to->classes = copy(to->classes, to->class_count, &to->class_room,
			   sizeof(*to->classes));
	copy_numbers(&to->free);
	for (size_t i = 0; i < to->host_count; i++)
		copy_numbers(&to->hosts[i].ready);
	for (size_t i = 0; i < to->set_count; i++)
		to->sets[i].bits = copy(to->sets[i].bits, words(to), &ignored,
					sizeof(uint64_t));
	for (size_t i = 0; i < to->job_count; i++) {
		copy_numbers(&to->jobs[i].needs);
		copy_numbers(&to->jobs[i].needed_by);
	}
	for (size_t i = 0; i < to->class_count; i++)
		copy_numbers(&to->classes[i].queue);
	return to;
}

/* --- hosts --------------------------------------------------------------- */

bool plan_host_usable(const struct plan_host *host)
{
	return host->broken < PLAN_BROKEN_LIMIT;
}

/* Keeps the list of free hosts true, in the order of their numbers. */
static void note_host(struct plan *plan, size_t h)
{
	const struct plan_host *host = &plan->hosts[h];
	bool is_free = plan_host_usable(host) && !host->taken &&
		host->job == PLAN_NONE;
	struct numbers *list = &plan->free;
	size_t at = 0;

	while (at < list->count && list->v[at] < h)
		at++;
	if (at < list->count && list->v[at] == h) {
		if (!is_free)
			numbers_remove(list, at);
	} else if (is_free) {
		numbers_insert(list, at, h);
	}
}

size_t plan_add_host(struct plan *plan, const char *name, int broken,
		     uint64_t state_key)
{
	plan->hosts = room_for(plan->hosts, plan->host_count, &plan->host_room,
			   sizeof(*plan->hosts));
	plan->hosts[plan->host_count] = (struct plan_host){
		.name = name, .broken = broken, .job = PLAN_NONE,
		.state_key = state_key,
	};
	note_host(plan, plan->host_count);
	return plan->host_count++;
}

bool plan_set_has(const struct plan *plan, size_t set, size_t host)
{
	return plan->sets[set].bits[host / WORD_BITS] >> (host % WORD_BITS) & 1;
}

size_t plan_add_set(struct plan *plan, const size_t *hosts, size_t count)
{
	size_t bytes = words(plan) * sizeof(uint64_t);
	uint64_t *bits = xcalloc(words(plan), sizeof(*bits));

	for (size_t i = 0; i < count; i++)
		bits[hosts[i] / WORD_BITS] |= 1ULL << (hosts[i] % WORD_BITS);
	for (size_t i = 0; i < plan->set_count; i++) {
		if (memcmp(plan->sets[i].bits, bits, bytes) == 0) {
			free(bits);
			return i;
		}
	}
	plan->sets = room_for(plan->sets, plan->set_count, &plan->set_room,
			  sizeof(*plan->sets));
	plan->sets[plan->set_count] = (struct host_set){ bits, count };
	return plan->set_count++;
}

void plan_host_taken(struct plan *plan, size_t h, int64_t until)
{
	plan->hosts[h].taken = until != 0;
	plan->hosts[h].until = until;
	note_host(plan, h);
}

int64_t plan_host_until(const struct plan *plan, size_t h, int64_t now)
{
	const struct plan_host *host = &plan->hosts[h];
	int64_t until = now;

	if (host->job != PLAN_NONE)
		until = plan_expected_end(plan, host->job, now);
	if (host->taken && host->until > until)
		until = host->until;
	return until;
}

/* --- jobs ---------------------------------------------------------------- */

void plan_guess(const struct plan *plan, size_t job, size_t host,
		struct plan_guess *guess)
{
	*guess = (struct plan_guess){ .expected_ms = 1, .late_ms = 1 };
	plan->guess(plan->guess_arg, job, host, guess);
	if (guess->expected_ms < 1)
		guess->expected_ms = 1;
	if (guess->late_ms < guess->expected_ms)
		guess->late_ms = guess->expected_ms;
}

static size_t class_width(const struct plan *plan,
			  const struct plan_job *job)
{
	size_t width = SIZE_MAX;

	for (size_t i = 0; i < job->roles; i++)
		if (plan->sets[job->sets[i]].size / job->roles < width)
			width = plan->sets[job->sets[i]].size / job->roles;
	return width;
}

static size_t find_class(struct plan *plan, const struct plan_job *job)
{
	for (size_t i = 0; i < plan->class_count; i++)
		if (plan->classes[i].roles == job->roles &&
		    memcmp(plan->classes[i].sets, job->sets,
			   job->roles * sizeof(*job->sets)) == 0)
			return i;
	plan->classes = room_for(plan->classes, plan->class_count,
			     &plan->class_room, sizeof(*plan->classes));
	plan->classes[plan->class_count] = (struct plan_class){
		.roles = job->roles, .width = class_width(plan, job),
	};
	memcpy(plan->classes[plan->class_count].sets, job->sets,
	       sizeof(job->sets));
	return plan->class_count++;
}

size_t plan_add_job(struct plan *plan, const struct plan_job_spec *spec)
{
	struct plan_job job = {
		.name = spec->name, .urgency = spec->urgency,
		.roles = spec->roles, .state_key = spec->state_key,
		.failed_on = spec->failed_on, .blocker = PLAN_NONE,
	};

	for (size_t i = 0; i < spec->roles; i++)
		job.sets[i] = spec->sets[i];
	for (size_t i = 0; i < spec->need_count; i++)
		numbers_push(&job.needs, spec->needs[i]);
	job.class = find_class(plan, &job);
	plan->jobs = room_for(plan->jobs, plan->job_count, &plan->job_room,
			  sizeof(*plan->jobs));
	plan->jobs[plan->job_count] = job;
	return plan->job_count++;
}

/* The work of everything that waits for the job, each counted once. */
static int64_t sum_needers(const struct plan *plan, size_t job, size_t *seen,
			   size_t mark)
{
	const struct numbers *list = &plan->jobs[job].needed_by;
	int64_t sum = 0;

	for (size_t i = 0; i < list->count; i++) {
		size_t next = list->v[i];

		if (seen[next] == mark)
			continue;
		seen[next] = mark;
		sum += plan->jobs[next].expected +
			sum_needers(plan, next, seen, mark);
	}
	return sum;
}

/* A host that many want is left to those who can have no other. */
static void share_out(struct plan *plan, const struct plan_job *job)
{
	for (size_t i = 0; i < job->roles; i++) {
		size_t set = job->sets[i];
		int64_t part = job->expected /
			(int64_t)(plan->sets[set].size + 1);

		for (size_t h = 0; h < plan->host_count; h++)
			if (plan_set_has(plan, set, h))
				plan->hosts[h].wanted += part;
	}
}

int plan_order(const struct plan *plan, size_t a, size_t b)
{
	const struct plan_job *x = &plan->jobs[a], *y = &plan->jobs[b];

	if (x->urgency != y->urgency)
		return x->urgency < y->urgency ? -1 : 1;
	if (x->unblocks != y->unblocks)
		return x->unblocks > y->unblocks ? -1 : 1;
	if (plan->classes[x->class].width != plan->classes[y->class].width)
		return plan->classes[x->class].width <
			plan->classes[y->class].width ? -1 : 1;
	if (x->expected != y->expected)
		return x->expected > y->expected ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* Where the job is, or belongs, in its class's queue. */
static size_t queue_place(const struct plan *plan, size_t job)
{
	const struct numbers *queue =
		&plan->classes[plan->jobs[job].class].queue;
	size_t low = 0, high = queue->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (plan_order(plan, queue->v[middle], job) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A place among those that may begin, and out of it. */
static void enqueue(struct plan *plan, size_t j)
{
	struct plan_job *job = &plan->jobs[j];

	if (job->queued || job->state != PLAN_WAITING || job->open_needs)
		return;
	numbers_insert(&plan->classes[job->class].queue, queue_place(plan, j),
		       j);
	job->queued = true;
}

static void dequeue(struct plan *plan, size_t j)
{
	struct plan_job *job = &plan->jobs[j];

	if (!job->queued)
		return;
	numbers_remove(&plan->classes[job->class].queue, queue_place(plan, j));
	job->queued = false;
}

void plan_ready(struct plan *plan)
{
	AUTO_FREE size_t *seen = xcalloc(plan->job_count + 1, sizeof(*seen));

	for (size_t j = 0; j < plan->job_count; j++) {
		struct plan_job *job = &plan->jobs[j];
		struct plan_guess guess;

		plan_guess(plan, j, PLAN_NONE, &guess);
		job->expected = guess.expected_ms;
		job->late = guess.late_ms;
		job->open_needs = job->needs.count;
		share_out(plan, job);
		for (size_t i = 0; i < job->needs.count; i++)
			numbers_push(&plan->jobs[job->needs.v[i]].needed_by,
				     j);
	}
	for (size_t j = 0; j < plan->job_count; j++)
		plan->jobs[j].unblocks = sum_needers(plan, j, seen, j + 1);
	for (size_t j = 0; j < plan->job_count; j++)
		if (!plan->jobs[j].open_needs)
			enqueue(plan, j);
}

/* --- what happens -------------------------------------------------------- */

void plan_begin(struct plan *plan, const struct plan_start *start,
		int64_t since)
{
	struct plan_job *job = &plan->jobs[start->job];

	dequeue(plan, start->job);
	job->state = PLAN_RUNNING;
	job->start = since;
	job->roles = start->roles;
	if (!start->roles)
		plan->local_used++;
	for (size_t i = 0; i < start->roles; i++) {
		job->hosts[i] = start->hosts[i];
		plan->hosts[start->hosts[i]].job = start->job;
		plan->hosts[start->hosts[i]].looked_at = false;
		note_host(plan, start->hosts[i]);
	}
}

static void leave_hosts(struct plan *plan, size_t j, enum plan_end how)
{
	struct plan_job *job = &plan->jobs[j];

	if (!job->roles)
		plan->local_used--;
	for (size_t i = 0; i < job->roles; i++) {
		struct plan_host *host = &plan->hosts[job->hosts[i]];

		host->job = PLAN_NONE;
		host->broken = how == PLAN_END_BROKEN ? host->broken + 1 : 0;
		/* what a job that did not pass left is nobody's state */
		host->state_key = how == PLAN_END_PASS ? job->state_key : 0;
		note_host(plan, job->hosts[i]);
	}
}

static void block(struct plan *plan, size_t blocker)
{
	const struct numbers *list = &plan->jobs[blocker].needed_by;

	for (size_t i = 0; i < list->count; i++) {
		struct plan_job *job = &plan->jobs[list->v[i]];

		if (job->state != PLAN_WAITING)
			continue;
		dequeue(plan, list->v[i]);
		job->state = PLAN_BLOCKED;
		job->blocker = blocker;
		block(plan, list->v[i]);
	}
}

void plan_end(struct plan *plan, size_t j, enum plan_end how)
{
	struct plan_job *job = &plan->jobs[j];

	if (job->state == PLAN_RUNNING)
		leave_hosts(plan, j, how);
	dequeue(plan, j);
	job->state = how == PLAN_END_PASS ? PLAN_PASSED : PLAN_ENDED;
	if (how != PLAN_END_PASS) {
		block(plan, j);
		return;
	}
	for (size_t i = 0; i < job->needed_by.count; i++) {
		plan->jobs[job->needed_by.v[i]].open_needs--;
		enqueue(plan, job->needed_by.v[i]);
	}
}

void plan_again(struct plan *plan, size_t j, enum plan_end how,
		const size_t *sets)
{
	struct plan_job *job = &plan->jobs[j];

	if (job->state == PLAN_RUNNING)
		leave_hosts(plan, j, how);
	dequeue(plan, j);
	for (size_t i = 0; i < job->roles; i++)
		job->sets[i] = sets[i];
	job->class = find_class(plan, job);
	job->state = PLAN_WAITING;
	enqueue(plan, j);
}

/* --- asked --------------------------------------------------------------- */

size_t plan_host_count(const struct plan *plan)
{
	return plan->host_count;
}

size_t plan_job_count(const struct plan *plan)
{
	return plan->job_count;
}

const char *plan_host_name(const struct plan *plan, size_t host)
{
	return plan->hosts[host].name;
}

const char *plan_job_name(const struct plan *plan, size_t job)
{
	return plan->jobs[job].name;
}

bool plan_host_left_out(const struct plan *plan, size_t host)
{
	return !plan_host_usable(&plan->hosts[host]);
}

size_t plan_host_job(const struct plan *plan, size_t host)
{
	return plan->hosts[host].job;
}

bool plan_host_busy(const struct plan *plan, size_t host)
{
	return plan->hosts[host].taken || plan->hosts[host].job != PLAN_NONE;
}

enum plan_state plan_job_state(const struct plan *plan, size_t job)
{
	return plan->jobs[job].state;
}

size_t plan_job_blocker(const struct plan *plan, size_t job)
{
	return plan->jobs[job].blocker;
}

size_t plan_job_hosts(const struct plan *plan, size_t j,
		      size_t hosts[PLAN_ROLES_MAX])
{
	const struct plan_job *job = &plan->jobs[j];

	if (job->state != PLAN_RUNNING)
		return 0;
	memcpy(hosts, job->hosts, job->roles * sizeof(*hosts));
	return job->roles;
}
