/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "flight/board.h"
#include "flight/feasible.h"

#define NAMED_MAX 3

/* Jobs that cannot run for the same reason. */
struct group {
	char *why;
	struct strvec jobs;
};

static void add(struct group *groups, size_t *count, char *why,
		const char *job)
{
	size_t i = 0;

	while (i < *count && strcmp(groups[i].why, why) != 0)
		i++;
	if (i == *count) {
		groups[(*count)++] = (struct group){ why, STRVEC_INIT };
	} else {
		free(why);
	}
	strvec_push(&groups[i].jobs, job);
}

static void tell(const struct group *group, struct strvec *sentences)
{
	AUTO_STRBUF names = STRBUF_INIT;

	for (size_t i = 0; i < group->jobs.count && i < NAMED_MAX; i++)
		strbuf_addf(&names, "%s%s", i ? ", " : "", group->jobs.v[i]);
	if (group->jobs.count > NAMED_MAX)
		strbuf_addf(&names, " and %zu more",
			    group->jobs.count - NAMED_MAX);
	strvec_pushf(sentences, "%s cannot run: %s", names.buf, group->why);
}

int flight_infeasible(const struct config *config, struct db *db,
		      const char *flight, struct strvec *sentences,
		      struct error *err)
{
	struct board board;
	struct group *groups;
	size_t count = 0;

	if (board_load(&board, config, db, flight, NULL, err) < 0)
		return -1;
	groups = xcalloc(board.count + 1, sizeof(*groups));
	for (size_t j = 0; j < board.count; j++) {
		size_t role = plan_job_starved(board.plan, j);

		if (role != PLAN_NONE)
			add(groups, &count,
			    board_why_no_host(&board, j, role),
			    board.jobs[j].job);
	}
	for (size_t i = 0; i < count; i++) {
		tell(&groups[i], sentences);
		free(groups[i].why);
		strvec_release(&groups[i].jobs);
	}
	free(groups);
	board_release(&board);
	return 0;
}
