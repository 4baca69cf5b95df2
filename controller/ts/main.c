/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main() of every test case: its arguments, its place in a job, its end. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/core.h"
#include "base/log.h"
#include "base/names.h"
#include "base/options.h"
#include "db/jobname.h"
#include "run/adhoc.h"
#include "ts/by_hand.h"
#include "ts/state.h"

struct ts_state ts_state = {
	.idents = STRVEC_INIT, .args = STRVEC_INIT, .progress_fd = -1,
};

static bool describe, yes;
static const char *job_option, *flight_option;

static const struct option_row options[] = {
	OPTION_FLAG(0, "describe", &describe, "print what it is, as JSON"),
	OPTION_STRING('j', "job", "[FLIGHT.]JOB", &job_option,
		      "the job whose runvars it uses (OSSTEST_JOB)"),
	OPTION_STRING('f', "flight", "FLIGHT", &flight_option,
		      "the job's flight (OSSTEST_FLIGHT, DefaultFlight)"),
	OPTION_FLAG('y', "yes", &yes, "do not ask before a disk is wiped"),
	OPTION_END
};

static void print_help(void)
{
	printf("usage: %s %s\n\n%s.\n", ts_state.program, ts_case.args,
	       ts_case.summary);
	if (ts_case.details)
		printf("\n%s\n", ts_case.details);
	printf("\nA host is an ident (\"host\", \"src_host\") or IDENT=HOST.\n"
	       "It takes at most %d s. By hand, NAME=VALUE words are runvars:\n"
	       "  %s --job test-amd64-amd64-xl %s\n\nOptions:\n",
	       ts_case.timeout_s, ts_state.program, ts_case.args);
	options_print(options, stdout);
}

static void print_description(void)
{
	cJSON *json = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(json, "name", ts_state.program);
	cJSON_AddStringToObject(json, "summary", ts_case.summary);
	cJSON_AddStringToObject(json, "args", ts_case.args);
	cJSON_AddNumberToObject(json, "hosts", ts_case.hosts);
	cJSON_AddNumberToObject(json, "timeout_s", ts_case.timeout_s);
	text = cJSON_Print(json);
	puts(text);
	cJSON_free(text);
	cJSON_Delete(json);
}

/* Words, then host idents, then the rest. */
static int sort_arguments(const struct strvec *given, struct error *err)
{
	int count = (int)given->count;
	int hosts = ts_case.hosts < 0 ? count - ts_case.words : ts_case.hosts;
	int others = count - hosts;

	if (others < ts_case.min_args || others > ts_case.max_args ||
	    hosts < 0)
		return error_set(err, ERROR_USAGE, "usage: %s %s",
				 ts_state.program, ts_case.args);
	for (int i = 0; i < count; i++) {
		bool is_host = i >= ts_case.words &&
			       i < ts_case.words + hosts;

		strvec_push(is_host ? &ts_state.idents : &ts_state.args,
			    given->v[i]);
	}
	return 0;
}

static const char *first_set(const char *a, const char *b, const char *c)
{
	if (a && *a)
		return a;
	return b && *b ? b : c;
}

static int number_in_environment(const char *name)
{
	const char *text = getenv(name);

	return text ? atoi(text) : 0;
}

static const char *set_or_null(const char *text)
{
	return text && *text ? text : NULL;
}

static bool is_step(void)
{
	return number_in_environment("IRONBIRD_STEP") > 0 &&
	       set_or_null(getenv("OSSTEST_JOB"));
}

/* run-job told where the rows are; a step by hand also whom it is about. */
static void take_step(void)
{
	const char *flight = getenv("IRONBIRD_FOR_FLIGHT");

	ts_state.record.flight = str_or(getenv("OSSTEST_FLIGHT"), "");
	ts_state.record.job = getenv("OSSTEST_JOB");
	ts_state.record.run = number_in_environment("IRONBIRD_RUN");
	ts_state.record.stepno = number_in_environment("IRONBIRD_STEP");
	ts_state.flight = ts_state.record.flight;
	ts_state.job = ts_state.record.job;
	ts_state.run = ts_state.record.run;
	if (!flight)
		return;
	ts_state.flight = flight;
	ts_state.job = set_or_null(getenv("IRONBIRD_FOR_JOB"));
	ts_state.run = number_in_environment("IRONBIRD_FOR_RUN");
}

