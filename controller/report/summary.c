/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "report/summary.h"
#include "run/outcome.h"

int64_t report_duration(int64_t started, int64_t finished)
{
	return started && finished && finished >= started ?
		finished - started : -1;
}

/* run/ names attempts so (run/README). */
bool report_was_run_again(const struct step_row *step)
{
	return report_is_attempt(step->testid);
}

bool report_is_attempt(const char *testid)
{
	static const char *const marks[] = { ".try", ".lost" };
	const char *dot = strrchr(testid, '.');

	for (size_t i = 0; dot && i < ARRAY_SIZE(marks); i++) {
		size_t n = strlen(marks[i]);

		if (strncmp(dot, marks[i], n) == 0 && dot[n] &&
		    !dot[n + strspn(dot + n, "0123456789")])
			return true;
	}
	return false;
}

/* Is it of interest to who asks what went wrong? */
static bool is_bad(enum step_status status)
{
	return status != STEP_PASS && status != STEP_SKIP &&
	       status != STEP_RUNNING;
}

static const struct report_recipe *
find_recipe(const struct report_rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->recipe_count; i++)
		if (strcmp(rows->recipes[i].name, name) == 0)
			return &rows->recipes[i];
	return NULL;
}

/*
 * The step that a job that did not pass gives as its reason; without one,
 * the first that was bad.
 */
static const struct step_row *find_first_bad(const struct report_job *job)
{
	const struct step_row *first = NULL;

	if (!job_status_final(job->row->status) ||
	    job->row->status == JOB_PASS)
		return NULL;
	for (size_t i = 0; i < job->step_count; i++) {
		const struct step_row *step = &job->steps[i];
		AUTO_FREE char *prefix = NULL;

		if (!is_bad(step->status))
			continue;
		prefix = xasprintf("%s: ", step->testid);
		if (job->row->reason && str_starts(job->row->reason, prefix))
			return step;
		if (!first)
			first = step;
	}
	return first;
}

static bool has_step(const struct report_job *job, const char *testid)
{
	for (size_t i = 0; i < job->step_count; i++)
		if (strcmp(job->steps[i].testid, testid) == 0)
			return true;
	return false;
}

static void find_not_run(struct report_job *job,
			 const struct report_recipe *recipe)
{
	if (!recipe || !job->row->run || job->row->status == JOB_PASS)
		return;
	for (size_t i = 0; i < recipe->testids.count; i++)
		if (!has_step(job, recipe->testids.v[i]))
			strvec_push(&job->not_run, recipe->testids.v[i]);
}

static void take_vars(struct report_job *job, const struct runvars *vars,
		      const struct report_recipe *recipe)
{
	for (size_t i = 0; i < vars->count; i++) {
		const struct runvar *var = &vars->v[i];
		bool host;

		if (strcmp(var->job, job->row->job) != 0)
			continue;
		host = recipe ? strvec_has(&recipe->idents, var->name)
			      : strcmp(var->name, "host") == 0;
		if (host || var->synth)
			strvec_pushl(host ? &job->hosts : &job->found,
				     var->name, var->value, NULL);
	}
}

static bool is_power_on(const struct power_action_row *action)
{
	return strcmp(action->action, "on") == 0 ||
	       strcmp(action->action, "reset") == 0;
}

static void add_moment(struct report_timeline *line,
		       const struct report_moment *moment)
{
	line->moments = xrealloc(line->moments, line->count + 1,
				 sizeof(*line->moments));
	line->moments[line->count++] = *moment;
}

