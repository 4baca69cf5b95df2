/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of a flight, as OSSTest's sg-report-flight. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/jobspec.h"
#include "report/print.h"
#include "report/rows.h"

static bool json, junit;
static struct report_style style;

static const struct option_row options[] = {
	OPTION_FLAG('a', "all", &style.all,
		    "the steps of every job, also of those that passed"),
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_FLAG('x', "junit", &junit, "print JUnit XML"),
	OPTION_END
};

static void print(const struct report *report)
{
	style.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	if (json)
		report_json(report, stdout);
	else if (junit)
		report_junit(report, stdout);
	else
		report_text(report, &style, stdout);
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_FREE char *flight = NULL, *job = NULL;
	struct report_rows rows;
	struct report report;

	if (args_check(args, "report", 0, 1, err) < 0)
		return -1;
	if (json && junit)
		return error_set(err, ERROR_USAGE, "report: --json and "
				 "--junit cannot be had at once");
	if (jobspec_parse_any(ctx, args->count ? args->v[0] :
			      default_flight(ctx), &flight, &job, err) < 0 ||
	    report_gather(ctx->db, flight, job, &rows, err) < 0)
		return -1;
	report_summarise(&rows, &report);
	print(&report);
	report_release(&report);
	report_rows_release(&rows);
	return 0;
}

const struct command cmd_report = {
	.name = "report",
	.aliases = "sg-report-flight",
	.summary = "Tell what became of a flight or a job",
	.usage = "[-a] [--json | --junit] [FLIGHT[.JOB]]",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