static int open_state(struct error *err)
{
	AUTO_STRVEC warnings = STRVEC_INIT;

	if (config_load(&ts_state.config, &warnings, err) < 0)
		return -1;
	if (db_open(&ts_state.db, config_get(ts_state.config, "JobDB"),
		    err) < 0)
		return -1;
	db_set_busy_limit(ts_state.db, config_duration_ms(ts_state.config,
							  "DatabaseLimit"));
	return 0;
}

static void set_up_output(void)
{
	int fd = number_in_environment("IRONBIRD_PROGRESS_FD");

	setvbuf(stdout, NULL, _IOLBF, 0);
	log_name(ts_state.program);
	if (fd <= 2)
		return;
	ts_state.progress_fd = fd;
	log_times(true);
	dprintf(fd, "limit %d\n", ts_case.timeout_s);
}

static int run_by_hand(const struct strvec *words,
		       const struct strvec *runvars, struct error *err)
{
	const char *given = first_set(job_option, getenv("OSSTEST_JOB"), NULL);
	const char *in = first_set(flight_option, getenv("OSSTEST_FLIGHT"),
				   config_get(ts_state.config,
					      "DefaultFlight"));
	AUTO_FREE char *flight = NULL, *job = NULL;
	struct by_hand how = {
		.flight = in, .job = given, .words = words,
		.runvars = runvars, .yes = yes,
	};

	if (given && !flight_option) {
		if (job_named(ts_state.db, in, given, &flight, &job, err) < 0)
			return -1;
		how.flight = flight;
		how.job = job;
	}
	return by_hand_run(&how, err);
}

/* What cannot even begin: there is no verdict to give. */
static int cannot_begin(const struct error *err)
{
	log_err("%s", err->text);
	switch (err->kind) {
	case ERROR_USAGE: return TS_USAGE;
	case ERROR_AGAIN: case ERROR_ABORTED: return (int)err->kind;
	default: return TS_BROKEN;
	}
}

/* By hand, arguments may have runvars between them. */
static void take_runvars(const struct strvec *given, struct strvec *words,
			 struct strvec *runvars)
{
	for (size_t i = 0; i < given->count; i++)
		strvec_push(!is_step() && adhoc_is_runvar(given->v[i]) ?
			    runvars : words, given->v[i]);
}

static int run_case(const struct strvec *given)
{
	AUTO_STRVEC words = STRVEC_INIT, runvars = STRVEC_INIT;
	struct error err = ERROR_INIT;
	int status;

	take_runvars(given, &words, &runvars);
	if (sort_arguments(&words, &err) < 0 || open_state(&err) < 0)
		ts_exit(err.kind == ERROR_USAGE ? TS_USAGE : TS_BROKEN,
			err.text);
	if (is_step()) {
		take_step();
		ts_case.run();
		ts_exit(TS_PASS, NULL);
	}
	status = run_by_hand(&words, &runvars, &err);
	return status < 0 ? cannot_begin(&err) : status;
}

int main(int argc, char **argv)
{
	AUTO_STRVEC given = STRVEC_INIT;
	struct error err = ERROR_INIT;
	const char *slash = strrchr(argv[0], '/');
	int rc;

	core_forbid();
	ts_state.program = slash ? slash + 1 : argv[0];
	rc = options_parse(options, argc, argv, &given, &err);
	if (rc == OPTIONS_HELP) {
		print_help();
		return 0;
	}
	if (rc == OPTIONS_OK && describe) {
		print_description();
		return 0;
	}
	set_up_output();
	if (rc < 0)
		ts_exit(err.kind == ERROR_USAGE ? TS_USAGE : TS_BROKEN,
			err.text);
	ts_exit(run_case(&given), NULL);
}
