/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hosts between flights: what is kept for others, what we wait for. */
#include "plan/state.h"

void plan_host_kept(struct plan *plan, size_t host, int64_t from)
{
	plan->hosts[host].kept = from;
}

/* The best of those that need no other host beside this one. */
static size_t first_alone(const struct plan *plan, size_t host)
{
	size_t best = PLAN_NONE;

	for (size_t i = 0; i < plan->class_count; i++) {
		const struct plan_class *class = &plan->classes[i];

		if (class->roles != 1 || !class->queue.count ||
		    !plan_set_has(plan, class->sets[0], host))
			continue;
		if (best == PLAN_NONE ||
		    plan_order(plan, class->queue.v[0], best) < 0)
			best = class->queue.v[0];
	}
	return best;
}

size_t plan_host_wanted(const struct plan *plan, size_t host, int64_t *from)
{
	const struct plan_host *h = &plan->hosts[host];

	*from = h->reserved;
	if (!plan_host_usable(h))
		return PLAN_NONE;
	if (h->reserved)
		return h->reserved_for;
	return plan_host_busy(plan, host) ? first_alone(plan, host) :
		PLAN_NONE;
}
