/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/strbuf.h"
#include "report/mail.h"
#include "report/print.h"

/* A word of a header or of a line for programs: no blanks, no controls. */
static void add_word(struct strbuf *text, const char *word)
{
	for (; *word; word++)
		strbuf_addch(text, *word > ' ' && *word < 127 ? *word : '?');
}

static void put_word(const char *before, const char *word, FILE *out)
{
	AUTO_STRBUF text = STRBUF_INIT;

	add_word(&text, word);
	fprintf(out, "%s%s", before, text.buf);
}

/* "[xen-unstable test] 1234: regressions - FAIL" */
static char *subject_of(const struct report *report,
			const struct report_mail *mail)
{
	const struct judgement *judgement = report->judgement;
	const char *before = "";

	if (judgement->overall == OVERALL_REGRESSIONS)
		before = "regressions - ";
	else if (judgement->overall == OVERALL_TOLERABLE)
		before = "tolerable ";
	return xasprintf("[%s test] %s: %s%s%s%s%s", report->flight->branch,
			 report->flight->flight, before, judgement->outcome,
			 mail->stopped ? " - " : "",
			 str_or(mail->stopped, ""),
			 mail->pushed ? " - PUSHED" : "");
}

static void put_versions(const char *name, const struct strvec *pairs,
			 FILE *out)
{
	fprintf(out, "X-Osstest-Versions-%s:", name);
	for (size_t i = 0; i + 1 < pairs->count; i += 2) {
		put_word("\n    ", pairs->v[i], out);
		put_word("=", pairs->v[i + 1], out);
	}
	fputc('\n', out);
}

static void put_failures(const struct report *report, FILE *out)
{
	const struct judgement *judgement = report->judgement;

	if (!judgement->count)
		return;
	fputs("X-Osstest-Failures:", out);
	for (size_t i = 0; i < judgement->count; i++) {
		const struct verdict *verdict = &judgement->v[i];

		put_word("\n    ", report->flight->branch, out);
		put_word(":", verdict->job, out);
		put_word(":", str_or(verdict->testid, "<job status>"), out);
		put_word(":", verdict->status, out);
		put_word(":", verdict_analysis(verdict), out);
	}
	fputc('\n', out);
}

void report_mail_headers(const struct report *report,
			 const struct report_mail *mail, FILE *out)
{
	AUTO_FREE char *subject = subject_of(report, mail);

	fprintf(out, "Subject: %s\n", subject);
	put_failures(report, out);
	put_versions("This", &report->evidence->this_revisions, out);
	put_versions("That", &report->evidence->that_revisions, out);
	put_word("X-Osstest-Flight: ", report->flight->flight, out);
	put_word("\nX-Osstest-Branch: ", report->flight->branch, out);
	fprintf(out, "\nX-Osstest-Overall: %s\n\n",
		overall_name(report->judgement->overall));
}

static void put_jobs(const struct report *report, FILE *out)
{
	fputs("\nJobs:\n", out);
	for (size_t i = 0; i < report->job_count; i++) {
		const struct job_row *job = report->jobs[i].row;

		fprintf(out, "  %-60s %s\n", job->job,
			job_status_name(job->status));
	}
}

static void put_text(const char *text, FILE *out)
{
	size_t n = text ? strlen(text) : 0;

	if (n)
		fprintf(out, "\n%s%s", text, text[n - 1] == '\n' ? "" : "\n");
}

static void put_address(const struct report_mail *mail, const char *flight,
			FILE *out)
{
	if (mail->base)
		fprintf(out, "%s/flight/%s/index.html\n", mail->base, flight);
}

static void put_retests(const struct report *report,
			const struct report_mail *mail, FILE *out)
{
	const struct retest_links *retests = report->retests;

	if (retests->of) {
		fprintf(out, "Runs once more what failed in flight %s.\n",
			retests->of);
		put_address(mail, retests->of, out);
	}
	for (size_t i = 0; i < retests->flights.count; i++) {
		fprintf(out, "Regressions were run once more, in flight %s.\n",
			retests->flights.v[i]);
		put_address(mail, retests->flights.v[i], out);
	}
}

void report_mail_body(const struct report *report,
		      const struct report_mail *mail, FILE *out)
{
	const struct flight_row *flight = report->flight;

	if (mail->before && *mail->before)
		fprintf(out, "%s\n", mail->before);
	fprintf(out, "flight %s %s %s [%s]\n", flight->flight,
		flight->branch, flight->blessing, flight->intended);
	put_address(mail, flight->flight, out);
	put_retests(report, mail, out);
	if (mail->end)
		fprintf(out, "%s\n", mail->end);
	report_verdicts_text(report, out);
	put_text(mail->changes, out);
	put_jobs(report, out);
	put_text(mail->trailer, out);
}

static void put_machine_verdict(const struct verdict *verdict, FILE *out)
{
	static const char *const words[] = {
		[VERDICT_FAIL] = "fail", [VERDICT_REGRESSION] = "regression",
		[VERDICT_LIKE] = "like", [VERDICT_BLOCKED_IN] = "blocked-in",
		[VERDICT_NEVER_PASS] = "never-pass",
		[VERDICT_HEISENBUG] = "heisenbug",
		[VERDICT_BLOCKED] = "blocked", [VERDICT_BROKEN] = "broken",
		[VERDICT_UNTESTED] = "untested",
	};

	fputs(verdict->allowed ? "allowable" : words[verdict->kind], out);
	put_word(" ", verdict->job, out);
	put_word(" ", str_or(verdict->testid, "-"), out);
	put_word(" ", str_or(verdict->against, "-"), out);
	fputc('\n', out);
}

static void put_machine_versions(const char *which,
				 const struct strvec *pairs, FILE *out)
{
	for (size_t i = 0; i + 1 < pairs->count; i += 2) {
		fprintf(out, "version %s", which);
		put_word(" ", pairs->v[i], out);
		put_word(" ", pairs->v[i + 1], out);
		fputc('\n', out);
	}
}

void report_machine(const struct report *report, FILE *out)
{
	const struct judgement *judgement = report->judgement;

	fprintf(out, "flight %s\nbranch %s\n", report->flight->flight,
		report->flight->branch);
	put_machine_versions("this", &report->evidence->this_revisions, out);
	put_machine_versions("that", &report->evidence->that_revisions, out);
	fprintf(out, "outcome %s\n", judgement->outcome);
	for (size_t i = 0; i < judgement->count; i++)
		put_machine_verdict(&judgement->v[i], out);
	fprintf(out, "overall %s\n", overall_name(judgement->overall));
	if (overall_tolerable(judgement->overall))
		fputs("tolerable\n", out);
	if (judgement->overall == OVERALL_PERFECT)
		fputs("perfect\n", out);
}
