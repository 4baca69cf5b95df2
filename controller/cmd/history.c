/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a job or a host did before, as OSSTest's sg-report-*-history. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/table.h"
#include "cmd/command.h"
#include "cmd/json.h"
#include "db/flights.h"
#include "db/hosts.h"
#include "report/pages.h"
#include "report/runs.h"

static bool json;
static int64_t limit = 100;
static const char *blessings, *html_dir, *flight_option;
static struct strvec branches = STRVEC_INIT, jobs = STRVEC_INIT;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_NUMBER('n', "limit", "COUNT", &limit,
		      "the newest COUNT runs (default 100)"),
	OPTION_LIST('b', "branches", "BRANCHES", &branches,
		    "job: only on these, with commas between them"),
	OPTION_STRING(0, "blessings", "LIST", &blessings,
		      "job: only flights of these, with commas between them"),
	OPTION_LIST(0, "job", "JOB", &jobs, "one more job"),
	OPTION_STRING(0, "flight", "FLIGHT", &flight_option,
		      "every job of FLIGHT, on its branch"),
	OPTION_STRING(0, "html-dir", "FOLDER", &html_dir,
		      "make the pages in FOLDER, print nothing"),
	OPTION_END
};

static cJSON *line_json(const struct run_line *line)
{
	const struct past_run *run = line->run;
	cJSON *object = cJSON_CreateObject();
	cJSON *hosts, *revisions;

	json_add_text(object, "flight", run->flight);
	json_add_text(object, "job", run->job);
	json_add_text(object, "branch", run->branch);
	json_add_text(object, "blessing", run->blessing);
	cJSON_AddNumberToObject(object, "run", run->run);
	json_add_text(object, "status", job_status_name(run->status));
	json_add_time(object, "started", run->started);
	json_add_time(object, "finished", run->finished);
	json_add_text(object, "failure", line->failure);
	json_add_text(object, "reason", run->reason);
	hosts = cJSON_AddObjectToObject(object, "hosts");
	for (size_t i = 0; i + 1 < line->hosts.count; i += 2)
		json_add_text(hosts, line->hosts.v[i], line->hosts.v[i + 1]);
	revisions = cJSON_AddObjectToObject(object, "built_revisions");
	for (size_t i = 0; i + 1 < line->revisions.count; i += 2)
		json_add_text(revisions, line->revisions.v[i],
			      line->revisions.v[i + 1]);
	return object;
}

static void add_pairs(struct strbuf *text, const struct strvec *pairs,
		      bool names)
{
	for (size_t i = 0; i + 1 < pairs->count; i += 2)
		strbuf_addf(text, "%s%s%s%.12s", i ? " " : "",
			    names ? pairs->v[i] : "", names ? " " : "",
			    pairs->v[i + 1]);
}

static void add_line(struct table *table, const struct run_line *line)
{
	const struct past_run *run = line->run;
	AUTO_STRBUF hosts = STRBUF_INIT, built = STRBUF_INIT;
	char started[CLOCK_STAMP_SIZE];

	add_pairs(&hosts, &line->hosts, false);
	add_pairs(&built, &line->revisions, true);
	clock_stamp(run->started, started);
	started[10] = ' ';
	started[16] = '\0';	/* minutes will do */
	table_row(table, run->started ? started : NULL, run->flight, run->job,
		  run->branch, job_status_name(run->status),
		  hosts.len ? hosts.buf : NULL,
		  str_or(line->failure, run->reason),
		  built.len ? built.buf : NULL);
}

struct output {
	struct context *ctx;
	struct pages pages;
	cJSON *array;
	struct table table;
	bool found;
};

static void print(const struct run_lines *lines, struct output *out)
{
	for (size_t i = 0; i < lines->runs.count; i++)
		if (json)
			cJSON_AddItemToArray(out->array,
					     line_json(&lines->v[i]));
		else
			add_line(&out->table, &lines->v[i]);
	out->found |= lines->runs.count > 0;
}

static int tell_job(struct output *out, const char *job, const char *branch,
		    struct error *err)
{
	struct run_lines lines;

	if (html_dir)
		return page_job_history(&out->pages, job, branch, blessings,
					(size_t)limit, err);
	if (run_lines_of_job(out->ctx->db, job, branch, blessings,
			     (size_t)limit, &lines, err) < 0)
		return -1;
	print(&lines, out);
	run_lines_release(&lines);
	return 0;
}

