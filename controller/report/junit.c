/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JUnit XML as Jenkins and GitLab read it: fail is a failure, whatever is
 * ours (broken, blocked, lost, aborted) is an error, skip is skipped. So is an
 * attempt after which the step was run again: the last one tells. Files that
 * belong to a step are attached as Jenkins (JUnit Attachments) and GitLab take
 * them, "[[ATTACHMENT|PATH]]" in the step's output.
 */
#include <stdbool.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "report/print.h"

struct counts {
	size_t tests, failures, errors, skipped;
};

enum kind { KIND_PASS, KIND_FAILURE, KIND_ERROR, KIND_SKIPPED };

static enum kind kind_of(const struct step_row *step)
{
	if (report_was_run_again(step))
		return KIND_SKIPPED;
	switch (step->status) {
	case STEP_PASS: return KIND_PASS;
	case STEP_FAIL: return KIND_FAILURE;
	case STEP_SKIP: case STEP_RUNNING: return KIND_SKIPPED;
	default: return KIND_ERROR;
	}
}

static void count_step(struct counts *counts, const struct step_row *step)
{
	enum kind kind = kind_of(step);

	counts->tests++;
	counts->failures += kind == KIND_FAILURE;
	counts->errors += kind == KIND_ERROR;
	counts->skipped += kind == KIND_SKIPPED;
}

/* A job that no step explains (blocked, say) must not look as if it passed. */
static bool speaks_itself(const struct report_job *job)
{
	return job_status_final(job->row->status) &&
	       job->row->status != JOB_PASS && !job->first_bad;
}

static struct counts count_job(const struct report_job *job)
{
	struct counts counts = {
		.tests = job->not_run.count, .skipped = job->not_run.count,
	};

	if (speaks_itself(job)) {
		counts.tests++;
		counts.errors++;
	}
	for (size_t i = 0; i < job->step_count; i++)
		count_step(&counts, &job->steps[i]);
	return counts;
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
	AUTO_STRBUF text = STRBUF_INIT;

	strbuf_add_escaped(&text, value);
	fprintf(out, " %s=\"%s\"", name, text.buf);
}

static void put_counts(FILE *out, const struct counts *counts, int64_t ms)
{
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
		"skipped=\"%zu\" time=\"%.3f\"", counts->tests,
		counts->failures, counts->errors, counts->skipped,
		ms < 0 ? 0.0 : ms / 1000.0);
}

static void put_outcome(FILE *out, const struct step_row *step)
{
	static const char *const elements[] = {
		[KIND_FAILURE] = "failure", [KIND_ERROR] = "error",
		[KIND_SKIPPED] = "skipped",
	};
	const char *status = step_status_name(step->status);
	enum kind kind = kind_of(step);
	AUTO_STRBUF stage = STRBUF_INIT;

	if (kind == KIND_PASS)
		return;
	fprintf(out, "      <%s", elements[kind]);
	put_attribute(out, "message", str_or(step->reason, status));
	if (kind == KIND_SKIPPED) {
		fputs("/>\n", out);
		return;
	}
	put_attribute(out, "type", status);
	strbuf_add_escaped(&stage, str_or(step->stage, ""));
	fprintf(out, ">%s%s</%s>\n", stage.len ? "last stage: " : "",
		stage.buf, elements[kind]);
}

static void put_case_start(FILE *out, const char *suite, const char *testid,
			   int64_t ms)
{
	fputs("    <testcase", out);
	put_attribute(out, "classname", suite);
	put_attribute(out, "name", testid);
	fprintf(out, " time=\"%.3f\">\n", ms < 0 ? 0.0 : ms / 1000.0);
}

static void put_verdict(FILE *out, const struct report *report,
			const char *job, const char *testid)
{
	const struct verdict *verdict = report_verdict(report, job, testid);
	AUTO_FREE char *words = NULL;

	if (!verdict)
		return;
	words = verdict_words(verdict, report->evidence);
	fputs("      <properties><property name=\"verdict\"", out);
	put_attribute(out, "value", words);
	fputs("/></properties>\n", out);
}

