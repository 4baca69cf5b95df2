/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was before: the questions that reports ask of all flights there ever
 * were. Each is bounded (by a limit, or by an index that has the answer), so
 * that a report of ten thousand flights later costs what it costs today.
 *
 * A set of blessings is their names with commas between them ("real,play");
 * NULL means any. A flight's id orders flights by creation.
 */
#ifndef IRONBIRD_DB_PAST_H
#define IRONBIRD_DB_PAST_H

#include "base/strvec.h"
#include "db/steps.h"

#define PAST_FLIGHTS_MAX 1000	/* as far back as OSSTest looks */

struct past_flight {
	int64_t id;
	char *flight, *blessing;
	int64_t started, finished;	/* UTC ms; finished 0: not yet */
};

struct past_flights {
	struct past_flight *v;
	size_t count;
};

/* Newest first, of those up to until (an id; 0: all). */
int must_check past_flight_list(struct db *db, const char *branch,
			       const char *blessings, int64_t until,
			       size_t limit, struct past_flights *flights,
			       struct error *err);
void past_flights_release(struct past_flights *flights);
/* ERROR_USAGE when there is no such flight. */
int must_check past_flight_id(struct db *db, const char *flight,
				 int64_t *id, struct error *err);
/* Of the branch's newest flight; 0 when it has none. */
int must_check past_newest_id(struct db *db, const char *branch,
				 int64_t *id, struct error *err);
/* Pushes the names of all branches that have flights, sorted. */
int must_check past_branches(struct db *db, struct strvec *branches,
				struct error *err);

/* Likewise all hosts that a job ever had. */
int must_check past_hosts(struct db *db, struct strvec *hosts,
			  struct error *err);

/*
 * Pushes "tree", "revision", ... as built in the flight and in jobs of other
 * flights that its *buildjob runvars name, through as many flights as it
 * takes; each pair once.
 */
int must_check past_built(struct db *db, const char *flight,
			     struct strvec *revisions, struct error *err);

/* Steps of the newest runs that neither passed nor were skipped. */
struct bad_step {
	char *job, *testid, *reason;
	int stepno;
	enum step_status status;
};

struct bad_steps {
	struct bad_step *v;
	size_t count;
};

int must_check past_bad_steps(struct db *db, const char *flight,
				 struct bad_steps *steps, struct error *err);
int must_check past_job_bad_steps(struct db *db, const char *flight,
				     const char *job, int run,
				     struct bad_steps *steps,
				     struct error *err);
void bad_steps_release(struct bad_steps *steps);
/* 1: the newest run of the job has that step; 0: it has not. */
int must_check past_step(struct db *db, const char *flight,
			    const char *job, const char *testid,
			    enum step_status *status, struct error *err);
/* 1: it passed in a blessed flight of the branch, one up to until. */
int must_check past_passed_ever(struct db *db, const char *branch,
				   const char *blessings, int64_t until,
				   const char *job, const char *testid,
				   struct error *err);

/* A run of a job, as job and host histories show it. */
struct past_run {
	char *flight, *job, *branch, *blessing, *reason;
	char *ident;		/* host history: the host's role */
	int run;
	enum job_status status;
	int64_t started, finished;
};

struct past_runs {
	struct past_run *v;
	size_t count;
};

/* The newest run of the job in each flight, newest first; branch NULL: on
 * all branches. */
int must_check past_job(struct db *db, const char *job,
			   const char *branch, const char *blessings,
			   size_t limit, struct past_runs *runs,
			   struct error *err);
/* Every run that had the host, newest first. */
int must_check past_host(struct db *db, const char *host, size_t limit,
			    struct past_runs *runs, struct error *err);
void past_runs_release(struct past_runs *runs);
/* Pushes "ident", "host", ... of a run of a job. */
int must_check past_hosts_of(struct db *db, const char *flight,
				const char *job, int run,
				struct strvec *hosts, struct error *err);

#endif
