/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "build/current.h"
#include "db/runvars.h"
#include "flight/deps.h"
#include "flight/in_turn.h"
#include "flight/run.h"

struct deps {
	const struct config *config;
	struct db *db;
	const char *flight;
	struct job_rows jobs;
	struct runvars vars;
	struct strvec needed;	/* names of jobs */
};

static bool has_job(const struct deps *deps, const char *job)
{
	for (size_t i = 0; i < deps->jobs.count; i++)
		if (strcmp(deps->jobs.v[i].job, job) == 0)
			return true;
	return false;
}

/* The jobs that a job names, and those that they name. A circle is found by
 * flight_order. */
static void add_needed(struct deps *deps, const char *job)
{
	for (size_t i = 0; i < deps->vars.count; i++) {
		const struct runvar *var = &deps->vars.v[i];

		if (strcmp(var->job, job) != 0 || !str_ends(var->name, "job") ||
		    !has_job(deps, var->value) ||
		    strvec_has(&deps->needed, var->value))
			continue;
		strvec_push(&deps->needed, var->value);
		add_needed(deps, var->value);
	}
}

static int run_one(struct deps *deps, const char *job,
		   const struct job_run_options *options,
		   enum job_status *status, struct error *err)
{
	struct job_row row;

	printf("== %s.%s\n", deps->flight, job);
	fflush(stdout);
	if (job_run_in_turn(deps->config, deps->db, deps->flight, job,
			    options, status, err) < 0 ||
	    job_get(deps->db, deps->flight, job, &row, err) < 0)
		return -1;
	printf("%s.%s: %s%s%s\n", deps->flight, job, job_status_name(*status),
	       row.reason ? ", " : "", str_or(row.reason, ""));
	fflush(stdout);
	job_row_release(&row);
	return 0;
}

static int run_needed(struct deps *deps, const struct strvec *order,
		      const struct job_run_options *options,
		      enum job_status *status, char **blocker,
		      struct error *err)
{
	for (size_t i = 0; i < order->count; i++) {
		const char *job = order->v[i];
		int current;

		if (!strvec_has(&deps->needed, job))
			continue;
		if (build_obey_environment(deps->db, deps->flight, job,
					   err) < 0)
			return -1;
		current = build_is_current(deps->config, deps->db,
					   deps->flight, job, err);
		if (current < 0)
			return -1;
		if (current) {
			printf("== %s.%s: passed before\n", deps->flight, job);
			continue;
		}
		if (run_one(deps, job, options, status, err) < 0)
			return -1;
		if (*status != JOB_PASS) {
			*blocker = xstrdup(job);
			return 0;
		}
	}
	*status = JOB_PASS;
	return 0;
}

static int load(struct deps *deps, struct error *err)
{
	if (job_list(deps->db, deps->flight, &deps->jobs, err) < 0)
		return -1;
	return runvar_list(deps->db, deps->flight, NULL, &deps->vars, err);
}

int deps_run(const struct config *config, struct db *db, const char *flight,
	     const char *job, const struct job_run_options *options,
	     enum job_status *status, char **blocker, struct error *err)
{
	struct deps deps = {
		.config = config, .db = db, .flight = flight,
		.needed = STRVEC_INIT,
	};
	struct job_run_options plain = {
		.quiet = options->quiet, .env = options->env,
		.no_wait = options->no_wait,
	};
	AUTO_STRVEC order = STRVEC_INIT;
	int rc = load(&deps, err);

	if (rc == 0) {
		add_needed(&deps, job);
		rc = flight_order(&deps.jobs, &deps.vars, &order, err);
	}
	if (rc == 0)
		rc = run_needed(&deps, &order, &plain, status, blocker, err);
	strvec_release(&deps.needed);
	runvars_release(&deps.vars);
	job_rows_release(&deps.jobs);
	return rc;
}
