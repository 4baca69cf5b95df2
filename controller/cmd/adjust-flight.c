/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs and runvars of a flight, copied and changed, as cs-adjust-flight. */
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/strbuf.h"
#include "cmd/command.h"
#include "cmd/jobset.h"
#include "db/flights.h"
#include "db/runvars.h"
#include "run/recipe.h"

static bool verbose, force;

static const struct option_row options[] = {
	OPTION_FLAG('v', "verbose", &verbose, "say what is changed"),
	OPTION_FLAG(0, "force", &force, "change jobs that were run, too"),
	OPTION_END
};

struct adjust {
	struct db *db;
	const char *flight;
	char *const *args;	/* of the operation */
};

static void tell(const struct adjust *a, const char *job, const char *what,
		 const char *value)
{
	if (verbose)
		fprintf(stderr, "%s.%s %s%s%s\n", a->flight, job, what,
			value ? " " : "", str_or(value, ""));
}

/* The jobs of the first argument, none of which has been run. */
static int find(const struct adjust *a, struct strvec *jobs,
		struct error *err)
{
	if (jobset_find(a->db, a->flight, a->args[0], jobs, err) < 0)
		return -1;
	for (size_t i = 0; i < jobs->count && !force; i++) {
		struct job_row row;
		int run;

		if (job_get(a->db, a->flight, jobs->v[i], &row, err) < 0)
			return -1;
		run = row.run;
		job_row_release(&row);
		if (run)
			return error_set(err, ERROR_USAGE, "job %s.%s was run "
					 "already: its rows say what ran "
					 "(--force changes them)", a->flight,
					 jobs->v[i]);
	}
	return 0;
}

/* --- jobs ---------------------------------------------------------------- */

