/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Jobs of a flight, and their runvars.
 *
 * A job may be run again: run counts from 1, steps belong to a run, and what
 * an earlier run recorded stays.
 */
#ifndef IRONBIRD_DB_JOBS_H
#define IRONBIRD_DB_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

enum job_status {
	JOB_QUEUED, JOB_PREPARING, JOB_RUNNING, JOB_PASS, JOB_FAIL,
	JOB_BROKEN, JOB_BLOCKED, JOB_STARVED, JOB_ABORTED,
};

const char *job_status_name(enum job_status status);
int must_check job_status_parse(const char *name, enum job_status *status);
bool job_status_final(enum job_status status);

/* Who does what a row says is being done. pid 0: nobody. */
struct owner {
	char machine[65];	/* host name of the controller */
	int pid;
	uint64_t start;		/* proc_start_time() */
};

void owner_self(struct owner *owner);
/* Another process of this machine, by its pid. */
void owner_of_process(struct owner *owner, int pid);
/* False when the process is gone; true for processes of other machines. */
bool owner_alive(const struct owner *owner);
/* Is that a process of this machine, dead or alive? */
bool owner_here(const struct owner *owner);
bool owner_same(const struct owner *a, const struct owner *b);

struct job_row {
	char *flight, *job, *recipe;
	enum job_status status;
	char *reason;		/* why broken, blocked, ...; NULL if none */
	int run;		/* 0: never run */
	int64_t started, finished;	/* UTC ms of this run; 0: not yet */
	struct owner owner;
};

struct job_rows {
	struct job_row *v;
	size_t count;
};

void job_row_release(struct job_row *row);
void job_rows_release(struct job_rows *rows);

int must_check job_create(struct db *db, const char *flight, const char *job,
			  const char *recipe, struct error *err);
/* ERROR_USAGE naming the nearest job when there is none. */
int must_check job_get(struct db *db, const char *flight, const char *job,
		       struct job_row *row, struct error *err);
/* In order of creation. */
int must_check job_list(struct db *db, const char *flight,
			struct job_rows *rows, struct error *err);
/* Those whose last run was aborted. */
int must_check job_list_aborted(struct db *db, const char *flight,
				struct job_rows *rows, struct error *err);
/*
 * Begins the next run: run number up, status preparing, owner us, synthesised
 * runvars of the earlier run removed unless keep_runvars, steps that a dead
 * owner left running become lost. ERROR_AGAIN naming the owner when another
 * living process runs it.
 */
int must_check job_begin_run(struct db *db, const char *flight,
			     const char *job, bool keep_runvars, int *run,
			     struct error *err);
/*
 * Takes over the current run of a dead owner (run-job --resume); its running
 * steps stay as they are (step_mark_lost). ERROR_AGAIN as job_begin_run,
 * ERROR_USAGE when there is no run or it has ended.
 */
int must_check job_resume_run(struct db *db, const char *flight,
			      const char *job, int *run, struct error *err);
/* The reason alone: why somebody wants the run to end (flight/stop.h). */
int must_check job_set_reason(struct db *db, const char *flight,
			      const char *job, const char *reason,
			      struct error *err);
/*
 * Status and reason; running without one leaves the reason. What is broken or aborted stays so with its reason,
 * silently, until the job is queued or begins another run.
 */
int must_check job_set_status(struct db *db, const char *flight,
			      const char *job, enum job_status status,
			      const char *reason, struct error *err);
/* As job_set_status, and the run's end is now and its owner nobody. */
int must_check job_end_run(struct db *db, const char *flight, const char *job,
			   enum job_status status, const char *reason,
			   struct error *err);
/* Who has the job in hand now; owner NULL: nobody has. */
int must_check job_set_owner(struct db *db, const char *flight,
			     const char *job, const struct owner *owner,
			     struct error *err);
/* ERROR_AGAIN while another living process runs it. */
int must_check job_delete(struct db *db, const char *flight, const char *job,
			  struct error *err);
int must_check job_set_recipe(struct db *db, const char *flight,
			      const char *job, const char *recipe,
			      struct error *err);
/*
 * Another name for the job, also in the runvars ending in "job" of its flight
 * that name it. ERROR_AGAIN while a living process runs it.
 */
int must_check job_rename(struct db *db, const char *flight, const char *job,
			  const char *name, struct error *err);
/* Median duration in ms of the newest 20 passes of jobs of this name, -1 when
 * there is none; for estimates. */
int must_check job_expected_ms(struct db *db, const char *job, int64_t *ms,
			       struct error *err);

#endif
