/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Axes, conditions and needs of a flight file, written out. */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "flight/condition.h"
#include "flight/expand.h"
#include "run/recipe.h"

#define AXES_MAX 16
#define JOBS_MAX 20000

/* One row of the file, and where in its combinations we are. */
struct expansion {
	struct flight_plan *plan;
	const struct flight_text *flight;
	const struct flight_wish *wish;
	const struct job_text *job;
	const struct axis_text *axes[AXES_MAX];
	size_t axis_count;
	const struct value_text *chosen[AXES_MAX];
	struct strvec facts;	/* values: for conditions and runvars */
	struct strvec parts;	/* the same, as names of jobs have them */
};

static int fill_words(struct strvec *runvars, const struct words_text *words,
		      const struct strvec *facts, struct error *err)
{
	for (unsigned i = 0; i < words->count; i++) {
		AUTO_STRBUF text = STRBUF_INIT;

		if (fact_fill(&text, words->v[i], facts, err) < 0 ||
		    runvar_set(runvars, text.buf, err) < 0)
			return -1;
	}
	return 0;
}

/* Do all of the conditions hold? */
static int all_hold(const struct words_text *words,
		    const struct strvec *facts, struct error *err)
{
	int rc = 1;

	for (unsigned i = 0; i < words->count && rc > 0; i++)
		rc = condition_holds(words->v[i], facts, err);
	return rc;
}

/* Does any of them? none: what to say when there are none. */
static int any_holds(const struct words_text *words,
		     const struct strvec *facts, int none, struct error *err)
{
	int rc = words->count ? 0 : none;

	for (unsigned i = 0; i < words->count && rc == 0; i++)
		rc = condition_holds(words->v[i], facts, err);
	return rc;
}

/* --- needs --------------------------------------------------------------- */

static const struct job_text *find_build(const struct expansion *x,
					 const char *name, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	for (unsigned i = 0; i < x->flight->builds_count; i++) {
		if (strcmp(x->flight->builds[i].build, name) == 0)
			return &x->flight->builds[i];
		strvec_push(&names, x->flight->builds[i].build);
	}
	hint = name_hint(name, &names);
	error_set(err, ERROR_USAGE, "there is no build '%.60s'%s", name, hint);
	return NULL;
}

static const struct axis_text *find_axis(const struct flight_text *flight,
					 const char *name, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	for (unsigned i = 0; i < flight->axes_count; i++) {
		if (strcmp(flight->axes[i].axis, name) == 0)
			return &flight->axes[i];
		strvec_push(&names, flight->axes[i].axis);
	}
	hint = name_hint(name, &names);
	error_set(err, ERROR_USAGE, "there is no axis '%.60s'%s", name, hint);
	return NULL;
}

/* The value as it stands in names of jobs. */
static const char *part_of(const struct axis_text *axis, const char *value)
{
	for (unsigned i = 0; i < axis->values_count; i++)
		if (strcmp(axis->values[i].value, value) == 0)
			return str_or(axis->values[i].part, value);
	return value;
}

/* "arch=amd64" of a need, as a part of the build's name. */
static int add_part(const struct expansion *x, const char *word,
		    struct strvec *parts, struct error *err)
{
	const char *equals = strchr(word, '=');
	AUTO_FREE char *name = equals ? xstrndup(word, equals - word) : NULL;
	const struct axis_text *axis;

	if (!name)
		return error_set(err, ERROR_USAGE, "'%.60s' is no AXIS=VALUE "
				 "of a build", word);
	axis = find_axis(x->flight, name, err);
	if (!axis)
		return -1;
	strvec_pushf(parts, "%s=%s", name, part_of(axis, equals + 1));
	return 0;
}

static struct planned_job *find_planned(const struct flight_plan *plan,
					const char *name)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->jobs[i].name, name) == 0)
			return &plan->jobs[i];
	return NULL;
}

/* A build that is not made takes with it what needs it. */
static int set_need(const struct expansion *x, struct planned_job *job,
		    const char *runvar, const char *build, struct error *err)
{
	const struct planned_job *planned = find_planned(x->plan, build);
	const char *flight = x->wish->build_flight;
	AUTO_FREE char *text = xasprintf("%s=%s%s%s", runvar,
					 str_or(flight, ""),
					 flight ? "." : "", build);

	if (!planned)
		return error_set(err, ERROR_USAGE, "job %s needs %s, which "
				 "the file does not make here", job->name,
				 build);
	if (planned->disabled && !job->disabled)
		job->disabled = xasprintf("it needs %s, which is disabled: %s",
					  build, planned->disabled);
	return runvar_set(&job->runvars, text, err);
}

