/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "base/strbuf.h"
#include "config/state.h"
#include "db/flights.h"
#include "run/flightrun.h"
#include "run/outcome.h"

/* Does the flight have the job that a runvar names? */
static bool names_job(const struct runvar *var, const struct job_rows *jobs)
{
	if (!str_ends(var->name, "job"))
		return false;
	for (size_t i = 0; i < jobs->count; i++)
		if (strcmp(jobs->v[i].job, var->value) == 0)
			return true;
	return false;
}

static bool is_ready(const char *job, const struct job_rows *jobs,
		     const struct runvars *vars, const struct strvec *done)
{
	for (size_t i = 0; i < vars->count; i++)
		if (strcmp(vars->v[i].job, job) == 0 &&
		    names_job(&vars->v[i], jobs) &&
		    !strvec_has(done, vars->v[i].value))
			return false;
	return true;
}

int flight_order(const struct job_rows *jobs, const struct runvars *vars,
		 struct strvec *order, struct error *err)
{
	size_t before;

	do {
		before = order->count;
		for (size_t i = 0; i < jobs->count; i++)
			if (!strvec_has(order, jobs->v[i].job) &&
			    is_ready(jobs->v[i].job, jobs, vars, order))
				strvec_push(order, jobs->v[i].job);
	} while (order->count > before);
	for (size_t i = 0; i < jobs->count; i++)
		if (!strvec_has(order, jobs->v[i].job))
			return error_set(err, ERROR_USAGE, "flight %s: job %s "
					 "depends, through others, on itself",
					 jobs->v[i].flight, jobs->v[i].job);
	return 0;
}

/* A dependency of the job that did not pass, the caller's, or NULL. */
static int find_blocker(struct db *db, const char *flight, const char *job,
			char **blocker, struct error *err)
{
	struct job_rows jobs = { .v = NULL };
	struct runvars vars = { .v = NULL };

	if (job_list(db, flight, &jobs, err) < 0)
		return -1;
	if (runvar_list(db, flight, job, &vars, err) < 0) {
		job_rows_release(&jobs);
		return -1;
	}
	for (size_t i = 0; i < vars.count && !*blocker; i++)
		for (size_t j = 0; j < jobs.count && !*blocker; j++)
			if (str_ends(vars.v[i].name, "job") &&
			    strcmp(jobs.v[j].job, vars.v[i].value) == 0 &&
			    jobs.v[j].status != JOB_PASS)
				*blocker = xstrdup(jobs.v[j].job);
	runvars_release(&vars);
	job_rows_release(&jobs);
	return 0;
}

static void wanted_signals(sigset_t *set)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };

	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(set, signals[i]);
}

/*
 * run-job leads its own process group, so a Ctrl-C reaches only us: it is
 * handed on. 1: there was one, and nothing more is to be begun.
 */
static int wait_job(pid_t pid, struct error *err)
{
	int wstatus, stopped = 0;
	siginfo_t info;
	sigset_t set;
	pid_t got;

	wanted_signals(&set);
	while ((got = waitpid(pid, &wstatus, WNOHANG)) == 0) {
		if (sigwaitinfo(&set, &info) < 0 || info.si_signo == SIGCHLD)
			continue;
		stopped = 1;
		kill(pid, info.si_signo);
	}
	return got < 0 ? error_errno(err, "cannot wait for run-job") : stopped;
}

/* run-job writes its own rows; its exit status only says it did run. */
static int spawn_job(const char *flight, const char *job, struct error *err)
{
	AUTO_FREE char *program = xasprintf("%s/ironbird",
					    config_program_dir());
	char *argv[] = { program, (char *)"run-job", (char *)flight,
			 (char *)job, NULL };
	const struct proc_spec spec = { .argv = argv, .out = STDOUT_FILENO };
	pid_t pid;

	fflush(stdout);
	pid = proc_spawn(&spec, err);
	return pid < 0 ? -1 : wait_job(pid, err);
}

