/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What run-flight knows of itself; between flight*.c. */
#ifndef IRONBIRD_FLIGHT_STATE_H
#define IRONBIRD_FLIGHT_STATE_H

#include <systemd/sd-event.h>

#include "flight/board.h"
#include "flight/view.h"

/* A job's run-job, while there is one. */
struct flight_child {
	pid_t pid;		/* 0: none */
	bool ours;		/* to be reaped by us */
	int pidfd;
	int told;		/* what it says before it begins */
	sd_event_source *source;
	struct flight_state *state;
	int run_before;		/* the job's run when it was started */
	bool resumed;		/* it carries on that run */
	int resumes;		/* after run-jobs that were killed */
	bool again;		/* it was broken, and is tried elsewhere */
	bool settled;		/* its row says how it ended */
};

struct flight_state {
	const struct config *config;
	struct db *db;
	const char *flight;
	struct board board;
	struct flight_child *children;	/* one for each job, numbered alike */
	size_t running;
	sd_event *event;
	sd_event_source *later;	/* a look at the hosts that is due */
	sd_event_source *database;	/* its write-ahead log */
	uint64_t told;		/* what others know of what we wait for */
	struct flight_view *view;
	int stops;		/* signals that asked to end */
	bool no_room;
	struct error error;	/* why the loop was left, when failed */
	bool failed;
};

/* Starts the job on its hosts; 1: they were gone, it waits again. */
int must_check flight_start(struct flight_state *state,
			    const struct plan_start *start,
			    struct error *err);
/* Takes up the run-job that somebody else has started. */
int must_check flight_adopt(struct flight_state *state, size_t job,
			    struct error *err);
/* 1: jobs that waited have a verdict now, which somebody else wrote. */
int must_check flight_take_stops(struct flight_state *state,
				 struct error *err);
/* Rows for jobs that will never begin. */
int must_check flight_settle(struct flight_state *state, struct error *err);
/* Begins what can begin, and leaves the loop when nothing is left to do. */
int must_check flight_turn(struct flight_state *state, struct error *err);
/* Leaves the loop with the error. */
int flight_leave(struct flight_state *state, const struct error *err);

#endif
