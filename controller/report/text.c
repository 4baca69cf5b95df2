/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/table.h"
#include "base/wrap.h"
#include "report/print.h"

#define TAIL_LINES 15
#define MOMENTS_MAX 60
#define JOBS_SHOWN_WHOLE 3	/* more than these: only what went wrong */

#define STAMP_SIZE 32

/* Seconds will do for people. */
static const char *stamp(int64_t utc_ms, char buf[STAMP_SIZE])
{
	time_t seconds = utc_ms / 1000;
	struct tm tm;

	if (!utc_ms)
		return "not yet";
	gmtime_r(&seconds, &tm);
	strftime(buf, STAMP_SIZE, "%Y-%m-%d %H:%M:%S UTC", &tm);
	return buf;
}

static const char *took(int64_t ms, char buf[DURATION_TEXT_SIZE])
{
	return ms < 0 ? "-" : duration_text(ms, buf);
}

/* Paths from the working folder where that is shorter. */
static const char *short_path(const char *path)
{
	char cwd[PATH_MAX];
	size_t n;

	if (!getcwd(cwd, sizeof(cwd)))
		return path;
	n = strlen(cwd);
	if (strncmp(path, cwd, n) == 0 && path[n] == '/' && path[n + 1])
		return path + n + 1;
	return path;
}

static const char *colour_of(const char *status)
{
	if (strcmp(status, "pass") == 0)
		return "32";
	if (strcmp(status, "fail") == 0)
		return "31";
	return strcmp(status, "skip") == 0 ? "36" : "33";
}

static void add_status(struct strbuf *line, const struct report_style *style,
		       const char *status, int width)
{
	if (style->colour)
		strbuf_addf(line, "\033[%sm%-*s\033[0m", colour_of(status),
			    width, status);
	else
		strbuf_addf(line, "%-*s", width, status);
}

static void put_counts(const struct report *report, struct strbuf *line)
{
	const char *before = ": ";

	for (size_t i = 0; i < ARRAY_SIZE(report->counts); i++) {
		if (!report->counts[i])
			continue;
		strbuf_addf(line, "%s%zu %s", before, report->counts[i],
			    job_status_name(i));
		before = ", ";
	}
}

static void put_header(const struct report *report,
		       const struct report_style *style, FILE *out)
{
	const struct flight_row *flight = report->flight;
	AUTO_STRBUF line = STRBUF_INIT;
	char buf[STAMP_SIZE + DURATION_TEXT_SIZE];

	fprintf(out, "Flight %s, branch %s, blessing %s (intended %s)\n",
		flight->flight, flight->branch, flight->blessing,
		flight->intended);
	fprintf(out, "Started %s", stamp(report->started, buf));
	if (report->duration_ms >= 0)
		fprintf(out, ", took %s", took(report->duration_ms, buf));
	if (report->retests->of)
		fprintf(out, "\nRuns once more what failed in flight %s",
			report->retests->of);
	for (size_t i = 0; i < report->retests->flights.count; i++)
		fprintf(out, "\nRegressions were run once more in flight %s",
			report->retests->flights.v[i]);
	strbuf_addstr(&line, "\nResult ");
	add_status(&line, style, report->status == JOB_RUNNING ?
		   "not finished" : job_status_name(report->status), 0);
	put_counts(report, &line);
	fprintf(out, "%s\n", line.buf);
}

static void put_overview(const struct report *report, FILE *out)
{
	AUTO_TABLE table;

	table_init(&table, "JOB", "STATUS", "TIME", "WHERE", NULL);
	for (size_t i = 0; i < report->job_count; i++) {
		const struct report_job *job = &report->jobs[i];
		char buf[DURATION_TEXT_SIZE];

		table_row(&table, job->row->job,
			  job_status_name(job->row->status),
			  took(job->duration_ms, buf), job->first_bad ?
			  job->first_bad->testid : NULL);
	}
	fputc('\n', out);
	table_print(&table, out);
}

static char *pairs(const struct strvec *names_and_values)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i + 1 < names_and_values->count; i += 2)
		strbuf_addf(&text, "%s%s=%s", i ? "  " : "",
			    names_and_values->v[i],
			    names_and_values->v[i + 1]);
	return strbuf_detach(&text);
}

/* The folder of the logs, told once: the table has room for the rest. */
static void put_logs(const struct report_job *job, FILE *out)
{
	for (size_t i = 0; i < job->step_count; i++) {
		const char *log = job->steps[i].log;
		const char *slash = log ? strrchr(log, '/') : NULL;
		AUTO_FREE char *text = NULL;

		if (!slash)
			continue;
		text = xasprintf("%.*s/STEP.ts-*.log", (int)(slash - log),
				 log);
		wrap_print(out, "  logs   ", short_path(text));
		return;
	}
}

