/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main() of every test case: its arguments, its place in a job, its end. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/names.h"
#include "base/options.h"
#include "db/jobs.h"
#include "ts/state.h"

struct ts_state ts_state = {
	.idents = STRVEC_INIT, .args = STRVEC_INIT, .progress_fd = -1,
};

static bool describe;
static const char *job_option, *flight_option;

static const struct option_row options[] = {
	OPTION_FLAG(0, "describe", &describe, "print what it is, as JSON"),
	OPTION_STRING('j', "job", "JOB", &job_option,
		      "the job whose runvars it uses (OSSTEST_JOB)"),
	OPTION_STRING('f', "flight", "FLIGHT", &flight_option,
		      "the job's flight (OSSTEST_FLIGHT, DefaultFlight)"),
	OPTION_END
};

static void print_help(void)
{
	printf("usage: %s %s\n\n%s.\n", ts_state.program, ts_case.args,
	       ts_case.summary);
	if (ts_case.details)
		printf("\n%s\n", ts_case.details);
	printf("\nA host is an ident (\"host\", \"src_host\") or IDENT=HOST.\n"
	       "It takes at most %d s. By hand:\n"
	       "  OSSTEST_JOB=test-amd64-amd64-xl %s %s\n\nOptions:\n",
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

/* As a step of run-job, or by hand beside what the job's last run found. */
static int find_job(struct error *err)
{
	struct job_row row;

	ts_state.flight = first_set(flight_option, getenv("OSSTEST_FLIGHT"),
				    config_get(ts_state.config,
					       "DefaultFlight"));
	ts_state.job = first_set(job_option, getenv("OSSTEST_JOB"), NULL);
	ts_state.run = number_in_environment("IRONBIRD_RUN");
	ts_state.stepno = number_in_environment("IRONBIRD_STEP");
	if (!ts_state.job)
		return 0;
	if (job_get(ts_state.db, ts_state.flight, ts_state.job, &row,
		    err) < 0)
		return -1;
	job_row_release(&row);
	return 0;
}

static int open_state(struct error *err)
{
	AUTO_STRVEC warnings = STRVEC_INIT;

	if (config_load(&ts_state.config, &warnings, err) < 0 ||
	    db_open(&ts_state.db, config_get(ts_state.config, "JobDB"),
		    err) < 0)
		return -1;
	return find_job(err);
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

int main(int argc, char **argv)
{
	AUTO_STRVEC given = STRVEC_INIT;
	struct error err = ERROR_INIT;
	const char *slash = strrchr(argv[0], '/');
	int rc;

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
	if (rc < 0 || sort_arguments(&given, &err) < 0 || open_state(&err) < 0)
		ts_exit(err.kind == ERROR_USAGE ? TS_USAGE : TS_BROKEN,
			err.text);
	ts_case.run();
	ts_exit(TS_PASS, NULL);
}
