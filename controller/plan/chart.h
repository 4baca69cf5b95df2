/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan as a picture: a row for each host (and one for the controller), a bar
 * for each job that runs or will. SVG 1.1 that stands by itself: titles for
 * those who point or listen, no script. Pure.
 */
#ifndef IRONBIRD_PLAN_CHART_H
#define IRONBIRD_PLAN_CHART_H

#include "base/strbuf.h"
#include "plan/plan.h"

/* "14:20" of a time, for the axis; the caller frees. */
typedef char *plan_clock_fn(int64_t ms, int64_t now);

/* Appends the document; slots are those of plan_project, last its result. */
void plan_chart(const struct plan *plan, int64_t now, int64_t last,
		const struct plan_slot *slots, plan_clock_fn *clock,
		struct strbuf *out);

#endif
