/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A flight's rows as a plan (plan/plan.h): its jobs, what each needs, all the
 * hosts there are, who has them, and how long everything took before.
 *
 * A job wants a host for each ident that its recipe's ts-hosts-allocate names,
 * none when it has no such step. It wants exactly the host of a runvar IDENT,
 * else the one that environment or settings wish for (host_wish_of_job), else
 * any that has the flags of the runvars all_hostflags and IDENT_hostflags, and
 * serves flights of this intended blessing (host_serves). The host local is no
 * host: the job runs on the controller.
 *
 * Jobs are numbered as in the plan, in the order of their creation. What is
 * asked of the board is answered from memory; board_look reads what others
 * have done to the hosts since.
 */
#ifndef IRONBIRD_FLIGHT_BOARD_H
#define IRONBIRD_FLIGHT_BOARD_H

#include "base/strvec.h"
#include "config/config.h"
#include "db/hosts.h"
#include "db/jobs.h"
#include "db/runvars.h"
#include "plan/chart.h"
#include "plan/durations.h"
#include "plan/plan.h"

struct board_place {
	char *host;		/* where it was */
	int64_t finished;
};

struct board_job {
	char *job, *recipe;
	struct job_row row;	/* as it was read last */
	struct strvec idents;	/* roles, in the plan's order */
	struct strvec wanted;	/* a host's name for each, or "" */
	struct strvec flags;	/* words with spaces between, for each */
	struct strvec broken_on;	/* hosts that it is not tried on again */
	struct board_place *places;	/* newest first */
	size_t place_count;
	char *failed_on;	/* where it is to fail again (failed_on.h), or NULL */
};

struct board_ready;

/* Others at a host: who has it, and who goes before us to it. */
struct board_kept {
	char *holder;		/* "12.x's since 15:01"; NULL: nobody */
	struct owner owner;	/* of whoever that is; pid 0: a person */
	char *flight, *job;	/* NULL: it is not kept for anybody */
	int64_t priority;
	int64_t idle_since;	/* it is free, and not taken; 0: it is not */
};

struct board {
	const struct config *config;
	struct db *db;
	char *flight;
	char *intended;		/* what it will be blessed */
	struct strvec hosts;	/* names, numbered as in the plan */
	struct host **host_rows;	/* NULL: in no inventory */
	struct durations *durations;
	struct board_job *jobs;
	size_t count;
	struct plan *plan;
	uint64_t others;	/* what board_look saw, as one number */
	int64_t priority, since;	/* of the flight, db/wants.h */
	struct board_kept *kept;	/* for each host, or NULL */
	struct board_ready *ready;	/* what board_read_ready knows */
	const char *only;	/* the one job, or NULL; no copy */
	bool again;
};

/*
 * ERROR_USAGE when a recipe is not there, or jobs need each other in a circle.
 * Jobs that run now are begun in the plan; what passed is over there; the
 * rest waits, or is over when keep says so of its row (NULL: waits).
 */
int must_check board_load(struct board *board, const struct config *config,
			  struct db *db, const char *flight,
			  bool (*keep)(const struct job_row *row),
			  struct error *err);
/*
 * That one job alone, which waits, for whoever runs it by hand: a person may
 * use a host on which jobs were broken. again: on the hosts of its last run.
 */
int must_check board_load_job(struct board *board,
			      const struct config *config, struct db *db,
			      const char *flight, const char *job, bool again,
			      struct error *err);
void board_release(struct board *board);

/* Hosts that others have now, into the plan; 1 when that has changed. */
int must_check board_look(struct board *board, struct error *err);
/*
 * Tells the plan of free hosts which of the next jobs would find them as they
 * want them (docs/reuse.md): by what is recorded now of the host, and would be
 * read by the job.
 */
int must_check board_read_ready(struct board *board, struct error *err);
/* The job's row, read again. */
int must_check board_read_job(struct board *board, size_t job,
			      struct error *err);
/*
 * The hosts that the job may have, a set for each role. Those it was broken on
 * are left out.
 */
void board_sets(struct board *board, size_t job,
		size_t sets[PLAN_ROLES_MAX]);
/*
 * Can the job run again elsewhere than where it was broken just now? Then
 * those hosts are left out from here on.
 */
bool board_elsewhere(struct board *board, size_t job);
size_t board_find_job(const struct board *board, const char *name);

/* --- telling ------------------------------------------------------------- */

/* "14:20", with the date when that is another day; the caller frees. */
char *board_clock(int64_t utc_ms, int64_t now);
/* The same in UTC, for what is read elsewhere. */
char *board_clock_utc(int64_t utc_ms, int64_t now);
/* "iron1, iron2", or "this controller"; the caller frees. */
char *board_where(const struct board *board, size_t roles,
		  const size_t *hosts);
/* What a waiting job waits for: "until about 12:40: host iron1 runs job X";
 * the caller frees. */
char *board_why(const struct board *board, size_t job, int64_t now,
		const struct plan_slot *slots);
char *board_why_by(const struct board *board, size_t job, int64_t now,
		   const struct plan_slot *slots, plan_clock_fn *clock);
/*
 * Why no host will do for the role, naming the nearest and what it lacks; the
 * caller frees. NULL when there is one.
 */
char *board_why_no_host(const struct board *board, size_t job, size_t role);

/* --- between board*.c ---------------------------------------------------- */

void board_begin_plan(struct board *board);
int must_check board_fill_plan(struct board *board,
			       const struct runvars *vars,
			       bool (*keep)(const struct job_row *row),
			       struct error *err);
void board_ready_free(struct board *board);
struct board_kept *board_kept(struct board *board);
void board_kept_free(struct board *board);
/*
 * Hosts that other flights wait for and have before us: into the plan, into
 * taken (until when, for each host; those that somebody has are in it), and
 * into the hash.
 */
int must_check board_read_wants(struct board *board, int64_t *taken,
				uint64_t *hash, struct error *err);
size_t board_find_host(const struct board *board, const char *name);
/* FNV-1a, a word on top of what there was. */
uint64_t board_hash(uint64_t hash, const char *text);
/* May the job have the host in that role? */
bool board_host_will_do(const struct board *board,
			const struct board_job *job, size_t role,
			size_t host);
/* Pushes the flags out of words that the host lacks, and that of the flight's
 * intended blessing; are there any? */
bool board_host_lacks(const struct board *board, size_t host,
		      const char *words, struct strvec *lacks);

#endif