/* Definitions only: what a job found out is its own. */
static int copy_runvars(const struct adjust *a, const char *from,
			const char *job, struct error *err)
{
	struct runvars vars = { .v = NULL };
	int rc = 0;

	if (runvar_list(a->db, from, job, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count && rc == 0; i++)
		if (!vars.v[i].synth)
			rc = runvar_define(a->db, a->flight, job,
					   vars.v[i].name, vars.v[i].value,
					   err);
	runvars_release(&vars);
	return rc;
}

static int copy_job(const struct adjust *a, const char *from, const char *job,
		    struct error *err)
{
	struct job_row row;
	int rc;

	if (job_get(a->db, from, job, &row, err) < 0)
		return -1;
	rc = job_create(a->db, a->flight, job, row.recipe, err);
	job_row_release(&row);
	tell(a, job, "copied from", from);
	return rc < 0 ? -1 : copy_runvars(a, from, job, err);
}

static int copy_set(const struct adjust *a, const char *spec,
		    struct error *err)
{
	AUTO_STRVEC jobs = STRVEC_INIT;
	struct flight_row row;

	if (flight_get(a->db, a->args[0], &row, err) < 0)
		return -1;
	flight_row_release(&row);
	if (jobset_find(a->db, a->args[0], spec, &jobs, err) < 0)
		return -1;
	for (size_t i = 0; i < jobs.count; i++)
		if (copy_job(a, a->args[0], jobs.v[i], err) < 0)
			return -1;
	return 0;
}

static int op_copy(const struct adjust *a, struct error *err)
{
	return copy_set(a, ".", err);
}

static int op_copy_jobs(const struct adjust *a, struct error *err)
{
	return copy_set(a, a->args[1], err);
}

static int op_jobs_list(const struct adjust *a, struct error *err)
{
	AUTO_STRVEC jobs = STRVEC_INIT;

	if (jobset_find(a->db, a->flight, a->args[0], &jobs, err) < 0)
		return -1;
	for (size_t i = 0; i < jobs.count; i++)
		puts(jobs.v[i]);
	return 0;
}

typedef int job_op(const struct adjust *a, const char *job, struct error *err);

/* What op makes of each job that the first argument means. */
static int each_job(const struct adjust *a, job_op *op, struct error *err)
{
	AUTO_STRVEC jobs = STRVEC_INIT;

	if (find(a, &jobs, err) < 0)
		return -1;
	for (size_t i = 0; i < jobs.count; i++)
		if (op(a, jobs.v[i], err) < 0)
			return -1;
	return 0;
}

static int delete_job(const struct adjust *a, const char *job,
		      struct error *err)
{
	tell(a, job, "deleted", NULL);
	return job_delete(a->db, a->flight, job, err);
}

static int op_jobs_del(const struct adjust *a, struct error *err)
{
	return each_job(a, delete_job, err);
}

static int rename_job(const struct adjust *a, const char *job,
		      struct error *err)
{
	AUTO_FREE char *name = NULL;

	if (substitute(a->args[1], job, &name, err) < 0)
		return -1;
	tell(a, job, "is now", name);
	return strcmp(name, job) == 0 ? 0 :
		job_rename(a->db, a->flight, job, name, err);
}

static int op_jobs_rename(const struct adjust *a, struct error *err)
{
	return each_job(a, rename_job, err);
}

static int op_job_status(const struct adjust *a, struct error *err)
{
	AUTO_STRVEC jobs = STRVEC_INIT;
	enum job_status status;

	if (job_status_parse(a->args[1], &status) < 0)
		return error_set(err, ERROR_USAGE, "'%.60s' is no status of a "
				 "job", a->args[1]);
	if (jobset_find(a->db, a->flight, a->args[0], &jobs, err) < 0)
		return -1;
	for (size_t i = 0; i < jobs.count; i++) {
		tell(a, jobs.v[i], "status", a->args[1]);
		if (job_set_status(a->db, a->flight, jobs.v[i], status,
				   status == JOB_QUEUED ? NULL :
				   "set by adjust-flight", err) < 0)
			return -1;
	}
	return 0;
}

static int set_recipe(const struct adjust *a, const char *job,
		      struct error *err)
{
	tell(a, job, "recipe", a->args[1]);
	return job_set_recipe(a->db, a->flight, job, a->args[1], err);
}

static int op_recipe_set(const struct adjust *a, struct error *err)
{
	struct recipe *recipe;

	if (recipe_load(&recipe, a->args[1], err) < 0)
		return -1;
	recipe_free(recipe);
	return each_job(a, set_recipe, err);
}

/* --- runvars ------------------------------------------------------------- */

static int set_runvar(const struct adjust *a, const char *job,
		      const char *name, const char *value, struct error *err)
{
	AUTO_FREE char *text = xasprintf("%s=%s", name, value);

	tell(a, job, text, NULL);
	return runvar_define(a->db, a->flight, job, name, value, err);
}

static int set_given(const struct adjust *a, const char *job,
		     struct error *err)
{
	return set_runvar(a, job, a->args[1], a->args[2], err);
}

static int op_runvar_set(const struct adjust *a, struct error *err)
{
	return each_job(a, set_given, err);
}

static int perhaps_set(const struct adjust *a, const char *job,
		       struct error *err)
{
	AUTO_FREE char *value = NULL;

	if (runvar_get(a->db, a->flight, job, a->args[1], &value, err) < 0)
		return -1;
	return value ? 0 : set_given(a, job, err);
}

static int op_runvar_perhaps_set(const struct adjust *a, struct error *err)
{
	return each_job(a, perhaps_set, err);
}

static int change_runvar(const struct adjust *a, const char *job,
			 struct error *err)
{
	AUTO_FREE char *value = NULL;

	if (runvar_get(a->db, a->flight, job, a->args[1], &value, err) < 0)
		return -1;
	if (!value || strcmp(value, a->args[2]) != 0)
		return error_set(err, ERROR_USAGE, "job %s.%s has %s=%s, not "
				 "'%.60s'", a->flight, job, a->args[1],
				 str_or(value, "(nothing)"), a->args[2]);
	return set_runvar(a, job, a->args[1], a->args[3], err);
}

static int op_runvar_change(const struct adjust *a, struct error *err)
{
	return each_job(a, change_runvar, err);
}

/* What fn makes of each definition that the second argument means. */
static int each_runvar(const struct adjust *a,
		       int (*fn)(const struct adjust *a,
				 const struct runvar *var, struct error *err),
		       struct error *err)
{
	AUTO_STRVEC jobs = STRVEC_INIT;
	struct runvars vars = { .v = NULL };
	int rc = 0;

	if (find(a, &jobs, err) < 0 ||
	    runvar_list(a->db, a->flight, NULL, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count && rc >= 0; i++) {
		const struct runvar *var = &vars.v[i];

		if (var->synth || !strvec_has(&jobs, var->job))
			continue;
		rc = nameset_has(a->args[1], var->name, err);
		if (rc > 0)
			rc = fn(a, var, err);
	}
	runvars_release(&vars);
	return rc < 0 ? -1 : 0;
}

static int delete_one(const struct adjust *a, const struct runvar *var,
		      struct error *err)
{
	tell(a, var->job, "without", var->name);
	return runvar_delete(a->db, a->flight, var->job, var->name, err);
}

static int op_runvar_del(const struct adjust *a, struct error *err)
{
	return each_runvar(a, delete_one, err);
}

static int substitute_one(const struct adjust *a, const struct runvar *var,
			  struct error *err)
{
	AUTO_FREE char *value = NULL;

	if (substitute(a->args[2], var->value, &value, err) < 0)
		return -1;
	return strcmp(value, var->value) == 0 ? 0 :
		set_runvar(a, var->job, var->name, value, err);
}

static int op_runvar_perlop(const struct adjust *a, struct error *err)
{
	return each_runvar(a, substitute_one, err);
}

/* --- the flight ---------------------------------------------------------- */

static int op_intended(const struct adjust *a, struct error *err)
{
	return flight_set_intended(a->db, a->flight, a->args[0], err);
}

static int op_branch(const struct adjust *a, struct error *err)
{
	return flight_set_branch(a->db, a->flight, a->args[0], err);
}

static const struct operation {
	const char *name;
	size_t args;
	const char *usage;
	int (*run)(const struct adjust *a, struct error *err);
} operations[] = {
	{ "copy", 1, "FLIGHT", op_copy },
	{ "copy-jobs", 2, "FLIGHT JOBS", op_copy_jobs },
	{ "jobs-list", 1, "JOBS", op_jobs_list },
	{ "jobs-del", 1, "JOBS", op_jobs_del },
	{ "jobs-rename", 2, "JOBS s/REGEX/TEXT/", op_jobs_rename },
	{ "job-status", 2, "JOBS STATUS", op_job_status },
	{ "change-status", 2, "JOBS STATUS", op_job_status },
	{ "recipe-set", 2, "JOBS RECIPE", op_recipe_set },
	{ "runvar-set", 3, "JOBS NAME VALUE", op_runvar_set },
	{ "runvar-perhaps-set", 3, "JOBS NAME VALUE", op_runvar_perhaps_set },
	{ "runvar-change", 4, "JOBS NAME OLD NEW", op_runvar_change },
	{ "runvar-del", 2, "JOBS NAMES", op_runvar_del },
	{ "runvar-perlop", 3, "JOBS NAMES s/REGEX/TEXT/", op_runvar_perlop },
	{ "intended-blessing", 1, "BLESSING", op_intended },
	{ "branch", 1, "BRANCH", op_branch },
};

static const struct operation *find_operation(const char *name,
					      struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
		strvec_push(&names, operations[i].name);
	}
	hint = name_hint(name, &names);
	error_set(err, ERROR_USAGE, "'%.60s' is no operation on a flight%s",
		  name, hint);
	return NULL;
}

static int run_operations(struct db *db, const char *flight,
			  const struct strvec *words, struct error *err)
{
	size_t i = 1;

	while (i < words->count) {
		const struct operation *op = find_operation(words->v[i], err);
		const struct adjust a = { db, flight, words->v + i + 1 };

		if (!op)
			return -1;
		if (words->count - i - 1 < op->args)
			return error_set(err, ERROR_USAGE, "usage: "
					 "adjust-flight FLIGHT %s %s",
					 op->name, op->usage);
		if (op->run(&a, err) < 0)
			return -1;
		i += 1 + op->args;
	}
	return 0;
}

/* "new:BLESSING" makes one, whose name is printed at the end. */
static int find_flight(struct db *db, const char *word, char **flight,
		       struct error *err)
{
	struct flight_row row;

	if (str_starts(word, "new:"))
		return flight_create(db, NULL, word + strlen("new:"), "adhoc",
				     flight, err);
	if (flight_get(db, word, &row, err) < 0)
		return -1;
	flight_row_release(&row);
	*flight = xstrdup(word);
	return 0;
}

/* All of it or nothing. */
static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_FREE char *flight = NULL;
	int rc;

	if (args_check(args, "adjust-flight", 2, -1, err) < 0 ||
	    db_begin(ctx->db, err) < 0)
		return -1;
	if (find_flight(ctx->db, args->v[0], &flight, err) < 0 ||
	    run_operations(ctx->db, flight, args, err) < 0) {
		db_rollback(ctx->db);
		return -1;
	}
	rc = db_commit(ctx->db, err);
	if (rc == 0 && str_starts(args->v[0], "new:"))
		puts(flight);
	return rc;
}

const struct command cmd_adjust_flight = {
	.name = "adjust-flight",
	.aliases = "cs-adjust-flight",
	.summary = "Copy and change jobs and runvars of a flight",
	.usage = "[-v] [--force] FLIGHT|new:BLESSING OPERATION ARGUMENT...",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
