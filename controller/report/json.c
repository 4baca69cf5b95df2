/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members are promised in docs/report-json.md: add, never change. */
#include <cjson/cJSON.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "report/print.h"

#define SCHEMA 1

static void add_text(cJSON *object, const char *name, const char *text)
{
	AUTO_STRBUF clean = STRBUF_INIT;

	if (!text) {
		cJSON_AddNullToObject(object, name);
		return;
	}
	strbuf_add_utf8(&clean, text);
	cJSON_AddStringToObject(object, name, clean.buf);
}

static void add_time(cJSON *object, const char *name, int64_t utc_ms)
{
	char stamp[CLOCK_STAMP_SIZE];

	add_text(object, name, utc_ms ? clock_stamp(utc_ms, stamp) : NULL);
}

static void add_ms(cJSON *object, const char *name, int64_t ms)
{
	if (ms < 0)
		cJSON_AddNullToObject(object, name);
	else
		cJSON_AddNumberToObject(object, name, (double)ms);
}

static cJSON *step_json(const struct step_row *step)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddNumberToObject(object, "step", step->stepno);
	add_text(object, "testid", step->testid);
	add_text(object, "command", step->command);
	add_text(object, "status", step_status_name(step->status));
	add_text(object, "reason", step->reason);
	add_text(object, "stage", step->stage);
	add_text(object, "log", step->log);
	add_time(object, "started", step->started);
	add_time(object, "finished", step->finished);
	add_ms(object, "duration_ms", report_duration(step->started,
						      step->finished));
	return object;
}

static cJSON *pairs_json(const struct strvec *names_and_values)
{
	cJSON *object = cJSON_CreateObject();

	for (size_t i = 0; i + 1 < names_and_values->count; i += 2)
		add_text(object, names_and_values->v[i],
			 names_and_values->v[i + 1]);
	return object;
}

static cJSON *words_json(const struct strvec *words)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < words->count; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(words->v[i]));
	return array;
}

static void add_timeline(cJSON *array, const struct report_timeline *line)
{
	for (size_t i = 0; i < line->count; i++) {
		const struct report_moment *moment = &line->moments[i];
		cJSON *object = cJSON_CreateObject();

		add_text(object, "host", line->host);
		add_time(object, "at", moment->at);
		add_ms(object, "since_power_on_ms", moment->since_power_ms);
		add_text(object, "source", moment->source);
		add_text(object, "stage", moment->stage);
		add_text(object, "detail", moment->detail);
		cJSON_AddItemToArray(array, object);
	}
}

static cJSON *boot_json(const struct report_job *job)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < job->timeline_count; i++)
		add_timeline(array, &job->timelines[i]);
	return array;
}

static cJSON *job_json(const struct report_job *job)
{
	cJSON *object = cJSON_CreateObject();
	cJSON *steps = cJSON_CreateArray();

	add_text(object, "job", job->row->job);
	add_text(object, "recipe", job->row->recipe);
	add_text(object, "status", job_status_name(job->row->status));
	add_text(object, "reason", job->row->reason);
	cJSON_AddNumberToObject(object, "run", job->row->run);
	add_time(object, "started", job->row->started);
	add_time(object, "finished", job->row->finished);
	add_ms(object, "duration_ms", job->duration_ms);
	cJSON_AddItemToObject(object, "hosts", pairs_json(&job->hosts));
	cJSON_AddItemToObject(object, "found", pairs_json(&job->found));
	for (size_t i = 0; i < job->step_count; i++)
		cJSON_AddItemToArray(steps, step_json(&job->steps[i]));
	cJSON_AddItemToObject(object, "steps", steps);
	cJSON_AddItemToObject(object, "not_run", words_json(&job->not_run));
	if (job->first_bad)
		cJSON_AddNumberToObject(object, "first_failure",
					job->first_bad->stepno);
	else
		cJSON_AddNullToObject(object, "first_failure");
	cJSON_AddItemToObject(object, "boot", boot_json(job));
	return object;
}

static cJSON *verdict_json(const struct verdict *verdict,
			   const struct evidence *evidence)
{
	cJSON *object = cJSON_CreateObject();
	AUTO_FREE char *words = verdict_words(verdict, evidence);

	add_text(object, "flight", verdict->flight);
	add_text(object, "job", verdict->job);
	add_text(object, "testid", verdict->testid);
	add_text(object, "status", verdict->status);
	add_text(object, "words", words);
	add_text(object, "analysis", verdict_analysis(verdict));
	add_text(object, "against", verdict->against);
	cJSON_AddBoolToObject(object, "blocking", verdict->blocking);
	return object;
}

static cJSON *age_json(const struct evidence_flight *flight, int attempts)
{
	cJSON *object;

	if (!flight)
		return cJSON_CreateNull();
	object = cJSON_CreateObject();
	add_text(object, "flight", flight->flight);
	add_time(object, "started", flight->started);
	cJSON_AddNumberToObject(object, "attempts", attempts);
	return object;
}

static cJSON *judgement_json(const struct report *report)
{
	const struct judgement *judgement = report->judgement;
	const struct verdict_ages *ages;
	cJSON *object, *verdicts;

	if (!judgement)
		return cJSON_CreateNull();
	object = cJSON_CreateObject();
	ages = &judgement->ages;
	add_text(object, "overall", overall_name(judgement->overall));
	add_text(object, "outcome", judgement->outcome);
	cJSON_AddItemToObject(object, "these_revisions",
			      pairs_json(&report->evidence->this_revisions));
	cJSON_AddItemToObject(object, "baseline_revisions",
			      pairs_json(&report->evidence->that_revisions));
	verdicts = cJSON_AddArrayToObject(object, "verdicts");
	for (size_t i = 0; i < judgement->count; i++)
		cJSON_AddItemToArray(verdicts, verdict_json(&judgement->v[i],
							    report->evidence));
	cJSON_AddItemToObject(object, "last_test_of_baseline",
			      age_json(ages->basis, 0));
	cJSON_AddItemToObject(object, "failing_since",
			      age_json(ages->failing, ages->failing_count));
	cJSON_AddItemToObject(object, "same_since",
			      age_json(ages->same, ages->same_count));
	return object;
}

void report_json(const struct report *report, FILE *out)
{
	const struct flight_row *flight = report->flight;
	cJSON *object = cJSON_CreateObject();
	cJSON *jobs = cJSON_CreateArray();
	AUTO_FREE char *text = NULL;

	cJSON_AddNumberToObject(object, "schema", SCHEMA);
	add_text(object, "flight", flight->flight);
	add_text(object, "branch", flight->branch);
	add_text(object, "blessing", flight->blessing);
	add_text(object, "intended", flight->intended);
	add_text(object, "harness", flight->harness);
	add_text(object, "retest_of", report->retests->of);
	cJSON_AddItemToObject(object, "retests",
			      words_json(&report->retests->flights));
	add_text(object, "status", job_status_name(report->status));
	add_time(object, "created", flight->created);
	add_time(object, "started", report->started);
	add_ms(object, "duration_ms", report->duration_ms);
	cJSON_AddItemToObject(object, "judgement", judgement_json(report));
	for (size_t i = 0; i < report->job_count; i++)
		cJSON_AddItemToArray(jobs, job_json(&report->jobs[i]));
	cJSON_AddItemToObject(object, "jobs", jobs);
	text = cJSON_Print(object);
	fprintf(out, "%s\n", str_or(text, "null"));
	cJSON_Delete(object);
}
