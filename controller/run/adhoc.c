/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "db/flights.h"
#include "db/hosts.h"
#include "db/runvars.h"
#include "host/host.h"
#include "run/adhoc.h"
#include "run/job.h"

#define WORD "adhoc"	/* blessing, intended blessing, branch, recipe */

struct adhoc {
	const struct config *config;
	struct db *db;
	const struct adhoc_spec *spec;
	char *flight;
	const char *job;	/* in that flight */
	int of_run;		/* of the job it is about */
	struct strvec env;
};

bool adhoc_is_ident(const char *word)
{
	size_t len = strcspn(word, "=");
	AUTO_FREE char *name = xstrndup(word, len);

	return strcmp(name, "host") == 0 ||
	       (str_ends(name, "_host") && runvar_name_ok(name));
}

bool adhoc_is_runvar(const char *word)
{
	size_t len = strcspn(word, "=");
	AUTO_FREE char *name = xstrndup(word, len);

	return word[len] == '=' && runvar_name_ok(name) &&
	       !adhoc_is_ident(word);
}

int adhoc_host(const struct config *config, struct db *db,
	       const struct adhoc_spec *spec, const char *ident, char **host,
	       struct error *err)
{
	const char *equals = strchr(ident, '=');

	*host = equals ? xstrdup(equals + 1) : NULL;
	if (!*host && spec->job &&
	    runvar_get(db, spec->flight, spec->job, ident, host, err) < 0)
		return -1;
	if (!*host)
		*host = xstrdup(host_wish(config, ident));
	return 0;
}

/* A job that is being run is not to be interfered with. */
static int check_job(struct adhoc *a, struct error *err)
{
	const struct adhoc_spec *spec = a->spec;
	struct job_row row;
	int rc = 0;

	if (!spec->job)
		return 0;
	if (job_get(a->db, spec->flight, spec->job, &row, err) < 0)
		return -1;
	a->of_run = row.run;
	if (owner_alive(&row.owner) && !job_status_final(row.status))
		rc = error_set(err, ERROR_AGAIN, "job %s.%s is being run by "
			       "process %d on %s", row.flight, row.job,
			       row.owner.pid, row.owner.machine);
	job_row_release(&row);
	return rc;
}

