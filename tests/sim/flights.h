/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flights in virtual time: hosts that fail, jobs that take longer than they
 * should, and the real plan (controller/plan) deciding what runs where.
 *
 * All of it comes from one seed. A job's expected time is known to the plan;
 * what it really takes is off by up to `noise` per cent. Of the hosts, the
 * first `bad_hosts` break every job. sim_run asserts nothing: it counts what
 * must not be, and its callers look.
 */
#ifndef TESTS_SIM_FLIGHTS_H
#define TESTS_SIM_FLIGHTS_H

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "plan/plan.h"

#define SIM_MINUTE 60000

struct sim_spec {
	unsigned seed;
	size_t jobs, hosts, builds;
	size_t bad_hosts;
	size_t pairs_percent;	/* jobs that want two hosts */
	size_t kinds;		/* host flags: each job wants one of them */
	int noise_percent;
};

struct sim_job {
	int64_t expected, actual;
	uint64_t key;
	size_t pair, kind, build;	/* build PLAN_NONE: is one */
	size_t runs;
	int64_t start, end;
	bool passed, over;
	size_t roles, hosts[PLAN_ROLES_MAX];
};

struct sim {
	struct sim_spec spec;
	struct plan *plan;
	struct sim_job *jobs;
	size_t *host_job;	/* PLAN_NONE: free */
	size_t *host_broken;	/* jobs that broke on it */
	size_t *kind_sets;
	int64_t *work;		/* host time of all runs, by kind */
	int64_t makespan;
	size_t double_booked, early, unfinished, after_limit, state_changes;
	size_t decisions;
	int64_t decided_us;
	uint64_t *host_key;
	unsigned random;
};

/* xorshift32, Marsaglia 2003: the same everywhere, unlike rand(). */
static inline unsigned sim_random(struct sim *sim)
{
	unsigned x = sim->random;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return sim->random = x;
}

static inline void sim_guess(void *arg, size_t job, size_t host,
			     struct plan_guess *guess)
{
	const struct sim *sim = arg;

	(void)host;
	guess->expected_ms = sim->jobs[job].expected;
	guess->late_ms = sim->jobs[job].expected * 5 / 4;
}

static inline void sim_make_job(struct sim *sim, size_t j)
{
	const struct sim_spec *spec = &sim->spec;
	struct sim_job *job = &sim->jobs[j];
	int off = spec->noise_percent ?
		(int)(sim_random(sim) % (2 * spec->noise_percent + 1)) -
		spec->noise_percent : 0;

	job->expected = (5 + sim_random(sim) % 55) * SIM_MINUTE;
	job->actual = job->expected * (100 + off) / 100;
	job->build = j < spec->builds ? PLAN_NONE :
		sim_random(sim) % spec->builds;
	job->pair = j >= spec->builds &&
		sim_random(sim) % 100 < spec->pairs_percent;
	job->kind = sim_random(sim) % spec->kinds;
	job->key = 1 + (job->build == PLAN_NONE ? 0 : job->build + 1);
}

/* Every host has kind 0; the others are had by every second host, ... */
static inline bool sim_has_kind(size_t host, size_t kind)
{
	return kind == 0 || host % (kind + 1) == 0;
}

static inline void sim_make_hosts(struct sim *sim)
{
	const struct sim_spec *spec = &sim->spec;
	AUTO_FREE size_t *set = xcalloc(spec->hosts, sizeof(*set));

	for (size_t h = 0; h < spec->hosts; h++) {
		plan_add_host(sim->plan, "host", 0, 0);
		sim->host_job[h] = PLAN_NONE;
	}
	for (size_t k = 0; k < spec->kinds; k++) {
		size_t n = 0;

		for (size_t h = 0; h < spec->hosts; h++)
			if (sim_has_kind(h, k))
				set[n++] = h;
		sim->kind_sets[k] = plan_add_set(sim->plan, set, n);
	}
}

static inline void sim_make_plan(struct sim *sim)
{
	for (size_t j = 0; j < sim->spec.jobs; j++) {
		const struct sim_job *job = &sim->jobs[j];
		struct plan_job_spec spec = {
			.name = "job", .roles = job->pair ? 2 : 1,
			.needs = &job->build,
			.need_count = job->build == PLAN_NONE ? 0 : 1,
			.state_key = job->key, .failed_on = PLAN_NONE,
		};

		spec.sets[0] = sim->kind_sets[job->kind];
		spec.sets[1] = spec.sets[0];
		plan_add_job(sim->plan, &spec);
	}
	plan_ready(sim->plan);
}

static inline void sim_init(struct sim *sim, const struct sim_spec *spec)
{
	*sim = (struct sim){ .spec = *spec, .random = spec->seed };
	sim->jobs = xcalloc(spec->jobs, sizeof(*sim->jobs));
	sim->host_job = xcalloc(spec->hosts, sizeof(*sim->host_job));
	sim->host_broken = xcalloc(spec->hosts, sizeof(*sim->host_broken));
	sim->host_key = xcalloc(spec->hosts, sizeof(*sim->host_key));
	sim->kind_sets = xcalloc(spec->kinds, sizeof(*sim->kind_sets));
	sim->work = xcalloc(spec->kinds, sizeof(*sim->work));
	sim->plan = plan_new(1, sim_guess, sim);
	for (size_t j = 0; j < spec->jobs; j++)
		sim_make_job(sim, j);
	sim_make_hosts(sim);
	sim_make_plan(sim);
}