/* "xenbuildjob=xen arch={xenarch}" */
static int add_need(const struct expansion *x, struct planned_job *job,
		    const char *need, struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT, name = STRBUF_INIT;
	AUTO_STRVEC words = STRVEC_INIT, parts = STRVEC_INIT;
	AUTO_FREE char *runvar = NULL;
	const struct job_text *build;
	const char *equals;

	if (fact_fill(&text, need, &x->facts, err) < 0)
		return -1;
	strvec_split(&words, text.buf, " \t\n");
	equals = words.count ? strchr(words.v[0], '=') : NULL;
	if (!equals)
		return error_set(err, ERROR_USAGE, "'%.60s' is no need: "
				 "RUNVAR=BUILD AXIS=VALUE...", need);
	runvar = xstrndup(words.v[0], equals - words.v[0]);
	build = find_build(x, equals + 1, err);
	if (!build)
		return -1;
	for (size_t i = 1; i < words.count; i++)
		if (add_part(x, words.v[i], &parts, err) < 0)
			return -1;
	if (fact_fill(&name, build->name, &parts, err) < 0)
		return error_prefix(err, "need '%s' of build '%s'", need,
				    build->build);
	return set_need(x, job, runvar, name.buf, err);
}

static int add_needs(const struct expansion *x, struct planned_job *job,
		     struct error *err)
{
	const struct words_text *all = &x->flight->needs;
	const struct words_text *own = &x->job->needs;

	for (unsigned i = 0; i < all->count && !x->job->build; i++)
		if (add_need(x, job, all->v[i], err) < 0)
			return -1;
	for (unsigned i = 0; i < own->count; i++)
		if (add_need(x, job, own->v[i], err) < 0)
			return -1;
	return 0;
}

/* --- one job ------------------------------------------------------------- */

static int set_runvars(const struct expansion *x, struct planned_job *job,
		       struct error *err)
{
	const struct job_text *text = x->job;

	if (fill_words(&job->runvars, &x->flight->runvars, &x->facts,
		       err) < 0 ||
	    runvar_set_environment(&job->runvars, job->name, text->build,
				   err) < 0)
		return -1;
	for (size_t i = 0; i < x->axis_count; i++)
		if (fill_words(&job->runvars, &x->chosen[i]->runvars,
			       &x->facts, err) < 0)
			return -1;
	for (unsigned i = 0; i < text->trees.count; i++) {
		strvec_push(&job->trees, text->trees.v[i]);
		if (runvar_set_tree(&job->runvars, text->trees.v[i],
				    x->wish->config, err) < 0)
			return -1;
	}
	if (add_needs(x, job, err) < 0)
		return -1;
	return fill_words(&job->runvars, &text->runvars, &x->facts, err);
}

static int check_job(const struct expansion *x, const struct planned_job *job,
		     struct error *err)
{
	struct recipe *recipe;

	if (name_check("job", job->name, err) < 0)
		return -1;
	if (find_planned(x->plan, job->name) != job)
		return error_set(err, ERROR_USAGE, "there are two jobs '%s'",
				 job->name);
	if (job->disabled)
		return 0;	/* its recipe may be yet to come */
	if (recipe_load(&recipe, job->recipe, err) < 0)
		return -1;
	recipe_free(recipe);
	return 0;
}

/* $BUILD_ARCHES and $TEST_ARCHES: words, or "disable". */
static bool wants_arch(const struct expansion *x,
		       const struct planned_job *job)
{
	const char *wanted = getenv(x->job->build ? "BUILD_ARCHES" :
				    "TEST_ARCHES");
	const char *arch = fact_find(&job->runvars, "xenarch");
	AUTO_STRVEC words = STRVEC_INIT;

	if (!wanted || !*wanted)
		return true;
	if (!arch)
		arch = fact_find(&job->runvars, "arch");
	strvec_split(&words, wanted, " \t\n");
	return !arch || strvec_has(&words, arch);
}

static const char *why_disabled(const struct expansion *x)
{
	const char *why = x->job->disabled;

	for (size_t i = 0; i < x->axis_count && !why; i++)
		why = x->chosen[i]->disabled;
	return why;
}

static void drop_last(struct flight_plan *plan)
{
	struct planned_job *job = &plan->jobs[--plan->count];

	free(job->name);
	free(job->recipe);
	free(job->disabled);
	strvec_release(&job->runvars);
	strvec_release(&job->trees);
}

static int add_job(struct expansion *x, struct error *err)
{
	AUTO_STRBUF name = STRBUF_INIT, recipe = STRBUF_INIT;
	struct planned_job *job;
	int wanted;

	if (fact_fill(&name, x->job->name, &x->parts, err) < 0 ||
	    fact_fill(&recipe, x->job->recipe, &x->facts, err) < 0)
		return -1;
	x->plan->jobs = xrealloc(x->plan->jobs, x->plan->count + 1,
				 sizeof(*x->plan->jobs));
	job = &x->plan->jobs[x->plan->count++];
	*job = (struct planned_job){
		.name = strbuf_detach(&name), .recipe = strbuf_detach(&recipe),
		.runvars = STRVEC_INIT, .trees = STRVEC_INIT,
		.disabled = xstrdup(why_disabled(x)),
		.left_out = x->job->build && x->wish->build_flight,
	};
	if (x->plan->count > JOBS_MAX)
		return error_set(err, ERROR_USAGE, "more than %d jobs",
				 JOBS_MAX);
	if (set_runvars(x, job, err) < 0 || check_job(x, job, err) < 0)
		return -1;
	wanted = flight_wants_job(job->name, err);
	if (wanted < 0)
		return -1;
	wanted = wanted && wants_arch(x, job);
	/* a build that is not wanted is still referred to */
	if (!wanted && x->job->build)
		job->left_out = true;
	else if (!wanted)
		drop_last(x->plan);
	return 0;
}