static int tell_jobs(struct output *out, const struct strvec *names,
		     const struct strvec *on, struct error *err)
{
	for (size_t i = 0; i < names->count; i++) {
		if (!on->count && tell_job(out, names->v[i], NULL, err) < 0)
			return -1;
		for (size_t b = 0; b < on->count; b++)
			if (tell_job(out, names->v[i], on->v[b], err) < 0)
				return -1;
	}
	return 0;
}

static int add_flight(struct context *ctx, struct strvec *names,
		      struct strvec *on, struct error *err)
{
	struct flight_row row;
	struct job_rows rows;

	if (!flight_option)
		return 0;
	if (flight_get(ctx->db, flight_option, &row, err) < 0)
		return -1;
	strvec_push(on, row.branch);
	flight_row_release(&row);
	if (job_list(ctx->db, flight_option, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++)
		strvec_push(names, rows.v[i].job);
	job_rows_release(&rows);
	return 0;
}

static int job_verb(struct output *out, char *const *args, size_t count,
		    struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT, on = STRVEC_INIT;

	strvec_pushv(&names, jobs.v);
	for (size_t i = 0; i < count; i++)
		strvec_push(&names, args[i]);
	for (size_t i = 0; i < branches.count; i++)
		strvec_split(&on, branches.v[i], ", ");
	if (add_flight(out->ctx, &names, &on, err) < 0)
		return -1;
	if (!names.count)
		return error_set(err, ERROR_USAGE, "history: which job? JOB, "
				 "--job or --flight says it");
	return tell_jobs(out, &names, &on, err);
}

static int host_verb(struct output *out, char *const *args, size_t count,
		     struct error *err)
{
	struct run_lines lines;

	if (!count)
		return error_set(err, ERROR_USAGE, "history: which host?");
	for (size_t i = 0; i < count; i++) {
		if (html_dir) {
			if (page_host_history(&out->pages, args[i],
					      (size_t)limit, err) < 0)
				return -1;
			continue;
		}
		if (run_lines_of_host(out->ctx->db, args[i], (size_t)limit,
				      &lines, err) < 0)
			return -1;
		print(&lines, out);
		run_lines_release(&lines);
	}
	return 0;
}

typedef int verb_function(struct output *out, char *const *args,
			  size_t count, struct error *err);

static int tell(struct context *ctx, verb_function *verb, char *const *args,
		size_t count, struct error *err)
{
	struct output out = { .ctx = ctx };
	int rc;

	if (limit < 1)
		return error_set(err, ERROR_USAGE, "option --limit takes a "
				 "number from 1");
	pages_init(&out.pages, ctx->config, ctx->db, html_dir);
	out.array = cJSON_CreateArray();
	table_init(&out.table, "STARTED", "FLIGHT", "JOB", "BRANCH", "RESULT",
		   "HOSTS", "FAILED", "BUILT", NULL);
	rc = verb(&out, args, count, err);
	if (rc == 0 && json)
		json_print(out.array);
	else
		cJSON_Delete(out.array);
	if (rc == 0 && !json)
		table_print(&out.table, stdout);
	if (rc == 0 && !json && !html_dir && !out.found)
		log_info("no run is known");
	table_release(&out.table);
	pages_release(&out.pages);
	return rc;
}

static int of_job(struct context *ctx, char *const *args, size_t count,
		  struct error *err)
{
	return tell(ctx, job_verb, args, count, err);
}

static int of_host(struct context *ctx, char *const *args, size_t count,
		   struct error *err)
{
	return tell(ctx, host_verb, args, count, err);
}

static const struct verb verbs[] = {
	{ "job", 0, -1, "JOB...", of_job },
	{ "host", 1, -1, "HOST...", of_host },
	{ .name = NULL },
};

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	if (strcmp(ctx->called, "sg-report-job-history") == 0)
		return of_job(ctx, args->v, args->count, err);
	if (strcmp(ctx->called, "sg-report-host-history") == 0)
		return of_host(ctx, args->v, args->count, err);
	return verb_run(ctx, "history", verbs, args, err);
}

const struct command cmd_history = {
	.name = "history",
	.aliases = "sg-report-job-history sg-report-host-history",
	.summary = "Tell what a job or a host did before",
	.usage = "job [--branches BRANCHES] [--blessings LIST] "
		 "[--limit COUNT] [--json] JOB...\n"
		 "job --flight FLIGHT [--html-dir FOLDER]\n"
		 "host [--limit COUNT] [--json] [--html-dir FOLDER] HOST...",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