static int copy_runvars(struct adhoc *a, struct error *err)
{
	const struct adhoc_spec *spec = a->spec;
	struct runvars vars = { .v = NULL };
	int rc = 0;

	if (!spec->job)
		return 0;
	if (runvar_list(a->db, spec->flight, spec->job, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count && rc == 0; i++) {
		const struct runvar *var = &vars.v[i];

		rc = (var->synth ? runvar_store : runvar_define)
			(a->db, a->flight, a->job, var->name, var->value, err);
	}
	runvars_release(&vars);
	return rc;
}

static int define_word(struct adhoc *a, const char *word, struct error *err)
{
	const char *equals = strchr(word, '=');
	AUTO_FREE char *name = xstrndup(word, equals - word);

	return runvar_define(a->db, a->flight, a->job, name, equals + 1, err);
}

/* 1: somebody keeps it for whom the step works. */
static int is_ours(struct adhoc *a, const char *host, struct error *err)
{
	struct allocation_rows rows = { .v = NULL };
	const struct adhoc_spec *spec = a->spec;
	int ours = 0;

	if (allocation_list(a->db, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++) {
		const struct allocation_row *row = &rows.v[i];

		if (strcmp(row->host, host) == 0 &&
		    (!row->owner.pid ||
		     (spec->job && owner_alive(&row->owner) &&
		      strcmp(row->flight, spec->flight) == 0 &&
		      strcmp(row->job, spec->job) == 0)))
			ours = 1;
	}
	allocation_rows_release(&rows);
	return ours;
}

static int take_host(struct adhoc *a, const char *word, struct error *err)
{
	AUTO_FREE char *ident = xstrndup(word, strcspn(word, "="));
	AUTO_FREE char *name = NULL;
	struct allocation_wish wish = { .ident = ident };
	struct owner self;
	struct host *host;
	int ours;

	if (adhoc_host(a->config, a->db, a->spec, word, &name, err) < 0)
		return -1;
	if (!name)
		return 0;	/* the test case says what it lacks */
	if (host_load(&host, a->db, a->config, name, err) < 0)
		return -1;
	host_free(host);
	ours = is_ours(a, name, err);
	if (ours < 0 || runvar_define(a->db, a->flight, a->job, ident, name,
				      err) < 0)
		return -1;
	wish.host = name;
	owner_self(&self);
	return ours ? 0 : hosts_allocate(a->db, a->flight, a->job, &self,
					 &wish, 1, err);
}

static int fill(struct adhoc *a, struct error *err)
{
	static char *const constructing[] = { "constructing", NULL };
	const struct adhoc_spec *spec = a->spec;

	if (check_job(a, err) < 0 ||
	    flight_create(a->db, NULL, WORD, WORD, &a->flight, err) < 0 ||
	    flight_bless(a->db, a->flight, WORD, constructing, err) < 0 ||
	    flight_set_times(a->db, a->flight, clock_now_ms(), 0, err) < 0 ||
	    flight_touch(a->db, a->flight, err) < 0 ||
	    job_create(a->db, a->flight, a->job, WORD, err) < 0 ||
	    copy_runvars(a, err) < 0)
		return -1;
	for (size_t i = 0; i < spec->runvars->count; i++)
		if (define_word(a, spec->runvars->v[i], err) < 0)
			return -1;
	for (size_t i = 0; i < spec->idents->count; i++)
		if (take_host(a, spec->idents->v[i], err) < 0)
			return -1;
	return 0;
}

static int create(struct adhoc *a, struct error *err)
{
	if (db_begin(a->db, err) < 0)
		return -1;
	if (fill(a, err) == 0)
		return db_commit(a->db, err);
	db_rollback(a->db);
	return -1;
}

static void make_environment(struct adhoc *a)
{
	strvec_pushf(&a->env, "IRONBIRD_FOR_FLIGHT=%s", a->spec->flight);
	strvec_pushf(&a->env, "IRONBIRD_FOR_JOB=%s",
		     str_or(a->spec->job, ""));
	strvec_pushf(&a->env, "IRONBIRD_FOR_RUN=%d", a->of_run);
}

static char *make_testid(const struct adhoc_spec *spec)
{
	AUTO_STRVEC words = STRVEC_INIT;
	AUTO_STRBUF testid = STRBUF_INIT;

	for (size_t i = 0; i < spec->argv->count; i++) {
		const char *word = spec->argv->v[i];
		size_t len = adhoc_is_ident(word) ? strcspn(word, "=")
						  : strlen(word);

		strvec_pushf(&words, "%.*s", (int)len, word);
	}
	recipe_testid(&words, &testid);
	return strbuf_detach(&testid);
}

static struct recipe *make_recipe(const struct adhoc_spec *spec)
{
	struct recipe *recipe = xcalloc(1, sizeof(*recipe));
	struct recipe_step *step = xcalloc(1, sizeof(*step));

	*step = (struct recipe_step){
		.argv = STRVEC_INIT, .needs = STRVEC_INIT,
		.program = xstrdup(spec->program),
		.testid = make_testid(spec), .on_fail = STEP_FAIL,
		.on_limit = STEP_BROKEN,
	};
	strvec_pushv(&step->argv, spec->argv->v);
	recipe->name = xstrdup(WORD);
	recipe->summary = xstrdup("One step by hand");
	strvec_init(&recipe->hosts);
	recipe->steps = step;
	recipe->count = 1;
	return recipe;
}

static int run_step(struct adhoc *a, struct error *err)
{
	const struct job_run_options options = {
		.quiet = true, .show_logs = true, .keep_runvars = true,
		.env = &a->env,
	};
	struct recipe *recipe = make_recipe(a->spec);
	enum job_status status;
	int rc;

	make_environment(a);
	rc = job_run_recipe(a->config, a->db, a->flight, a->job, recipe,
			    &options, &status, err);
	recipe_free(recipe);
	return rc;
}

/* What it found out, for the next one; definitions are not gone against. */
static int give_back(struct adhoc *a, struct error *err)
{
	const struct adhoc_spec *spec = a->spec;
	struct runvars vars = { .v = NULL };
	int rc = 0;

	if (!spec->job)
		return 0;
	if (runvar_list(a->db, a->flight, a->job, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count && rc == 0; i++) {
		struct error why = ERROR_INIT;

		if (vars.v[i].synth &&
		    runvar_store(a->db, spec->flight, spec->job,
				 vars.v[i].name, vars.v[i].value, &why) < 0 &&
		    why.kind != ERROR_USAGE)
			rc = error_set(err, why.kind, "%s", why.text);
	}
	runvars_release(&vars);
	return rc;
}

static int read_status(struct adhoc *a, enum step_status *status,
		       struct error *err)
{
	struct step_rows rows = { .v = NULL };

	if (step_list(a->db, a->flight, a->job, 0, &rows, err) < 0)
		return -1;
	*status = rows.count ? rows.v[0].status : STEP_ABORTED;
	step_rows_release(&rows);
	return 0;
}

static int end(struct adhoc *a, enum step_status *status, struct error *err)
{
	if (give_back(a, err) < 0 ||
	    flight_set_times(a->db, a->flight, 0, clock_now_ms(), err) < 0)
		return -1;
	return read_status(a, status, err);
}

int adhoc_run(const struct config *config, struct db *db,
	      const struct adhoc_spec *spec, enum step_status *status,
	      char **flight, struct error *err)
{
	struct adhoc a = {
		.config = config, .db = db, .spec = spec,
		.job = spec->job ? spec->job :
			spec->argv->v[0] + strlen("ts-"),
		.env = STRVEC_INIT,
	};
	int rc = create(&a, err);

	if (rc == 0)
		rc = run_step(&a, err);
	if (rc == 0)
		rc = end(&a, status, err);
	strvec_release(&a.env);
	if (rc == 0)
		*flight = a.flight;
	else
		free(a.flight);
	return rc;
}
