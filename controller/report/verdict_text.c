/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts for people, within 80 columns: the report's and the mail's. */
#include <string.h>
#include <time.h>

#include "base/strbuf.h"
#include "base/wrap.h"
#include "report/print.h"

#define DAY_MS 86400000
#define DATE_SIZE 24
#define REVISION_SHOWN 40

struct group {
	const char *heading;
	bool (*has)(const struct verdict *verdict);
};

static bool is_blocking(const struct verdict *verdict)
{
	return verdict->blocking;
}

static bool is_heisenbug(const struct verdict *verdict)
{
	return verdict->kind == VERDICT_HEISENBUG;
}

static bool is_allowed(const struct verdict *verdict)
{
	return verdict->allowed;
}

static bool is_other(const struct verdict *verdict)
{
	return !verdict->blocking && !is_heisenbug(verdict) &&
		!verdict->allowed;
}

static const struct group groups[] = {
	{ "Did not succeed, and hold the branch:", is_blocking },
	{ "Failed here, passed with the same revisions elsewhere:",
	  is_heisenbug },
	{ "Did not succeed, which is allowed for:", is_allowed },
	{ "Did not succeed, but hold nothing:", is_other },
};

static void put_verdict(const struct report *report,
			const struct verdict *verdict, FILE *out)
{
	AUTO_FREE char *words = verdict_words(verdict, report->evidence);
	AUTO_STRBUF name = STRBUF_INIT;
	AUTO_FREE char *label = NULL;

	strbuf_add_printable(&name, verdict->job);
	if (verdict->testid) {
		strbuf_addf(&name, "  %d ", verdict->stepno);
		strbuf_add_printable(&name, verdict->testid);
	}
	if (name.len < 44)
		label = xasprintf("  %-44s ", name.buf);
	else
		label = xasprintf("  %s\n%47s", name.buf, "");
	fputs(label, out);
	fprintf(out, "%s\n", words);
	if (verdict->reason && verdict->blocking)
		wrap_print(out, "      ", verdict->reason);
}

static void put_group(const struct report *report, const struct group *group,
		      FILE *out)
{
	const struct judgement *judgement = report->judgement;
	bool any = false;

	for (size_t i = 0; i < judgement->count; i++) {
		if (!group->has(&judgement->v[i]))
			continue;
		if (!any)
			fprintf(out, "\n%s\n", group->heading);
		any = true;
		put_verdict(report, &judgement->v[i], out);
	}
}

static void put_revisions(const char *label, const struct strvec *pairs,
			  FILE *out)
{
	for (size_t i = 0; i + 1 < pairs->count; i += 2) {
		AUTO_STRBUF line = STRBUF_INIT;

		strbuf_addf(&line, "%-10s %.*s", pairs->v[i], REVISION_SHOWN,
			    pairs->v[i + 1]);
		wrap_cut(out, i ? "                 " : label, line.buf);
	}
}

static const char *date(int64_t utc_ms, char buf[DATE_SIZE])
{
	time_t seconds = utc_ms / 1000;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(buf, DATE_SIZE, "%Y-%m-%d %H:%M", &tm);
	return buf;
}

static void put_age(const char *label, const struct evidence_flight *flight,
		    int64_t until, int attempts, FILE *out)
{
	char when[DATE_SIZE];
	int64_t days;

	if (!flight)
		return;
	days = until > flight->started ? (until - flight->started) / DAY_MS :
		0;
	fprintf(out, "  %-26s %-8s %.10s, %lld day%s before", label, flight->flight,
		date(flight->started, when), (long long)days,
		days == 1 ? "" : "s");
	if (attempts)
		fprintf(out, ", %d attempt%s", attempts,
			attempts == 1 ? "" : "s");
	fputc('\n', out);
}

static int64_t when_started(const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->flight_count; i++)
		if (strcmp(evidence->flights[i].flight,
			   evidence->flight) == 0)
			return evidence->flights[i].started;
	return 0;
}

static void put_ages(const struct report *report, FILE *out)
{
	const struct verdict_ages *ages = &report->judgement->ages;
	int64_t until = when_started(report->evidence);

	if (!report->evidence->that_revisions.count)
		return;
	fputc('\n', out);
	put_age("Last test of the baseline", ages->basis, until, 0, out);
	put_age("Failing since", ages->failing, until, ages->failing_count,
		out);
	put_age("Testing same since", ages->same, until, ages->same_count,
		out);
}

void report_verdicts_text(const struct report *report, FILE *out)
{
	const struct judgement *judgement = report->judgement;

	if (!judgement || judgement->overall == OVERALL_UNJUDGED)
		return;
	fprintf(out, "\nVerdict: %s (%s)\n", overall_name(judgement->overall),
		judgement->outcome);
	if (judgement->count) {
		AUTO_FREE char *counts = verdict_counts(judgement);

		fprintf(out, "%s.\n", counts);
	}
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		put_group(report, &groups[i], out);
	if (report->evidence->this_revisions.count)
		fputc('\n', out);
	put_revisions("  Under test     ", &report->evidence->this_revisions,
		      out);
	put_revisions("  Baseline       ", &report->evidence->that_revisions,
		      out);
	put_ages(report, out);
}
