/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "db/flights.h"
#include "db/hosts.h"
#include "db/steps.h"
#include "flight/stop.h"
#include "run/job.h"
#include "run/lost.h"

#define WHY_MAX 300

struct stop {
	const struct config *config;
	struct db *db;
	const char *flight;
	char *reason;
	struct owner runner;
	bool begun;		/* by a run-flight, which may be dead by now */
	int64_t started;	/* when that was, the last time */
	struct strvec *told;
	struct owner *asked;	/* run-jobs that get the signal */
	size_t asked_count;
};

static char *reason_of(const struct flight_stop *wish)
{
	const struct passwd *user = getpwuid(getuid());
	char when[CLOCK_STAMP_SIZE];

	clock_stamp(clock_now_ms(), when);
	if (!user)
		return xasprintf("stopped by user %d at %s%s%s", (int)getuid(),
				 when, wish->why ? ": " : "",
				 str_or(wish->why, ""));
	return xasprintf("stopped by %s at %s%s%s", user->pw_name, when,
			 wish->why ? ": " : "", str_or(wish->why, ""));
}

static bool is_dead(const struct owner *owner)
{
	return owner->pid && !owner_alive(owner);
}

static void ask(struct stop *stop, const struct owner *owner)
{
	stop->asked = xrealloc(stop->asked, stop->asked_count + 1,
			       sizeof(*stop->asked));
	stop->asked[stop->asked_count++] = *owner;
}

static int elsewhere(const struct owner *owner, const char *flight,
		     const char *job, struct error *err)
{
	return error_set(err, ERROR_AGAIN, "%s%s%s%s is run by process %d on "
			 "machine %s: stop it from there", job ? "job " :
			 "flight ", flight, job ? "." : "", str_or(job, ""),
			 owner->pid, owner->machine);
}

/* --- one job ------------------------------------------------------------- */

/* run-job reads the reason when it hears the signal. */
static int stop_running(struct stop *stop, const struct job_row *row,
			struct error *err)
{
	if (job_set_reason(stop->db, row->flight, row->job, stop->reason,
			   err) < 0)
		return -1;
	ask(stop, &row->owner);
	strvec_pushf(stop->told, "job %s.%s is %s", row->flight, row->job,
		     stop->reason);
	return 0;
}

/* What was cut off is not carried on. */
static int stop_dead(struct stop *stop, const struct job_row *row,
		     struct error *err)
{
	int lost;

	if (step_mark_lost(stop->db, row->flight, row->job, row->run, &lost,
			   err) < 0 ||
	    hosts_free(stop->db, row->flight, row->job, err) < 0 ||
	    job_end_run(stop->db, row->flight, row->job, JOB_ABORTED,
			stop->reason, err) < 0)
		return -1;
	strvec_pushf(stop->told, "job %s.%s is %s; its run-job, process %d, "
		     "was dead", row->flight, row->job, stop->reason,
		     row->owner.pid);
	return 0;
}

/* A run of its own: whoever was about to begin it finds that it had one. */
static int stop_waiting(struct stop *stop, const struct job_row *row,
			struct error *err)
{
	int run;

	if (stop->runner.pid && !owner_here(&stop->runner))
		return elsewhere(&stop->runner, row->flight, NULL, err);
	if (!stop->runner.pid) {
		strvec_pushf(stop->told, "job %s.%s is %s, and nobody runs "
			     "flight %s", row->flight, row->job,
			     job_status_name(row->status), row->flight);
		return 0;
	}
	if (job_begin_run(stop->db, row->flight, row->job, false, &run,
			  err) < 0 ||
	    job_end_run(stop->db, row->flight, row->job, JOB_ABORTED,
			stop->reason, err) < 0)
		return -1;
	strvec_pushf(stop->told, "job %s.%s is %s; it had not begun",
		     row->flight, row->job, stop->reason);
	return 0;
}

/* Its verdict stays; what may still be asked for is the end of a hold. */
static void stop_ended(struct stop *stop, const struct job_row *row)
{
	bool held = row->owner.pid && owner_alive(&row->owner);

	if (held)
		ask(stop, &row->owner);
	strvec_pushf(stop->told, "job %s.%s has its verdict: %s%s",
		     row->flight, row->job, job_status_name(row->status),
		     held ? "; its hosts are not held any more" : "");
}

/* Does it wait for a run: its first, or another one after it was aborted? */
static bool is_waiting(const struct stop *stop, const struct job_row *row)
{
	return row->status == JOB_QUEUED ||
	       (row->status == JOB_ABORTED && owner_alive(&stop->runner) &&
		row->finished < stop->started);
}

static int stop_one(struct stop *stop, const struct job_row *row,
		    struct error *err)
{
	if (row->owner.pid && !owner_here(&row->owner))
		return elsewhere(&row->owner, row->flight, row->job, err);
	if (!row->owner.pid && is_waiting(stop, row))
		return stop_waiting(stop, row, err);
	if (job_status_final(row->status)) {
		stop_ended(stop, row);
		return 0;
	}
	return is_dead(&row->owner) ? stop_dead(stop, row, err) :
		stop_running(stop, row, err);
}

