/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps: each test case that a job ran, its outcome, times and evidence.
 */
#ifndef IRONBIRD_DB_STEPS_H
#define IRONBIRD_DB_STEPS_H

#include <stdint.h>

#include "db/jobs.h"

enum step_status {
	STEP_RUNNING, STEP_PASS, STEP_FAIL, STEP_BROKEN, STEP_BLOCKED,
	STEP_SKIP, STEP_ABORTED, STEP_LOST,
};

const char *step_status_name(enum step_status status);
int must_check step_status_parse(const char *name, enum step_status *status);

struct step_row {
	char *flight, *job;
	int run, stepno;	/* both from 1; run 0: by hand, before any run */
	char *command;		/* "ts-guest-start host debian" */
	char *testid;		/* unique in (flight, job, run) */
	enum step_status status;
	char *stage;		/* the last stage it told of, or NULL */
	char *reason;		/* one sentence when not pass, or NULL */
	char *log;		/* path of its log */
	int64_t started, finished;	/* UTC ms; 0: not yet */
	struct owner owner;
};

struct step_rows {
	struct step_row *v;
	size_t count;
};

void step_row_release(struct step_row *row);
void step_rows_release(struct step_rows *rows);

/*
 * Adds a running step; *stepno is the next number of the run. started 0 is
 * now. ERROR_USAGE when the run has a step of that testid.
 */
int must_check step_begin(struct db *db, const struct step_row *row,
			  int *stepno, struct error *err);
/* Adds a step that is over before it began (skip, blocked); times 0: now. */
int must_check step_add_finished(struct db *db, const struct step_row *row,
				 struct error *err);
int must_check step_set_stage(struct db *db, const char *flight,
			      const char *job, int run, int stepno,
			      const char *stage, struct error *err);
int must_check step_set_owner(struct db *db, const char *flight,
			      const char *job, int run, int stepno,
			      const struct owner *owner, struct error *err);
/* Final status, reason (may be NULL) and the time now. */
int must_check step_finish(struct db *db, const char *flight, const char *job,
			   int run, int stepno, enum step_status status,
			   const char *reason, struct error *err);
/* run 0: the job's newest run. In order. */
int must_check step_list(struct db *db, const char *flight, const char *job,
			 int run, struct step_rows *rows, struct error *err);
/* Another testid for a step, one that the run does not have. */
int must_check step_set_testid(struct db *db, const char *flight,
			       const char *job, int run, int stepno,
			       const char *testid, struct error *err);
/* All steps of the newest run of each job of a flight, one query. */
int must_check step_list_flight(struct db *db, const char *flight,
				struct step_rows *rows, struct error *err);
/* Running steps of the run whose owner is gone become lost; how many. */
int must_check step_mark_lost(struct db *db, const char *flight,
			      const char *job, int run, int *count,
			      struct error *err);
/* Median duration in ms of the newest 20 passes of testid in jobs of this
 * name in any flight, -1 when there is none. */
int must_check step_expected_ms(struct db *db, const char *job,
				const char *testid, int64_t *ms,
				struct error *err);

/* The logs and files of a flight's steps are gone: so are their paths. */
int must_check steps_forget_logs(struct db *db, const char *flight,
				 struct error *err);

/* Files that a step left: log captures and so on. Logs are files, their
 * paths are rows. */
struct artifact_row {
	int stepno;
	char *name, *path;
	int64_t bytes;
};

struct artifact_rows {
	struct artifact_row *v;
	size_t count;
};

void artifact_rows_release(struct artifact_rows *rows);
int must_check artifact_add(struct db *db, const char *flight,
			    const char *job, int run, int stepno,
			    const char *name, const char *path, int64_t bytes,
			    struct error *err);
/* run 0: the newest; stepno 0: all steps. */
int must_check artifact_list(struct db *db, const char *flight,
			     const char *job, int run, int stepno,
			     struct artifact_rows *rows, struct error *err);

#endif
