/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hosts that are as a job would make them. */
#include "plan/state.h"

size_t plan_suitors(const struct plan *plan, size_t host, size_t *jobs,
		    size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->class_count; i++) {
		const struct plan_class *class = &plan->classes[i];
		bool wants = false;

		for (size_t role = 0; role < class->roles; role++)
			wants |= plan_set_has(plan, class->sets[role], host);
		for (size_t k = 0; wants && k < class->queue.count &&
		     k < PLAN_WINDOW && count < max; k++)
			jobs[count++] = class->queue.v[k];
	}
	return count;
}

void plan_host_ready(struct plan *plan, size_t host, const size_t *jobs,
		     size_t count)
{
	struct plan_host *h = &plan->hosts[host];

	h->looked_at = true;
	h->ready.count = 0;
	for (size_t i = 0; i < count; i++)
		numbers_push(&h->ready, jobs[i]);
}

bool plan_host_suits(const struct plan *plan, size_t host, size_t job)
{
	const struct plan_host *h = &plan->hosts[host];
	uint64_t key = plan->jobs[job].state_key;

	if (!h->looked_at)
		return key && key == h->state_key;
	for (size_t i = 0; i < h->ready.count; i++)
		if (h->ready.v[i] == job)
			return true;
	return false;
}
