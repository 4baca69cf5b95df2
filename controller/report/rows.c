/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "report/rows.h"
#include "run/recipe.h"

#define EVENTS_MAX 2000
#define ACTIONS_MAX 200

static int read_one_job(struct db *db, const char *flight, const char *job,
			struct report_rows *rows, struct error *err)
{
	rows->jobs.v = xcalloc(1, sizeof(*rows->jobs.v));
	if (job_get(db, flight, job, &rows->jobs.v[0], err) < 0)
		return -1;
	rows->jobs.count = 1;
	if (step_list(db, flight, job, 0, &rows->steps, err) < 0)
		return -1;
	return runvar_list(db, flight, job, &rows->vars, err);
}

static int read_jobs(struct db *db, const char *flight, const char *job,
		     struct report_rows *rows, struct error *err)
{
	if (flight_get(db, flight, &rows->flight, err) < 0 ||
	    retest_links_get(db, flight, &rows->retests, err) < 0)
		return -1;
	if (job)
		return read_one_job(db, flight, job, rows, err);
	if (job_list(db, flight, &rows->jobs, err) < 0 ||
	    step_list_flight(db, flight, &rows->steps, err) < 0)
		return -1;
	return runvar_list(db, flight, NULL, &rows->vars, err);
}

static bool have_recipe(const struct report_rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->recipe_count; i++)
		if (strcmp(rows->recipes[i].name, name) == 0)
			return true;
	return false;
}

/* A recipe that is gone or was changed costs the report a hint only. */
static void add_recipe(struct report_rows *rows, const char *name)
{
	struct report_recipe one = {
		.name = xstrdup(name), .testids = STRVEC_INIT,
		.idents = STRVEC_INIT,
	};
	struct recipe *recipe = NULL;

	if (recipe_load(&recipe, name, NULL) == 0) {
		for (size_t i = 0; i < recipe->count; i++)
			strvec_push(&one.testids, recipe->steps[i].testid);
		strvec_pushv(&one.idents, recipe->hosts.v);
		recipe_free(recipe);
	} else {
		strvec_push(&one.idents, "host");
	}
	rows->recipes = xrealloc(rows->recipes, rows->recipe_count + 1,
				 sizeof(*rows->recipes));
	rows->recipes[rows->recipe_count++] = one;
}

static void read_recipes(struct report_rows *rows)
{
	for (size_t i = 0; i < rows->jobs.count; i++)
		if (!have_recipe(rows, rows->jobs.v[i].recipe))
			add_recipe(rows, rows->jobs.v[i].recipe);
}

static const struct strvec *idents_of(const struct report_rows *rows,
				      const struct job_row *job)
{
	for (size_t i = 0; i < rows->recipe_count; i++)
		if (strcmp(rows->recipes[i].name, job->recipe) == 0)
			return &rows->recipes[i].idents;
	return NULL;
}

static int add_boot(struct db *db, const struct job_row *job,
		    const char *host, struct report_rows *rows,
		    struct error *err)
{
	struct report_boot *boot;

	rows->boots = xrealloc(rows->boots, rows->boot_count + 1,
			       sizeof(*rows->boots));
	boot = &rows->boots[rows->boot_count++];
	*boot = (struct report_boot){ .job = job, .host = xstrdup(host) };
	if (boot_event_list(db, host, job->started, job->finished, EVENTS_MAX,
			    &boot->events, err) < 0)
		return -1;
	return power_action_list_between(db, host, job->started,
					 job->finished, ACTIONS_MAX,
					 &boot->actions, err);
}

static int read_boots(struct db *db, struct report_rows *rows,
		      const struct job_row *job, struct error *err)
{
	const struct strvec *idents = idents_of(rows, job);

	for (size_t i = 0; job->started && i < rows->vars.count; i++) {
		const struct runvar *var = &rows->vars.v[i];

		if (strcmp(var->job, job->job) == 0 &&
		    strvec_has(idents, var->name) &&
		    add_boot(db, job, var->value, rows, err) < 0)
			return -1;
	}
	return 0;
}

int report_gather(struct db *db, const char *flight, const char *job,
		  struct report_rows *rows, struct error *err)
{
	int rc;

	*rows = (struct report_rows){ .recipes = NULL };
	rc = read_jobs(db, flight, job, rows, err);
	if (rc == 0)
		read_recipes(rows);
	rows->artifacts = xcalloc(rows->jobs.count + 1,
				  sizeof(*rows->artifacts));
	for (size_t i = 0; i < rows->jobs.count && rc == 0; i++) {
		rc = read_boots(db, rows, &rows->jobs.v[i], err);
		if (rc == 0)
			rc = artifact_list(db, flight, rows->jobs.v[i].job, 0,
					   0, &rows->artifacts[i], err);
	}
	if (rc < 0)
		report_rows_release(rows);
	return rc;
}

void report_rows_release(struct report_rows *rows)
{
	for (size_t i = 0; i < rows->boot_count; i++) {
		free(rows->boots[i].host);
		boot_event_rows_release(&rows->boots[i].events);
		power_action_rows_release(&rows->boots[i].actions);
	}
	for (size_t i = 0; i < rows->recipe_count; i++) {
		free(rows->recipes[i].name);
		strvec_release(&rows->recipes[i].testids);
		strvec_release(&rows->recipes[i].idents);
	}
	for (size_t i = 0; rows->artifacts && i < rows->jobs.count; i++)
		artifact_rows_release(&rows->artifacts[i]);
	free(rows->artifacts);
	free(rows->boots);
	free(rows->recipes);
	runvars_release(&rows->vars);
	step_rows_release(&rows->steps);
	job_rows_release(&rows->jobs);
	flight_row_release(&rows->flight);
	retest_links_release(&rows->retests);
	*rows = (struct report_rows){ .recipes = NULL };
}
