/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words that verdicts are told in, and how long it has been so. */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "report/verdict.h"

static const char *const overall_names[] = {
	[OVERALL_UNJUDGED] = "unjudged", [OVERALL_PERFECT] = "perfect",
	[OVERALL_TOLERABLE] = "tolerable",
	[OVERALL_REGRESSIONS] = "regressions", [OVERALL_TROUBLE] = "trouble",
};

const char *overall_name(enum overall overall)
{
	return overall_names[overall];
}

bool overall_tolerable(enum overall overall)
{
	return overall == OVERALL_PERFECT || overall == OVERALL_TOLERABLE;
}

static void add_finding(struct strbuf *words, const struct verdict *verdict)
{
	const char *against = str_or(verdict->against, "?");

	switch (verdict->kind) {
	case VERDICT_REGRESSION:
		strbuf_addf(words, " REGR. vs. %s", against);
		break;
	case VERDICT_LIKE:
		strbuf_addf(words, " like %s", against);
		break;
	case VERDICT_BLOCKED_IN:
		strbuf_addf(words, " blocked in %s", against);
		break;
	case VERDICT_NEVER_PASS:
		strbuf_addstr(words, " never pass");
		break;
	case VERDICT_HEISENBUG:
		strbuf_addf(words, " pass in %s", against);
		break;
	case VERDICT_BLOCKED:
		strbuf_addstr(words, " n/a");
		break;
	case VERDICT_UNTESTED:
		strbuf_addstr(words, " baseline untested");
		break;
	case VERDICT_BROKEN:
	case VERDICT_FAIL:
		break;
	}
}

char *verdict_words(const struct verdict *verdict,
		    const struct evidence *evidence)
{
	struct strbuf words = STRBUF_INIT;

	strbuf_addstr(&words, verdict->status);
	if (strcmp(verdict->flight, evidence->flight) != 0)
		strbuf_addf(&words, " in %s", verdict->flight);
	add_finding(&words, verdict);
	return strbuf_detach(&words);
}

const char *verdict_analysis(const struct verdict *verdict)
{
	if (verdict->kind == VERDICT_FAIL)
		return "fail";
	if (verdict->allowed)
		return "allowable";
	if (verdict->kind == VERDICT_HEISENBUG)
		return "heisenbug";
	if (!verdict->blocking)
		return "nonblocking";
	return verdict->kind == VERDICT_BROKEN ? "broken" : "regression";
}

const char *revision_of(const struct strvec *pairs, const char *tree)
{
	const char *found = NULL;

	for (size_t i = 0; i + 1 < pairs->count; i += 2) {
		if (strcmp(pairs->v[i], tree) != 0)
			continue;
		if (found && strcmp(found, pairs->v[i + 1]) != 0)
			return NULL;
		found = pairs->v[i + 1];
	}
	return found;
}

bool revisions_match(const struct strvec *pairs, const struct strvec *wanted)
{
	for (size_t i = 0; i + 1 < wanted->count; i += 2) {
		const char *found = revision_of(pairs, wanted->v[i]);

		if (!found || strcmp(found, wanted->v[i + 1]) != 0)
			return false;
	}
	return wanted->count > 0;
}

char *verdict_outcome(const struct strvec *statuses)
{
	static const char *const plain[] = { "pass", "fail", "blocked" };
	AUTO_STRVEC words = STRVEC_INIT;
	AUTO_FREE char *joined = NULL;
	bool all_plain = true;

	for (size_t i = 0; i < statuses->count; i++) {
		bool known = false;

		for (size_t p = 0; p < ARRAY_SIZE(plain); p++)
			known |= strcmp(statuses->v[i], plain[p]) == 0;
		all_plain &= known;
		if (!strvec_has(&words, statuses->v[i]))
			strvec_push(&words, statuses->v[i]);
	}
	if (!words.count)
		return xstrdup("no jobs");
	if (all_plain && words.count == 1 && strvec_has(&words, "pass"))
		return xstrdup("all pass");
	if (all_plain)
		return xstrdup(strvec_has(&words, "pass") ? "FAIL" :
			       "ALL FAIL");
	strvec_sort(&words);
	joined = strvec_join(&words, "/");
	return xasprintf("trouble: %s", joined);
}

static bool is_judged_or_before(const struct evidence *evidence, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(evidence->flights[k].flight,
			   evidence->flight) == 0)
			return true;
	return strcmp(evidence->flights[i].flight, evidence->flight) == 0;
}

struct verdict_ages verdict_ages(const struct evidence *evidence)
{
	struct verdict_ages ages = { .basis = NULL };

	for (size_t i = 0; i < evidence->flight_count && !ages.basis; i++) {
		const struct evidence_flight *flight = &evidence->flights[i];

		if (flight->same) {
			ages.same = flight;
			ages.same_count++;
		}
		if (flight->basis && !flight->same) {
			ages.basis = flight;
		} else if (!flight->basis &&
			   is_judged_or_before(evidence, i)) {
			ages.failing = flight;
			ages.failing_count++;
		}
	}
	return ages;
}

void evidence_release(struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->flight_count; i++)
		free(evidence->flights[i].flight);
	for (size_t i = 0; i < evidence->job_count; i++) {
		free(evidence->jobs[i].flight);
		free(evidence->jobs[i].job);
		free(evidence->jobs[i].reason);
	}
	for (size_t i = 0; i < evidence->step_count; i++) {
		free(evidence->steps[i].flight);
		free(evidence->steps[i].job);
		free(evidence->steps[i].testid);
		free(evidence->steps[i].reason);
	}
	strvec_release(&evidence->this_revisions);
	strvec_release(&evidence->that_revisions);
	strvec_release(&evidence->statuses);
	strvec_release(&evidence->branches);
	strvec_release(&evidence->ever_passed);
	free(evidence->flights);
	free(evidence->jobs);
	free(evidence->steps);
	free(evidence->flight);
	free(evidence->branch);
	*evidence = (struct evidence){ .flight = NULL };
}

char *verdict_counts(const struct judgement *judgement)
{
	size_t count = judgement->count, blocking = judgement->blocking;

	if (count == 1)
		return xasprintf("1 result is not pass, and %s the branch",
				 blocking ? "holds" : "does not hold");
	if (!blocking)
		return xasprintf("%zu results are not pass, and none of them "
				 "holds the branch", count);
	return xasprintf("%zu results are not pass, and %zu of them hold%s "
			 "the branch", count, blocking,
			 blocking == 1 ? "s" : "");
}