/* --- combinations -------------------------------------------------------- */

static int is_wanted(const struct expansion *x, struct error *err)
{
	int rc = any_holds(&x->job->include, &x->facts, 1, err);

	if (rc > 0) {
		rc = any_holds(&x->job->exclude, &x->facts, 0, err);
		rc = rc < 0 ? -1 : !rc;
	}
	return rc > 0 ? all_hold(&x->job->when, &x->facts, err) : rc;
}

static void drop_fact(struct strvec *facts)
{
	free(facts->v[--facts->count]);
	facts->v[facts->count] = NULL;
}

static int combine(struct expansion *x, size_t level, struct error *err);

static int try_value(struct expansion *x, size_t level,
		     const struct value_text *value, struct error *err)
{
	const char *axis = x->axes[level]->axis;
	int rc;

	x->chosen[level] = value;
	strvec_pushf(&x->facts, "%s=%s", axis, value->value);
	strvec_pushf(&x->parts, "%s=%s", axis,
		     str_or(value->part, value->value));
	rc = all_hold(&value->when, &x->facts, err);
	if (rc > 0)
		rc = combine(x, level + 1, err);
	drop_fact(&x->facts);
	drop_fact(&x->parts);
	return rc < 0 ? -1 : 0;
}

static int try_hosts(struct expansion *x, size_t level, struct error *err)
{
	for (size_t i = 0; x->wish->hosts && i < x->wish->hosts->count; i++) {
		const struct value_text value = {
			.value = x->wish->hosts->v[i],
		};

		if (try_value(x, level, &value, err) < 0)
			return -1;
	}
	return 0;
}

static int combine(struct expansion *x, size_t level, struct error *err)
{
	const struct axis_text *axis = x->axes[level];
	int rc;

	if (level == x->axis_count) {
		rc = is_wanted(x, err);
		return rc > 0 ? add_job(x, err) : rc;
	}
	if (axis->each)
		return try_hosts(x, level, err);
	for (unsigned i = 0; i < axis->values_count; i++)
		if (try_value(x, level, &axis->values[i], err) < 0)
			return -1;
	return 0;
}

static int find_axes(struct expansion *x, struct error *err)
{
	const struct words_text *names = &x->job->axes;

	if (names->count > AXES_MAX)
		return error_set(err, ERROR_USAGE, "more than %d axes",
				 AXES_MAX);
	for (unsigned i = 0; i < names->count; i++) {
		x->axes[i] = find_axis(x->flight, names->v[i], err);
		if (!x->axes[i])
			return -1;
	}
	x->axis_count = names->count;
	return 0;
}

/* "xen-4.17-testing" is version 4.17, others are what is after the dash. */
static void add_version(struct strvec *facts, const char *tree,
			const char *branch)
{
	size_t n = strlen(tree);
	const char *version = "unstable";
	AUTO_FREE char *text = NULL;

	if (str_starts(branch, tree) && branch[n] == '-')
		version = branch + n + 1;
	text = xstrndup(version, strcspn(version, "-"));
	strvec_pushf(facts, "%s=%s", tree, text);
}

static void add_facts(struct strvec *facts, const struct flight_wish *wish)
{
	const char *xen = wish->xen_branch && *wish->xen_branch ?
		wish->xen_branch : str_starts(wish->branch, "xen-") ?
		wish->branch : "xen-unstable";

	strvec_pushf(facts, "branch=%s", wish->branch);
	strvec_pushf(facts, "xenbranch=%s", xen);
	add_version(facts, "xen", xen);
	add_version(facts, "linux", wish->branch);
}

static int expand_row(struct flight_plan *plan, const struct yamlfile *file,
		      const struct flight_wish *wish,
		      const struct job_text *job, struct error *err)
{
	struct expansion x = {
		.plan = plan, .flight = file->data, .wish = wish, .job = job,
		.facts = STRVEC_INIT, .parts = STRVEC_INIT,
	};
	int rc;

	add_facts(&x.facts, wish);
	add_facts(&x.parts, wish);
	rc = find_axes(&x, err);
	if (rc == 0)
		rc = combine(&x, 0, err);
	strvec_release(&x.facts);
	strvec_release(&x.parts);
	return rc;
}

int flight_expand(struct flight_plan *plan, const struct yamlfile *file,
		  const struct flight_wish *wish, struct error *err)
{
	const struct flight_text *text = file->data;

	for (unsigned i = 0; i < text->builds_count; i++)
		if (expand_row(plan, file, wish, &text->builds[i], err) < 0)
			return error_prefix(err, "%s:%d", file->path,
					    yamlfile_line(file, "builds", i));
	for (unsigned i = 0; i < text->jobs_count; i++)
		if (expand_row(plan, file, wish, &text->jobs[i], err) < 0)
			return error_prefix(err, "%s:%d", file->path,
					    yamlfile_line(file, "jobs", i));
	return 0;
}
