/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Through a recipe: which step is next, and what its end means for the rest.
 *
 * A recipe is a row of segments: a step by itself, or the lanes of several
 * hosts side by side. The whole job has one fate: when a step in any lane is
 * bad, no lane begins another step that is not an always-step.
 */
#ifndef IRONBIRD_RUN_LANES_H
#define IRONBIRD_RUN_LANES_H

#include "run/step.h"

struct step_result {
	bool done;
	bool left_out;		/* by the one who began the run */
	bool reused;		/* not run, as its host is what it makes */
	int tries;		/* attempts that were given up */
	struct step_history history;
	enum step_status status;
};

struct lane {
	size_t at, end;		/* steps of the recipe still to come */
	size_t current;		/* the one that runs */
	struct step_run *run;	/* NULL: none does */
};

struct job_state {
	struct step_context ctx;
	const struct recipe *recipe;
	struct step_result *results;	/* one for each step */
	struct lane *lanes;	/* of the segment that is run */
	size_t lane_count;
	enum job_status fate;	/* JOB_PASS until something was bad */
	char *reason;		/* of that */
	bool simulate;		/* each step is skipped (run/simulate.h) */
	int64_t began;		/* monotonic ms */
	uint64_t tick_us;
	bool holds;		/* hosts of a job that fails are kept */
	bool held;		/* they are now */
	char *held_reason;	/* as the row says of a pause, or NULL */
	sd_event_source *limit_timer;	/* of the job; NULL: it has none */
	bool told_running;	/* the job's row says running, not preparing */
	int aborts;		/* wishes to end; at 2 nothing more is begun */
};

/* Runs what is left of the recipe. -1: the database or the system failed. */
int must_check lanes_run(struct job_state *state, struct error *err);
/* The first, or a further, wish to end: reason is "stopped by SIGINT". */
void lanes_abort(struct job_state *state, const char *reason);
/* The job takes too long: only always-steps run from here on. */
void lanes_job_limit(struct job_state *state);
void lanes_tick(struct job_state *state);
/* Takes a step's status into the results and the fate of the job. */
void lanes_note(struct job_state *state, size_t step,
		enum step_status status, const char *reason);
/*
 * A step did not come to its end: its row gives up its testid, becoming
 * "TESTID.lostN" with its number, so that the step can be run again.
 */
int must_check lanes_lost(struct job_state *state, const char *testid,
			  int stepno, struct error *err);
/*
 * An attempt ended so: is there to be another one? Then its row, which stays,
 * gives up its testid: "host-install" becomes "host-install.try1". 1: yes.
 */
int must_check lanes_retry(struct job_state *state, size_t step,
			   enum step_status status, int stepno,
			   struct error *err);

/*
 * Is the step one that prepares a host which this run reuses? *sentence says
 * why (the caller frees); NULL: no.
 */
int must_check lanes_reused(const struct job_state *state, size_t step,
			    char **sentence, struct error *err);

#endif
