/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run whose run-job is gone: what is left of it is ended, and the database
 * says what happened. Called by the run's watchdog (run/guard.h).
 *
 * Processes of the run are killed. Steps that ran become lost. The job keeps
 * its owner, by which run-job --resume knows that it can be carried on, and
 * its hosts, which --resume takes again; its reason says what was seen last.
 * A run-job that was killed by its watchdog makes the job broken.
 */
#ifndef IRONBIRD_RUN_LOST_H
#define IRONBIRD_RUN_LOST_H

#include "config/config.h"
#include "db/jobs.h"

enum run_lost_why {
	RUN_LOST_GONE,		/* run-job ended in the middle */
	RUN_LOST_SILENT,	/* its event loop did not turn */
	RUN_LOST_OVERDUE,	/* nothing ended though it should have */
};

struct run_lost {
	const char *flight, *job;
	int run;
	struct owner owner;	/* the run-job that it was */
	enum run_lost_why why;
	int64_t limit_ms;	/* of the watchdog */
};

/*
 * *reason is what the job's row says now, for the caller to free; NULL when
 * nothing was written: the run has ended or has another owner.
 */
int must_check run_lost(const struct config *config, struct db *db,
			const struct run_lost *lost, char **reason,
			struct error *err);

#endif