static void put_attachment(FILE *out, const char *path)
{
	AUTO_STRBUF text = STRBUF_INIT;

	strbuf_add_escaped(&text, path);
	fprintf(out, "[[ATTACHMENT|%s]]\n", text.buf);
}

/* The log, and what the step left beside it. */
static void put_files(FILE *out, const struct artifact_rows *files,
		      const struct step_row *step)
{
	AUTO_STRBUF log = STRBUF_INIT;
	size_t count = 0;

	for (size_t i = 0; files && i < files->count; i++)
		count += files->v[i].stepno == step->stepno;
	if (!step->log && !count)
		return;
	fputs("      <system-out>", out);
	if (step->log) {
		strbuf_add_escaped(&log, step->log);
		fprintf(out, "log: %s\n", log.buf);
		put_attachment(out, step->log);
	}
	for (size_t i = 0; files && i < files->count; i++)
		if (files->v[i].stepno == step->stepno)
			put_attachment(out, files->v[i].path);
	fputs("</system-out>\n", out);
}

static void put_step(FILE *out, const char *suite,
		     const struct report *report,
		     const struct report_job *job,
		     const struct step_row *step)
{
	put_case_start(out, suite, step->testid,
		       report_duration(step->started, step->finished));
	put_verdict(out, report, job->row->job, step->testid);
	put_outcome(out, step);
	put_files(out, job->artifacts, step);
	fputs("    </testcase>\n", out);
}

static void put_not_run(FILE *out, const char *suite, const char *testid)
{
	put_case_start(out, suite, testid, -1);
	fputs("      <skipped message=\"not run\"/>\n    </testcase>\n", out);
}

static void put_job_error(FILE *out, const char *suite,
			  const struct job_row *row)
{
	put_case_start(out, suite, "job", -1);
	fputs("      <error", out);
	put_attribute(out, "message", str_or(row->reason,
					     job_status_name(row->status)));
	put_attribute(out, "type", job_status_name(row->status));
	fputs("/>\n    </testcase>\n", out);
}

static void put_job(FILE *out, const struct report *report,
		    const struct report_job *job)
{
	AUTO_FREE char *suite = xasprintf("%s.%s", report->flight->flight,
					  job->row->job);
	const struct counts counts = count_job(job);
	char stamp[CLOCK_STAMP_SIZE];

	fputs("  <testsuite", out);
	put_attribute(out, "name", job->row->job);
	put_counts(out, &counts, job->duration_ms);
	if (job->row->started)
		put_attribute(out, "timestamp",
			      clock_stamp(job->row->started, stamp));
	fputs(">\n    <properties>\n      <property name=\"status\"", out);
	put_attribute(out, "value", job_status_name(job->row->status));
	fputs("/>\n    </properties>\n", out);
	if (speaks_itself(job))
		put_job_error(out, suite, job->row);
	for (size_t i = 0; i < job->step_count; i++)
		put_step(out, suite, report, job, &job->steps[i]);
	for (size_t i = 0; i < job->not_run.count; i++)
		put_not_run(out, suite, job->not_run.v[i]);
	fputs("  </testsuite>\n", out);
}

void report_junit(const struct report *report, FILE *out)
{
	struct counts all = { .tests = 0 };

	for (size_t i = 0; i < report->job_count; i++) {
		const struct counts counts = count_job(&report->jobs[i]);

		all.tests += counts.tests;
		all.failures += counts.failures;
		all.errors += counts.errors;
		all.skipped += counts.skipped;
	}
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
	put_attribute(out, "name", report->flight->flight);
	put_counts(out, &all, report->duration_ms);
	fputs(">\n", out);
	for (size_t i = 0; i < report->job_count; i++)
		put_job(out, report, &report->jobs[i]);
	fputs("</testsuites>\n", out);
}