static void put_job_header(const struct report_job *job,
			   const struct report_style *style, FILE *out)
{
	AUTO_FREE char *hosts = pairs(&job->hosts);
	AUTO_FREE char *found = pairs(&job->found);
	AUTO_STRBUF line = STRBUF_INIT;
	char buf[DURATION_TEXT_SIZE];

	add_status(&line, style, job_status_name(job->row->status), 0);
	fprintf(out, "\nJob %s: %s, recipe %s", job->row->job, line.buf,
		job->row->recipe);
	if (job->row->run > 1)
		fprintf(out, ", run %d", job->row->run);
	if (job->duration_ms >= 0)
		fprintf(out, ", took %s", took(job->duration_ms, buf));
	fputc('\n', out);
	if (job->row->reason)
		wrap_print(out, "  reason ", job->row->reason);
	if (*hosts)
		wrap_print(out, "  hosts  ", hosts);
	if (*found)
		wrap_print(out, "  found  ", found);
	put_logs(job, out);
}

static void put_steps(const struct report_job *job,
		      const struct report_style *style, FILE *out)
{
	if (job->step_count)
		fprintf(out, "\n  STEP  RESULT         TIME  TESTID\n");
	for (size_t i = 0; i < job->step_count; i++) {
		const struct step_row *step = &job->steps[i];
		AUTO_STRBUF line = STRBUF_INIT;
		char buf[DURATION_TEXT_SIZE];

		add_status(&line, style, step_status_name(step->status), 7);
		fprintf(out, "  %4d  %s  %11s  ", step->stepno, line.buf,
			took(report_duration(step->started, step->finished),
			     buf));
		strbuf_clear(&line);
		strbuf_add_printable(&line, step->testid);
		fprintf(out, "%s\n", line.buf);
	}
	for (size_t i = 0; i < job->not_run.count; i++)
		fprintf(out, "     -  not run            -  %s\n",
			job->not_run.v[i]);
}

static void put_failure(const struct report_job *job, FILE *out)
{
	const struct step_row *step = job->first_bad;
	AUTO_STRVEC lines = STRVEC_INIT;

	if (!step)
		return;
	fprintf(out, "\n  First failure: step %d, %s: %s\n", step->stepno,
		step->testid, step_status_name(step->status));
	if (step->reason)
		wrap_print(out, "    ", step->reason);
	if (step->stage)
		wrap_print(out, "    last stage: ", step->stage);
	if (!step->log)
		return;
	wrap_print(out, "    log: ", short_path(step->log));
	if (!report_log_tail(step->log, TAIL_LINES, &lines))
		fprintf(out, "    (nothing was written to it)\n");
	for (size_t i = 0; i < lines.count; i++)
		wrap_print(out, "    | ", lines.v[i]);
}

/* Skips are no failures, but somebody will ask why. */
static void put_reasons(const struct report_job *job, FILE *out)
{
	bool any = false;

	for (size_t i = 0; i < job->step_count; i++) {
		const struct step_row *step = &job->steps[i];
		AUTO_FREE char *label = NULL;

		if (!step->reason || step == job->first_bad)
			continue;
		if (!any)
			fprintf(out, "\n  Also:\n");
		any = true;
		label = xasprintf("  %4d  %s: ", step->stepno,
				  step_status_name(step->status));
		wrap_print(out, label, step->reason);
	}
}

static void put_moment(const struct report_moment *moment, FILE *out)
{
	char since[DURATION_TEXT_SIZE];
	AUTO_FREE char *label = xasprintf("  %11s  %-7.10s  %-12.20s ",
		took(moment->since_power_ms, since), moment->source,
		moment->stage);

	wrap_cut(out, label, str_or(moment->detail, ""));
}

static void put_timeline(const struct report_timeline *line, FILE *out)
{
	size_t shown = line->count > MOMENTS_MAX ? MOMENTS_MAX : line->count;

	fprintf(out, "\n  What was seen of host %s (time since power-on):\n",
		line->host);
	for (size_t i = 0; i < shown; i++)
		put_moment(&line->moments[i], out);
	if (line->count > shown)
		fprintf(out, "  ... and %zu more (--json has them all)\n",
			line->count - shown);
}

static void put_job(const struct report_job *job,
		    const struct report_style *style, FILE *out)
{
	put_job_header(job, style, out);
	put_steps(job, style, out);
	put_failure(job, out);
	put_reasons(job, out);
	for (size_t i = 0; i < job->timeline_count; i++)
		put_timeline(&job->timelines[i], out);
}

void report_text(const struct report *report,
		 const struct report_style *style, FILE *out)
{
	bool whole = style->all || report->job_count <= JOBS_SHOWN_WHOLE;
	bool left_out = false;

	put_header(report, style, out);
	if (style->verdict || report->flight->finished)
		report_verdicts_text(report, out);
	if (report->job_count > 1)
		put_overview(report, out);
	for (size_t i = 0; i < report->job_count; i++) {
		const struct report_job *job = &report->jobs[i];

		if (whole || job->first_bad)
			put_job(job, style, out);
		else
			left_out = true;
	}
	if (left_out)
		fprintf(out, "\nOption -a shows the steps of every job, "
			"FLIGHT.JOB those of one.\n");
}