static int by_time(const void *a, const void *b)
{
	const struct report_moment *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static bool in_job(const struct job_row *job, int64_t at)
{
	return job->started && at >= job->started &&
	       (!job->finished || at <= job->finished);
}

/* Times count from the last power-on before them. */
static void count_from_power(struct report_timeline *line)
{
	int64_t power_on = 0;

	for (size_t i = 0; i < line->count; i++) {
		struct report_moment *m = &line->moments[i];

		if (strcmp(m->source, "power") == 0 &&
		    strcmp(m->stage, "off") != 0)
			power_on = m->at;
		m->since_power_ms = power_on ? m->at - power_on : -1;
	}
}

static void make_timeline(const struct report_boot *boot,
			  struct report_timeline *line)
{
	line->host = boot->host;
	for (size_t i = boot->actions.count; i-- > 0; ) {
		const struct power_action_row *action = &boot->actions.v[i];
		bool off = strcmp(action->action, "off") == 0;

		if ((is_power_on(action) || off) &&
		    in_job(boot->job, action->finished))
			add_moment(line, &(struct report_moment){
				.at = action->finished, .source = "power",
				.stage = action->action,
				.detail = action->result });
	}
	for (size_t i = 0; i < boot->events.count; i++) {
		const struct boot_event_row *event = &boot->events.v[i];

		if (in_job(boot->job, event->at))
			add_moment(line, &(struct report_moment){
				.at = event->at, .source = event->source,
				.stage = event->stage,
				.detail = event->detail });
	}
	if (line->count)
		qsort(line->moments, line->count, sizeof(*line->moments),
		      by_time);
	count_from_power(line);
}

static void take_boots(struct report_job *job, const struct report_rows *rows)
{
	for (size_t i = 0; i < rows->boot_count; i++) {
		struct report_timeline line = { .host = NULL };

		if (rows->boots[i].job != job->row)
			continue;
		make_timeline(&rows->boots[i], &line);
		if (!line.count)
			continue;
		job->timelines = xrealloc(job->timelines,
					  job->timeline_count + 1,
					  sizeof(*job->timelines));
		job->timelines[job->timeline_count++] = line;
	}
}

/* Steps come by job in the jobs' order: one pass over both. */
static size_t take_steps(struct report_job *job, const struct step_rows *rows,
			 size_t at)
{
	job->steps = rows->v + at;
	while (at < rows->count &&
	       strcmp(rows->v[at].job, job->row->job) == 0) {
		at++;
		job->step_count++;
	}
	return at;
}

static void conclude(struct report *report)
{
	int64_t finished = 0;
	bool all_ended = true;

	report->status = JOB_PASS;
	for (size_t i = 0; i < report->job_count; i++) {
		const struct job_row *row = report->jobs[i].row;

		report->counts[row->status]++;
		all_ended &= job_status_final(row->status);
		if (job_status_final(row->status))
			report->status = outcome_join(report->status,
						      row->status, false);
		if (row->started && (!report->started ||
				     row->started < report->started))
			report->started = row->started;
		if (row->finished > finished)
			finished = row->finished;
	}
	if (!all_ended)
		report->status = JOB_RUNNING;
	report->duration_ms = all_ended ?
		report_duration(report->started, finished) : -1;
}

void report_summarise(const struct report_rows *rows, struct report *report)
{
	size_t at = 0;

	*report = (struct report){
		.flight = &rows->flight, .retests = &rows->retests,
	};
	report->jobs = xcalloc(rows->jobs.count, sizeof(*report->jobs));
	report->job_count = rows->jobs.count;
	for (size_t i = 0; i < rows->jobs.count; i++) {
		struct report_job *job = &report->jobs[i];
		const struct report_recipe *recipe;

		*job = (struct report_job){
			.row = &rows->jobs.v[i], .hosts = STRVEC_INIT,
			.found = STRVEC_INIT, .not_run = STRVEC_INIT,
			.artifacts = rows->artifacts ? &rows->artifacts[i] :
						       NULL,
		};
		job->duration_ms = report_duration(job->row->started,
						   job->row->finished);
		recipe = find_recipe(rows, job->row->recipe);
		at = take_steps(job, &rows->steps, at);
		job->first_bad = find_first_bad(job);
		find_not_run(job, recipe);
		take_vars(job, &rows->vars, recipe);
		take_boots(job, rows);
	}
	conclude(report);
}

void report_release(struct report *report)
{
	for (size_t i = 0; i < report->job_count; i++) {
		struct report_job *job = &report->jobs[i];

		for (size_t t = 0; t < job->timeline_count; t++)
			free(job->timelines[t].moments);
		free(job->timelines);
		strvec_release(&job->hosts);
		strvec_release(&job->found);
		strvec_release(&job->not_run);
	}
	free(report->jobs);
	*report = (struct report){ .flight = NULL };
}

const struct verdict *report_verdict(const struct report *report,
				     const char *job, const char *testid)
{
	const struct judgement *judgement = report->judgement;

	for (size_t i = 0; judgement && i < judgement->count; i++) {
		const struct verdict *verdict = &judgement->v[i];

		if (strcmp(verdict->flight, report->flight->flight) == 0 &&
		    strcmp(verdict->job, job) == 0 && (testid ?
		    verdict->testid && strcmp(verdict->testid, testid) == 0 :
		    !verdict->testid))
			return verdict;
	}
	return NULL;
}
