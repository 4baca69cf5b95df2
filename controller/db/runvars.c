/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "db/flights.h"
#include "db/jobs.h"
#include "db/runvars.h"
#include "db/statement.h"

void runvars_release(struct runvars *vars)
{
	for (size_t i = 0; i < vars->count; i++) {
		free(vars->v[i].job);
		free(vars->v[i].name);
		free(vars->v[i].value);
	}
	free(vars->v);
	*vars = (struct runvars){ .v = NULL };
}

/* Its parent row is missing: says whether that is the flight or the job. */
static int no_job(struct db *db, const char *flight, const char *job,
		  struct error *err)
{
	struct job_row row;

	if (job_get(db, flight, job, &row, err) == 0)
		job_row_release(&row);
	return -1;
}

static int check_name(const char *name, struct error *err)
{
	return runvar_name_ok(name) ? 0 : name_check("runvar", name, err);
}

int runvar_define(struct db *db, const char *flight, const char *job,
		  const char *name, const char *value, struct error *err)
{
	if (check_name(name, err) < 0)
		return -1;
	if (statement_run(db, err, STMT_RUNVAR_DEFINE, "ssss", flight, job,
			  name, value) >= 0)
		return 0;
	return db_was_orphan(db) ? no_job(db, flight, job, err) : -1;
}

int runvar_store(struct db *db, const char *flight, const char *job,
		 const char *name, const char *value, struct error *err)
{
	AUTO_FREE char *defined = NULL;
	int changed;

	if (check_name(name, err) < 0)
		return -1;
	changed = statement_run(db, err, STMT_RUNVAR_STORE, "ssss", flight,
				job, name, value);
	if (changed > 0)
		return 0;
	if (changed < 0)
		return db_was_orphan(db) ? no_job(db, flight, job, err) : -1;
	if (runvar_get(db, flight, job, name, &defined, err) < 0)
		return -1;
	return error_set(err, ERROR_USAGE, "runvar %s of job %s.%s is defined "
			 "as '%.200s' and cannot become '%.200s'", name, flight,
			 job, str_or(defined, ""), value);
}

int runvar_get(struct db *db, const char *flight, const char *job,
	       const char *name, char **value, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_RUNVAR_GET, "sss", flight, job,
			   name) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc < 0)
		return -1;
	*value = rc > 0 ? statement_dup(&st, 0) : NULL;
	return 0;
}

static int read_all(struct statement *st, struct runvars *vars,
		    struct error *err)
{
	struct runvars got = { .v = NULL };
	int rc;

	while ((rc = statement_step(st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		got.v[got.count++] = (struct runvar){
			.job = statement_dup(st, 0),
			.name = statement_dup(st, 1),
			.value = statement_dup(st, 2),
			.synth = statement_int64(st, 3),
		};
	}
	if (rc < 0)
		runvars_release(&got);
	else
		*vars = got;
	return rc;
}

int runvar_list(struct db *db, const char *flight, const char *job,
		struct runvars *vars, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	rc = job ? statement_open(&st, db, err, STMT_RUNVAR_LIST_JOB, "ss",
				  flight, job)
		 : statement_open(&st, db, err, STMT_RUNVAR_LIST_FLIGHT, "s",
				  flight);
	return rc < 0 ? -1 : read_all(&st, vars, err);
}

int runvar_delete(struct db *db, const char *flight, const char *job,
		  const char *name, struct error *err)
{
	int changed = statement_run(db, err, STMT_RUNVAR_DELETE, "sss", flight,
				    job, name);
	struct job_row row;

	if (changed)
		return changed < 0 ? -1 : 0;
	if (job_get(db, flight, job, &row, err) < 0)
		return -1;
	job_row_release(&row);
	return error_set(err, ERROR_USAGE, "job %s.%s has no runvar '%.100s'",
			 flight, job, name);
}

const char *runvars_find(const struct runvars *vars, const char *name)
{
	for (size_t i = 0; i < vars->count; i++)
		if (strcmp(vars->v[i].name, name) == 0)
			return vars->v[i].value;
	return NULL;
}
