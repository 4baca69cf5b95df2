/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/table.h"
#include "cmd/flight-diff.h"
#include "cmd/json.h"
#include "db/flights.h"
#include "db/runvars.h"

struct side {
	struct job_rows jobs;
	struct runvars vars;
};

/* A difference is a row of the table and an object of the array. */
struct diff {
	struct table table;
	cJSON *array;
	size_t count;
};

static void note(struct diff *diff, const char *job, const char *what,
		 const char *a, const char *b)
{
	cJSON *object = cJSON_CreateObject();

	table_row(&diff->table, job, what, a, b);
	json_add_text(object, "job", job);
	json_add_text(object, "what", what);
	json_add_text(object, "a", a);
	json_add_text(object, "b", b);
	cJSON_AddItemToArray(diff->array, object);
	diff->count++;
}

static void note_if(struct diff *diff, const char *job, const char *what,
		    const char *a, const char *b)
{
	if (!a != !b || (a && strcmp(a, b) != 0))
		note(diff, job, what, a, b);
}

static int load(struct db *db, const char *flight, struct side *side,
		struct error *err)
{
	struct flight_row row;

	if (flight_get(db, flight, &row, err) < 0)
		return -1;
	flight_row_release(&row);
	if (job_list(db, flight, &side->jobs, err) < 0)
		return -1;
	return runvar_list(db, flight, NULL, &side->vars, err);
}

static const struct job_row *find_job(const struct side *side,
				      const char *job)
{
	for (size_t i = 0; i < side->jobs.count; i++)
		if (strcmp(side->jobs.v[i].job, job) == 0)
			return &side->jobs.v[i];
	return NULL;
}

/* The definition of the runvar, or NULL. */
static const char *find_var(const struct side *side, const char *job,
			    const char *name)
{
	for (size_t i = 0; i < side->vars.count; i++)
		if (!side->vars.v[i].synth &&
		    strcmp(side->vars.v[i].job, job) == 0 &&
		    strcmp(side->vars.v[i].name, name) == 0)
			return side->vars.v[i].value;
	return NULL;
}

static void compare_vars(struct diff *diff, const char *job,
			 const struct side *a, const struct side *b)
{
	for (size_t i = 0; i < a->vars.count; i++) {
		const struct runvar *var = &a->vars.v[i];

		if (!var->synth && strcmp(var->job, job) == 0)
			note_if(diff, job, var->name, var->value,
				find_var(b, job, var->name));
	}
	for (size_t i = 0; i < b->vars.count; i++) {
		const struct runvar *var = &b->vars.v[i];

		if (!var->synth && strcmp(var->job, job) == 0 &&
		    !find_var(a, job, var->name))
			note(diff, job, var->name, NULL, var->value);
	}
}

static void compare_jobs(struct diff *diff, const struct side *a,
			 const struct side *b)
{
	for (size_t i = 0; i < a->jobs.count; i++) {
		const struct job_row *x = &a->jobs.v[i];
		const struct job_row *y = find_job(b, x->job);

		if (!y) {
			note(diff, x->job, "job", x->recipe, NULL);
			continue;
		}
		note_if(diff, x->job, "recipe", x->recipe, y->recipe);
		note_if(diff, x->job, "status", job_status_name(x->status),
			job_status_name(y->status));
		compare_vars(diff, x->job, a, b);
	}
	for (size_t i = 0; i < b->jobs.count; i++)
		if (!find_job(a, b->jobs.v[i].job))
			note(diff, b->jobs.v[i].job, "job", NULL,
			     b->jobs.v[i].recipe);
}

static void side_release(struct side *side)
{
	job_rows_release(&side->jobs);
	runvars_release(&side->vars);
}

int flight_diff(struct context *ctx, const char *a, const char *b, bool json,
		struct error *err)
{
	struct side left = { .jobs = { 0 } }, right = { .jobs = { 0 } };
	struct diff diff = { .array = cJSON_CreateArray() };
	int rc = -1;

	table_init(&diff.table, "JOB", "WHAT", a, b, NULL);
	if (load(ctx->db, a, &left, err) == 0 &&
	    load(ctx->db, b, &right, err) == 0) {
		compare_jobs(&diff, &left, &right);
		rc = diff.count > 0;
	}
	if (rc >= 0 && json)
		json_print(diff.array);
	else
		cJSON_Delete(diff.array);
	if (rc > 0 && !json)
		table_print(&diff.table, stdout);
	table_release(&diff.table);
	side_release(&left);
	side_release(&right);
	return rc;
}