static inline void sim_release(struct sim *sim)
{
	plan_free(sim->plan);
	free(sim->jobs);
	free(sim->host_job);
	free(sim->host_broken);
	free(sim->host_key);
	free(sim->kind_sets);
	free(sim->work);
}

static inline void sim_start(struct sim *sim, const struct plan_start *start,
			     int64_t now)
{
	struct sim_job *job = &sim->jobs[start->job];

	if (job->build != PLAN_NONE && !sim->jobs[job->build].passed)
		sim->early++;
	job->start = now;
	job->end = now + job->actual;
	job->runs++;
	job->roles = start->roles;
	for (size_t i = 0; i < start->roles; i++) {
		size_t host = start->hosts[i];

		sim->double_booked += sim->host_job[host] != PLAN_NONE;
		sim->after_limit += sim->host_broken[host] >=
			PLAN_BROKEN_LIMIT;
		sim->state_changes += sim->host_key[host] != job->key;
		sim->host_key[host] = job->key;
		sim->host_job[host] = start->job;
		job->hosts[i] = host;
	}
}

static inline void sim_start_all(struct sim *sim, int64_t now)
{
	struct plan_start starts[64];
	size_t count;

	do {
		int64_t before = clock_mono_us();

		count = plan_choose(sim->plan, now, starts, 64);
		sim->decided_us += clock_mono_us() - before;
		sim->decisions++;
		for (size_t i = 0; i < count; i++)
			sim_start(sim, &starts[i], now);
	} while (count == 64);
}

/* The job waits again, for any host of its kind but those it broke on. */
static inline void sim_again(struct sim *sim, size_t j)
{
	struct sim_job *job = &sim->jobs[j];
	AUTO_FREE size_t *left = xcalloc(sim->spec.hosts, sizeof(*left));
	size_t n = 0, sets[2];

	for (size_t h = 0; h < sim->spec.hosts; h++)
		if (sim_has_kind(h, job->kind) && h != job->hosts[0] &&
		    !(job->roles > 1 && h == job->hosts[1]))
			left[n++] = h;
	sets[0] = sets[1] = plan_add_set(sim->plan, left, n);
	plan_again(sim->plan, j, PLAN_END_BROKEN, sets);
	job->end = 0;
}

static inline void sim_end(struct sim *sim, size_t j)
{
	struct sim_job *job = &sim->jobs[j];
	bool broken = false;

	for (size_t i = 0; i < job->roles; i++) {
		sim->host_job[job->hosts[i]] = PLAN_NONE;
		broken |= job->hosts[i] < sim->spec.bad_hosts;
	}
	for (size_t i = 0; i < job->roles && broken; i++) {
		if (job->hosts[i] < sim->spec.bad_hosts)
			sim->host_broken[job->hosts[i]]++;
		sim->host_key[job->hosts[i]] = 0;
	}
	sim->work[job->kind] += job->actual * (int64_t)job->roles;
	if (broken && job->runs < 10) {
		sim_again(sim, j);
		return;
	}
	job->over = true;
	job->passed = !broken;
	plan_end(sim->plan, j, broken ? PLAN_END_BROKEN : PLAN_END_PASS);
}

/* The time at which the next running job is over, or -1. */
static inline int64_t sim_next(const struct sim *sim)
{
	int64_t next = -1;

	for (size_t h = 0; h < sim->spec.hosts; h++) {
		size_t j = sim->host_job[h];

		if (j != PLAN_NONE && (next < 0 || sim->jobs[j].end < next))
			next = sim->jobs[j].end;
	}
	return next;
}

static inline void sim_run(struct sim *sim)
{
	int64_t now = 1;

	sim_start_all(sim, now);
	while ((now = sim_next(sim)) >= 0) {
		for (size_t h = 0; h < sim->spec.hosts; h++) {
			size_t j = sim->host_job[h];

			if (j != PLAN_NONE && sim->jobs[j].end <= now)
				sim_end(sim, j);
		}
		sim->makespan = now;
		sim_start_all(sim, now);
	}
	for (size_t j = 0; j < sim->spec.jobs; j++)
		sim->unfinished += !sim->jobs[j].over;
}

/* The work of some kinds, on the hosts that can do it. */
static inline int64_t sim_spread(const struct sim *sim, unsigned kinds)
{
	int64_t work = 0, hosts = 0;

	for (size_t k = 0; k < sim->spec.kinds; k++)
		work += kinds >> k & 1 ? sim->work[k] : 0;
	for (size_t h = 0; h < sim->spec.hosts; h++)
		for (size_t k = 0; k < sim->spec.kinds; k++)
			if (kinds >> k & 1 && sim_has_kind(h, k)) {
				hosts++;
				break;
			}
	return work / hosts;
}

/*
 * No plan can be quicker: the longest chain, or any kinds of work on all the
 * hosts that can do it.
 */
static inline int64_t sim_lower_bound(const struct sim *sim)
{
	int64_t bound = 0;

	for (size_t j = 0; j < sim->spec.jobs; j++) {
		const struct sim_job *job = &sim->jobs[j];
		int64_t length = job->actual + (job->build == PLAN_NONE ? 0 :
			sim->jobs[job->build].actual);

		if (length > bound)
			bound = length;
	}
	for (unsigned kinds = 1; kinds < 1U << sim->spec.kinds; kinds++)
		if (sim_spread(sim, kinds) > bound)
			bound = sim_spread(sim, kinds);
	return bound;
}

#endif