static int run_one(struct db *db, const char *flight, const char *job,
		   struct error *err)
{
	AUTO_FREE char *blocker = NULL, *reason = NULL;
	int run;

	if (find_blocker(db, flight, job, &blocker, err) < 0)
		return -1;
	if (!blocker) {
		printf("== %s.%s\n", flight, job);
		return spawn_job(flight, job, err);
	}
	reason = xasprintf("job %s did not pass", blocker);
	printf("== %s.%s: blocked, %s\n", flight, job, reason);
	if (job_begin_run(db, flight, job, false, &run, err) < 0)
		return -1;
	return job_end_run(db, flight, job, JOB_BLOCKED, reason, err);
}

/* 1: stopped before the last of them. */
static int run_due(const struct config *config, struct db *db,
		   const char *flight, const struct strvec *order,
		   struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < order->count && rc == 0; i++) {
		struct job_row row;
		bool due;

		if (job_get(db, flight, order->v[i], &row, err) < 0)
			return -1;
		due = row.status != JOB_PASS;
		job_row_release(&row);
		if (due && state_check_room(config, NULL, err) < 0)
			return error_prefix(err, "job %s.%s cannot begin",
					    flight, order->v[i]);
		rc = due ? run_one(db, flight, order->v[i], err) : 0;
	}
	return rc;
}

/* A flight that was stopped stays "running": it can be run on. */
static int end_flight(struct db *db, const struct flight_row *row,
		      struct error *err)
{
	char *const running[] = { (char *)"running", NULL };

	if (flight_set_times(db, row->flight, 0, clock_now_ms(), err) < 0)
		return -1;
	return flight_bless(db, row->flight, row->intended, running, err);
}

static int find_order(struct db *db, const char *flight, struct strvec *order,
		      struct error *err)
{
	struct job_rows jobs = { .v = NULL };
	struct runvars vars = { .v = NULL };
	int rc;

	if (job_list(db, flight, &jobs, err) < 0)
		return -1;
	rc = runvar_list(db, flight, NULL, &vars, err);
	if (rc == 0)
		rc = flight_order(&jobs, &vars, order, err);
	runvars_release(&vars);
	job_rows_release(&jobs);
	return rc;
}

static int find_worst(struct db *db, const char *flight,
		      enum job_status *worst, struct error *err)
{
	struct job_rows jobs = { .v = NULL };
	enum job_status found = JOB_PASS;

	if (job_list(db, flight, &jobs, err) < 0)
		return -1;
	for (size_t i = 0; i < jobs.count; i++) {
		enum job_status status = jobs.v[i].status;

		if (!job_status_final(status))
			status = JOB_BROKEN;
		if (status == JOB_STARVED)
			status = JOB_BLOCKED;
		found = outcome_join(found, status, false);
	}
	job_rows_release(&jobs);
	*worst = found;
	return 0;
}

int flight_run(const struct config *config, struct db *db,
	       const char *flight, enum job_status *worst, struct error *err)
{
	char *const startable[] = { (char *)"constructing", (char *)"running",
				    NULL };
	AUTO_STRVEC order = STRVEC_INIT;
	struct flight_row row;
	sigset_t wanted, before;
	int rc;

	if (flight_get(db, flight, &row, err) < 0)
		return -1;
	wanted_signals(&wanted);
	sigprocmask(SIG_BLOCK, &wanted, &before);
	rc = find_order(db, flight, &order, err);
	if (rc == 0)
		rc = flight_bless(db, flight, "running", startable, err);
	if (rc == 0)
		rc = flight_set_times(db, flight, clock_now_ms(), 0, err);
	if (rc == 0)
		rc = run_due(config, db, flight, &order, err);
	if (rc == 0)
		rc = end_flight(db, &row, err);
	if (rc >= 0)
		rc = find_worst(db, flight, worst, err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	flight_row_release(&row);
	return rc;
}