/* --- all of them --------------------------------------------------------- */

static bool is_concerned(const struct stop *stop, const struct job_row *row)
{
	if (row->owner.pid)
		return true;
	return stop->begun && stop->runner.pid && is_waiting(stop, row);
}

/* Within the transaction: what it does next, it does after ours. */
static int stop_runner(struct stop *stop, struct error *err)
{
	const struct owner *runner = &stop->runner;
	int gone = runner->pid ? proc_signal(runner->pid, runner->start,
					     JOB_STOP_SIGNAL, err) : 1;

	if (gone < 0)
		return -1;
	if (!gone)
		strvec_pushf(stop->told, "flight %s is %s", stop->flight,
			     stop->reason);
	else if (runner->pid)
		strvec_pushf(stop->told, "flight %s was run by process %d, "
			     "which is dead", stop->flight, runner->pid);
	else if (!stop->told->count)
		strvec_pushf(stop->told, "flight %s is not run by anybody",
			     stop->flight);
	return gone && runner->pid ?
		flight_set_runner(stop->db, stop->flight, NULL, err) : 0;
}

static int stop_all(struct stop *stop, struct error *err)
{
	struct job_rows rows = { .v = NULL };
	int rc = 0;

	if (stop->runner.pid && !owner_here(&stop->runner))
		return elsewhere(&stop->runner, stop->flight, NULL, err);
	if (job_list(stop->db, stop->flight, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count && rc == 0; i++)
		if (is_concerned(stop, &rows.v[i]))
			rc = stop_one(stop, &rows.v[i], err);
	job_rows_release(&rows);
	return rc < 0 ? -1 : stop_runner(stop, err);
}

static int stop_job(struct stop *stop, const char *job, struct error *err)
{
	struct job_row row;
	int rc;

	if (job_get(stop->db, stop->flight, job, &row, err) < 0)
		return -1;
	rc = stop_one(stop, &row, err);
	job_row_release(&row);
	return rc;
}

static int read_flight(struct stop *stop, struct error *err)
{
	struct flight_row row;

	if (flight_get(stop->db, stop->flight, &row, err) < 0)
		return -1;
	stop->begun = strcmp(row.blessing, "running") == 0;
	stop->started = row.started;
	flight_row_release(&row);
	return flight_runner(stop->db, stop->flight, &stop->runner, err);
}

/* --- in two goes --------------------------------------------------------- */

/* Steps whose run-job is dead may live: that takes a while to end. */
static int bury(const struct stop *stop, const char *job, struct error *err)
{
	struct job_rows rows = { .v = NULL };
	int rc = 0;

	if (job_list(stop->db, stop->flight, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count && rc == 0; i++) {
		const struct job_row *row = &rows.v[i];
		const struct run_lost lost = {
			.flight = row->flight, .job = row->job,
			.run = row->run, .owner = row->owner,
			.why = RUN_LOST_GONE,
		};
		AUTO_FREE char *seen = NULL;

		if ((!job || strcmp(job, row->job) == 0) &&
		    is_dead(&row->owner) && !job_status_final(row->status))
			rc = run_lost(stop->config, stop->db, &lost, &seen,
				      err);
	}
	job_rows_release(&rows);
	return rc;
}

static int write_down(struct stop *stop, const char *job, struct error *err)
{
	if (db_begin(stop->db, err) < 0)
		return -1;
	if (read_flight(stop, err) == 0 &&
	    (job ? stop_job(stop, job, err) : stop_all(stop, err)) == 0)
		return db_commit(stop->db, err);
	db_rollback(stop->db);
	return -1;
}

static int send_signals(const struct stop *stop, struct error *err)
{
	for (size_t i = 0; i < stop->asked_count; i++) {
		const struct owner *owner = &stop->asked[i];
		int gone = proc_signal(owner->pid, owner->start,
				       JOB_STOP_SIGNAL, err);

		if (gone < 0)
			return -1;
		if (gone)
			strvec_pushf(stop->told, "run-job, process %d, has "
				     "ended meanwhile: ask again to be sure",
				     owner->pid);
	}
	return 0;
}

int flight_stop(const struct config *config, struct db *db,
		const struct flight_stop *wish, struct strvec *told,
		struct error *err)
{
	AUTO_FREE char *reason = reason_of(wish);
	struct stop stop = {
		.config = config, .db = db, .flight = wish->flight,
		.reason = reason, .told = told,
	};
	int rc;

	if (wish->why && strlen(wish->why) > WHY_MAX)
		return error_set(err, ERROR_USAGE, "why flight %s is to be "
				 "stopped has %zu characters; %d are enough",
				 wish->flight, strlen(wish->why), WHY_MAX);
	rc = bury(&stop, wish->job, err);
	if (rc == 0)
		rc = write_down(&stop, wish->job, err);
	if (rc == 0)
		rc = send_signals(&stop, err);
	free(stop.asked);
	return rc;
}
