/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of a flight, as OSSTest's sg-report-flight. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/files.h"
#include "cmd/jobspec.h"
#include "db/past.h"
#include "report/assess.h"
#include "report/mail.h"
#include "report/pages.h"
#include "report/print.h"

#define INCLUDE_MAX 1048576

static bool json, junit, info_headers;
static struct report_style style;
static const char *that_flight, *blessings, *branches_also, *max_flight;
static const char *machine_file;
static const char *include_begin, *include_end, *html_dir;
static struct strvec these = STRVEC_INIT, those = STRVEC_INIT;
static struct strvec allow_files = STRVEC_INIT;

static const struct option_row options[] = {
	OPTION_FLAG('a', "all", &style.all,
		    "the steps of every job, also of those that passed"),
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_FLAG('x', "junit", &junit, "print JUnit XML"),
	OPTION_FLAG('i', "info-headers", &info_headers,
		    "print it as mail, with headers for programs"),
	OPTION_STRING(0, "that-flight", "FLIGHT", &that_flight,
		      "compare with the revisions of FLIGHT"),
	OPTION_FAMILY("that-", "TREE=REVISION", &those,
		      "compare with flights that tested REVISION of TREE"),
	OPTION_FAMILY("this-", "TREE=REVISION", &these,
		      "what was tested, where it is not what was built"),
	OPTION_STRING(0, "blessings", "LIST", &blessings,
		      "flights that count, with commas between them"),
	OPTION_STRING(0, "branches-also", "LIST", &branches_also,
		      "flights of these branches count as well"),
	OPTION_STRING(0, "max-flight", "FLIGHT", &max_flight,
		      "as if no flight had been made after FLIGHT"),
	OPTION_LIST(0, "allow", "FILE", &allow_files,
		    "one more file of what may fail"),
	OPTION_STRING(0, "machine-readable-output", "FILE", &machine_file,
		      "write the verdict as lines for programs"),
	OPTION_STRING(0, "html-dir", "FOLDER", &html_dir,
		      "make the flight's web pages in FOLDER too"),
	OPTION_STRING(0, "include-begin", "FILE", &include_begin,
		      "text for the beginning of the mail"),
	OPTION_STRING(0, "include", "FILE", &include_end,
		      "text for the end of the mail"),
	OPTION_END
};

static int read_text(const char *path, struct strbuf *text, struct error *err)
{
	return path ? file_read(path, INCLUDE_MAX, text, err) : 0;
}

static int print_mail(const struct report *report, struct error *err)
{
	AUTO_STRBUF before = STRBUF_INIT, after = STRBUF_INIT;
	struct report_mail mail = { .base = NULL };

	if (read_text(include_begin, &before, err) < 0 ||
	    read_text(include_end, &after, err) < 0)
		return -1;
	mail.before = before.buf;
	mail.trailer = after.buf;
	report_mail_headers(report, &mail, stdout);
	report_mail_body(report, &mail, stdout);
	return 0;
}

static int print(const struct report *report, struct error *err)
{
	/* who names a baseline wants to know */
	style.verdict = that_flight || those.count || these.count;
	style.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	if (info_headers)
		return print_mail(report, err);
	if (json)
		report_json(report, stdout);
	else if (junit)
		report_junit(report, stdout);
	else
		report_text(report, &style, stdout);
	return 0;
}

static int write_machine(const struct report *report, struct error *err)
{
	AUTO_FREE char *text = NULL;
	size_t len;
	FILE *memory;

	if (!machine_file)
		return 0;
	memory = open_memstream(&text, &len);
	if (!memory)
		return error_errno(err, "cannot write the verdict");
	report_machine(report, memory);
	fclose(memory);
	return file_publish(machine_file, text, len, 0644, err);
}

static int write_pages(struct context *ctx, const char *flight,
		       struct error *err)
{
	struct pages pages;
	int rc;

	if (!html_dir)
		return 0;
	pages_init(&pages, ctx->config, ctx->db, html_dir);
	rc = pages_build_flight(&pages, flight, err);
	pages_release(&pages);
	return rc;
}

/* One job: its rows only, a verdict is a flight's. */
static int report_job(struct context *ctx, const char *flight,
		      const char *job, struct error *err)
{
	struct report_rows rows;
	struct report report;
	int rc;

	if (machine_file || info_headers)
		return error_set(err, ERROR_USAGE, "report: a verdict is of "
				 "flights, and %.60s is a job", job);
	if (report_gather(ctx->db, flight, job, &rows, err) < 0)
		return -1;
	report_summarise(&rows, &report);
	rc = print(&report, err);
	report_release(&report);
	report_rows_release(&rows);
	return rc;
}

static int report_flight(struct context *ctx, const char *flight,
			 struct error *err)
{
	struct evidence_request request = {
		.flight = flight, .these = these, .those = those,
		.that_flight = that_flight, .blessings = blessings,
		.branches_also = branches_also,
	};
	struct assessment assessment;
	int rc;

	if (max_flight && past_flight_id(ctx->db, max_flight,
					    &request.until, err) < 0)
		return -1;
	if (assess(ctx->db, &request, &allow_files, &assessment, err) < 0)
		return -1;
	rc = print(&assessment.report, err);
	if (rc == 0)
		rc = write_machine(&assessment.report, err);
	if (rc == 0)
		rc = write_pages(ctx, flight, err);
	assessment_release(&assessment);
	return rc;
}

/* A branch stands for its newest flight; *flight NULL: there is none. */
static int newest_of(struct db *db, const char *branch, char **flight,
		     struct error *err)
{
	struct past_flights past;

	if (past_flight_list(db, branch, blessings, 0, 1, &past, err) < 0)
		return -1;
	*flight = past.count ? xstrdup(past.v[0].flight) : NULL;
	past_flights_release(&past);
	return 0;
}

/* What a person means: a flight, a job, at last a branch. */
static int find(struct context *ctx, const struct strvec *args,
		char **flight, char **job, struct error *err)
{
	if (jobspec_parse_any(ctx, args->v, args->count, flight, job,
			      err) == 0)
		return 0;
	if (args->count != 1 ||
	    newest_of(ctx->db, args->v[0], flight, NULL) < 0 || !*flight)
		return -1;
	return 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_FREE char *flight = NULL, *job = NULL;

	if (args_check(args, "report", 0, 2, err) < 0)
		return -1;
	if (json + junit + info_headers > 1)
		return error_set(err, ERROR_USAGE, "report: --json, --junit "
				 "and --info-headers cannot be had at once");
	if (find(ctx, args, &flight, &job, err) < 0)
		return -1;
	return job ? report_job(ctx, flight, job, err) :
		report_flight(ctx, flight, err);
}

const struct command cmd_report = {
	.name = "report",
	.aliases = "sg-report-flight",
	.summary = "Tell what became of a flight or a job, and what is new",
	.usage = "[-a] [--json | --junit | --info-headers] "
		 "[FLIGHT[.JOB] | BRANCH]\n"
		 "[--that-flight FLIGHT | --that-TREE=REVISION...] "
		 "[--allow FILE]... FLIGHT",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
