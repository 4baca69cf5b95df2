/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hosts that other flights have before us. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "db/wants.h"
#include "flight/board.h"

/* What nobody knows the length of. */
#define OTHERS_MS (30 * 60 * 1000)

static void forget(struct board_kept *kept)
{
	free(kept->flight);
	free(kept->job);
	kept->flight = kept->job = NULL;
}

static void release(struct board_kept *kept)
{
	forget(kept);
	free(kept->holder);
}

struct board_kept *board_kept(struct board *board)
{
	if (!board->kept)
		board->kept = xcalloc(board->hosts.count + 1,
				      sizeof(*board->kept));
	return board->kept;
}

void board_kept_free(struct board *board)
{
	for (size_t h = 0; board->kept && h < board->hosts.count; h++)
		release(&board->kept[h]);
	free(board->kept);
	board->kept = NULL;
}

/*
 * A point of priority is worth PriorityAge of waiting: however many flights
 * with a better one begin, each of them is at some time the younger one by
 * more than that, and nobody waits for ever. Both grow older alike, so that
 * who goes first never changes.
 */
static int64_t rank(const struct board *board, int64_t priority,
		    int64_t since)
{
	return priority * config_duration_ms(board->config, "PriorityAge") +
		since;
}

static bool goes_first(const struct board *board, const struct want_row *want)
{
	int64_t theirs = rank(board, want->priority, want->since);
	int64_t ours = rank(board, board->priority,
			    board->since ? board->since : clock_now_ms());

	if (theirs != ours)
		return theirs < ours;
	return strcmp(want->flight, board->flight) < 0;
}

/* A host that is free and still not taken is not left idle for long. */
static bool is_patient(const struct board *board, struct board_kept *kept,
		       bool idle, int64_t now)
{
	if (!idle)
		kept->idle_since = 0;
	else if (!kept->idle_since)
		kept->idle_since = now;
	return !idle || now - kept->idle_since <
		config_duration_ms(board->config, "PriorityWait");
}

static void keep(struct board *board, size_t h, const struct want_row *want)
{
	struct board_kept *kept = &board->kept[h];

	forget(kept);
	kept->flight = xstrdup(want->flight);
	kept->job = xstrdup(want->job);
	kept->priority = want->priority;
}

/* Is the other want of a flight that goes before that one? */
static bool is_before(const struct board *board, const struct want_row *a,
		      const struct want_row *b)
{
	return rank(board, a->priority, a->since) <
		rank(board, b->priority, b->since);
}

/* For each host the want that goes first, if it goes before us. */
static void find_first(const struct board *board,
		       const struct want_rows *rows,
		       const struct want_row **first)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct want_row *row = &rows->v[i];
		size_t h = board_find_host(board, row->host);

		if (h == PLAN_NONE ||
		    strcmp(row->flight, board->flight) == 0 ||
		    !goes_first(board, row))
			continue;
		if (!first[h] || is_before(board, row, first[h]))
			first[h] = row;
	}
}

static int keep_host(struct board *board, size_t h,
		     const struct want_row *want, int64_t *taken,
		     struct error *err)
{
	int64_t now = clock_now_ms(), ms;
	size_t job = plan_host_job(board->plan, h);
	int64_t until = job == PLAN_NONE ? now :
		plan_expected_end(board->plan, job, now);

	keep(board, h, want);
	if (want->at > now) {
		plan_host_kept(board->plan, h, want->at);
		return 0;
	}
	if (job_expected_ms(board->db, want->job, &ms, err) < 0)
		return -1;
	if (taken[h] > until)
		until = taken[h];
	taken[h] = until + (ms > 0 ? ms : OTHERS_MS);
	return 0;
}

static int apply(struct board *board, const struct want_row **first,
		 int64_t *taken, uint64_t *hash, struct error *err)
{
	int64_t now = clock_now_ms();

	for (size_t h = 0; h < board->hosts.count; h++) {
		bool idle = first[h] && first[h]->at <= now && !taken[h] &&
			plan_host_job(board->plan, h) == PLAN_NONE;

		plan_host_kept(board->plan, h, 0);
		if (!is_patient(board, &board->kept[h], idle, now) ||
		    !first[h]) {
			forget(&board->kept[h]);
			continue;
		}
		if (keep_host(board, h, first[h], taken, err) < 0)
			return -1;
		*hash = board_hash(board_hash(board_hash(*hash,
			first[h]->host), first[h]->flight), first[h]->job);
	}
	return 0;
}

int board_read_wants(struct board *board, int64_t *taken, uint64_t *hash,
		     struct error *err)
{
	const struct want_row **first;
	struct want_rows rows;
	int rc;

	if (want_list(board->db, &rows, err) < 0)
		return -1;
	board_kept(board);
	first = xcalloc(board->hosts.count + 1, sizeof(*first));
	find_first(board, &rows, first);
	rc = apply(board, first, taken, hash, err);
	free(first);
	want_rows_release(&rows);
	return rc;
}
