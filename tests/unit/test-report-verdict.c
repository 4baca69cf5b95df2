/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every rule of docs/verdicts.md, as rows of a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "report/verdict.h"

/*
 * Flight 50 is judged. Flights, newest first: a number, then 's' when built
 * from the same revisions and 'b' from the baseline's. Steps, jobs and
 * verdicts have a ';' between them.
 */
struct rule {
	const char *name;
	const char *flights;
	const char *steps;	/* FLIGHT JOB TESTID STATUS */
	const char *jobs;	/* FLIGHT JOB STATUS [cause] */
	const char *passed;	/* JOB TESTID */
	const char *allow;
	const char *verdicts;	/* JOB TESTID: WORDS (ANALYSIS) */
	enum overall overall;
};

static const struct rule rules[] = {
	{ "nothing failed", "50s 49b", "", "", "", "", "",
	  OVERALL_PERFECT },
	{ "a skipped step is no failure", "50s 49b", "50 a t skip", "", "",
	  "", "", OVERALL_PERFECT },
	{ "passed in the baseline", "50s 49b", "50 a t fail;49 a t pass", "",
	  "a t", "", "a t: fail REGR. vs. 49 (regression)",
	  OVERALL_REGRESSIONS },
	{ "failed there too", "50s 49b", "50 a t fail;49 a t fail", "",
	  "a t", "", "a t: fail like 49 (nonblocking)", OVERALL_TOLERABLE },
	{ "the newest test of the baseline decides", "50s 49b 48b",
	  "50 a t fail;49 a t fail;48 a t pass", "", "a t", "",
	  "a t: fail like 49 (nonblocking)", OVERALL_TOLERABLE },
	{ "whichever it is", "50s 49b 48b",
	  "50 a t fail;49 a t pass;48 a t fail", "", "a t", "",
	  "a t: fail REGR. vs. 49 (regression)", OVERALL_REGRESSIONS },
	{ "what broke there tells nothing", "50s 49b 48b",
	  "50 a t fail;49 a t broken;48 a t pass", "", "a t", "",
	  "a t: fail REGR. vs. 48 (regression)", OVERALL_REGRESSIONS },
	{ "other flights are not the baseline", "50s 49 48b",
	  "50 a t fail;49 a t pass;48 a t fail", "", "a t", "",
	  "a t: fail like 48 (nonblocking)", OVERALL_TOLERABLE },
	{ "not reached in the baseline", "50s 49b",
	  "50 a t fail;49 a t blocked", "", "a t", "",
	  "a t: fail blocked in 49 (nonblocking)", OVERALL_TOLERABLE },
	{ "an outcome is worth more than none", "50s 49b 48b",
	  "50 a t fail;49 a t blocked;48 a t pass", "", "a t", "",
	  "a t: fail REGR. vs. 48 (regression)", OVERALL_REGRESSIONS },
	{ "never passed on the branch", "50s 49b", "50 a t fail", "", "", "",
	  "a t: fail never pass (nonblocking)", OVERALL_TOLERABLE },
	{ "never passed, though it broke now", "50s 49b", "50 a t broken", "",
	  "", "", "a t: broken never pass (nonblocking)", OVERALL_TOLERABLE },
	{ "the baseline did not have it", "50s 49b", "50 a t fail", "", "a t",
	  "", "a t: fail baseline untested (regression)",
	  OVERALL_REGRESSIONS },
	{ "the baseline has no flight", "50s", "50 a t fail", "", "a t", "",
	  "a t: fail baseline untested (regression)", OVERALL_REGRESSIONS },
	{ "broken, and the baseline passed", "50s 49b",
	  "50 a t broken;49 a t pass", "", "a t", "", "a t: broken (broken)",
	  OVERALL_TROUBLE },
	{ "broken is never like", "50s 49b", "50 a t broken;49 a t fail", "",
	  "a t", "", "a t: broken (broken)", OVERALL_TROUBLE },
	{ "lost", "50s 49b", "50 a t lost;49 a t pass", "", "a t", "",
	  "a t: lost (broken)", OVERALL_TROUBLE },
	{ "aborted", "50s 49b", "50 a t aborted;49 a t pass", "", "a t", "",
	  "a t: aborted (broken)", OVERALL_TROUBLE },
	{ "still running", "50s 49b", "50 a t running", "50 a running",
	  "a t", "", "a t: running (broken)", OVERALL_TROUBLE },
	{ "both kinds: regressions are told first", "50s 49b",
	  "50 a t broken;50 b u fail;49 b u pass", "", "a t;b u", "",
	  "b u: fail REGR. vs. 49 (regression);a t: broken (broken)",
	  OVERALL_REGRESSIONS },
	{ "blocked, and why is judged", "50s 49b",
	  "50 build-x t fail;50 a build-check blocked;49 build-x t fail",
	  "50 a blocked cause", "build-x t", "",
	  "build-x t: fail like 49 (nonblocking);"
	  "a build-check: blocked n/a (nonblocking)", OVERALL_TOLERABLE },
	{ "blocked by an earlier step", "50s 49b",
	  "50 a t fail;50 a u blocked;49 a t fail", "50 a fail", "a t", "",
	  "a t: fail like 49 (nonblocking);a u: blocked n/a (nonblocking)",
	  OVERALL_TOLERABLE },
	{ "blocked by nothing that is judged", "50s 49b",
	  "50 a build-check blocked", "50 a blocked", "", "",
	  "a build-check: blocked (broken)", OVERALL_TROUBLE },
	{ "a job without steps, blocked", "50s 49b",
	  "50 build-x t fail;49 build-x t fail", "50 a blocked cause",
	  "build-x t", "", "build-x t: fail like 49 (nonblocking);"
	  "a -: blocked n/a (nonblocking)", OVERALL_TOLERABLE },
	{ "a job that was never run", "50s 49b", "", "50 a queued", "", "",
	  "a -: queued (broken)", OVERALL_TROUBLE },
	{ "a job that broke before its first step", "50s 49b", "",
	  "50 a broken", "", "", "a -: broken (broken)", OVERALL_TROUBLE },
	{ "a job that a step speaks for", "50s 49b",
	  "50 a t fail;49 a t fail", "50 a fail", "a t", "",
	  "a t: fail like 49 (nonblocking)", OVERALL_TOLERABLE },
	{ "passes in another flight of the same", "51s 50s 49b",
	  "50 a t fail;51 a t pass;49 a t pass", "", "a t", "",
	  "a t: fail pass in 51 (heisenbug)", OVERALL_TOLERABLE },
	{ "even when it broke", "51s 50s 49b",
	  "50 a t broken;51 a t pass;49 a t pass", "", "a t", "",
	  "a t: broken pass in 51 (heisenbug)", OVERALL_TOLERABLE },
	{ "the evidence is judged itself", "51s 50s 49b",
	  "50 a t fail;51 a t pass;49 a t pass;51 b u fail;49 b u pass", "",
	  "a t;b u", "", "b u: fail in 51 REGR. vs. 49 (regression);"
	  "a t: fail pass in 51 (heisenbug)", OVERALL_REGRESSIONS },
	{ "each the other's evidence", "51s 50s 49b",
	  "50 a t fail;51 a t pass;49 a t pass;51 b u fail;50 b u pass;"
	  "49 b u pass", "", "a t;b u", "",
	  "a t: fail pass in 51 (heisenbug);"
	  "b u: fail in 51 pass in 50 (heisenbug)", OVERALL_TOLERABLE },
	{ "what both share is told once", "51s 50s 49b",
	  "50 a t fail;51 a t pass;49 a t pass;50 b u fail;51 b u fail;"
	  "49 b u fail", "", "a t;b u", "",
	  "a t: fail pass in 51 (heisenbug);b u: fail like 49 (nonblocking)",
	  OVERALL_TOLERABLE },
	{ "evidence that broke where this one passed", "51s 50s 49b",
	  "50 a t fail;51 a t pass;49 a t pass", "51 b broken", "a t", "",
	  "a t: fail pass in 51 (heisenbug)", OVERALL_TOLERABLE },
	{ "as little evidence as will do", "52s 51s 50s 49b",
	  "50 a t fail;51 a t pass;52 a t fail;49 a t pass;50 b u fail;"
	  "51 b u pass;52 b u pass;49 b u pass", "", "a t;b u", "",
	  "a t: fail pass in 51 (heisenbug);b u: fail pass in 51 (heisenbug)",
	  OVERALL_TOLERABLE },
	{ "builds get no second chance", "51s 50s 49b",
	  "50 build-x t fail;51 build-x t pass;49 build-x t pass", "",
	  "build-x t", "", "build-x t: fail REGR. vs. 49 (regression)",
	  OVERALL_REGRESSIONS },
	{ "but when a build broke", "51s 50s 49b",
	  "50 build-x t broken;51 build-x t pass;49 build-x t pass", "",
	  "build-x t", "", "build-x t: broken pass in 51 (heisenbug)",
	  OVERALL_TOLERABLE },
	{ "builds come first", "50s 49b",
	  "50 a t fail;50 build-x t fail;49 a t pass;49 build-x t pass", "",
	  "a t;build-x t", "",
	  "build-x t: fail REGR. vs. 49 (regression);"
	  "a t: fail REGR. vs. 49 (regression)", OVERALL_REGRESSIONS },
	{ "allowed", "50s 49b", "50 a-rtds t fail;49 a-rtds t pass", "",
	  "a-rtds t", "@@-rtds@@",
	  "a-rtds t: fail REGR. vs. 49 (allowable)", OVERALL_TOLERABLE },
	{ "allowed for another testid", "50s 49b",
	  "50 a t fail;49 a t pass", "", "a t", "@@ guest-stop",
	  "a t: fail REGR. vs. 49 (regression)", OVERALL_REGRESSIONS },
	{ "allowed though it broke", "50s 49b",
	  "50 build-x logs-capture broken", "", "build-x logs-capture",
	  "build-@@ logs-capture@@",
	  "build-x logs-capture: broken (allowable)", OVERALL_TOLERABLE },
	{ "not allowed: the last line decides", "50s 49b",
	  "50 a t fail;49 a t pass", "", "a t", "@@\n! a t",
	  "a t: fail REGR. vs. 49 (regression)", OVERALL_REGRESSIONS },
	{ "what would not block needs no leave", "50s 49b",
	  "50 a t fail;49 a t fail", "", "a t", "@@",
	  "a t: fail like 49 (nonblocking)", OVERALL_TOLERABLE },
};

static struct evidence evidence;

static void split(const char *text, struct strvec *parts)
{
	strvec_split(parts, text, ";");
}

static void add_flights(const char *text)
{
	AUTO_STRVEC words = STRVEC_INIT;

	strvec_split(&words, text, " ");
	evidence.flights = xcalloc(words.count, sizeof(*evidence.flights));
	evidence.flight_count = words.count;
	for (size_t i = 0; i < words.count; i++)
		evidence.flights[i] = (struct evidence_flight){
			.id = atoi(words.v[i]),
			.flight = xasprintf("%d", atoi(words.v[i])),
			.same = strchr(words.v[i], 's'),
			.basis = strchr(words.v[i], 'b'),
		};
}

static void add_steps(const char *text)
{
	AUTO_STRVEC parts = STRVEC_INIT;

	split(text, &parts);
	evidence.steps = xcalloc(parts.count, sizeof(*evidence.steps));
	evidence.step_count = parts.count;
	for (size_t i = 0; i < parts.count; i++) {
		AUTO_STRVEC words = STRVEC_INIT;
		struct evidence_step *step = &evidence.steps[i];

		strvec_split(&words, parts.v[i], " ");
		assert_int_equal(words.count, 4);
		step->flight = xstrdup(words.v[0]);
		step->job = xstrdup(words.v[1]);
		step->testid = xstrdup(words.v[2]);
		step->stepno = 7;
		assert_int_equal(step_status_parse(words.v[3],
						   &step->status), 0);
	}
}

static void add_jobs(const char *text)
{
	AUTO_STRVEC parts = STRVEC_INIT;

	split(text, &parts);
	evidence.jobs = xcalloc(parts.count, sizeof(*evidence.jobs));
	evidence.job_count = parts.count;
	for (size_t i = 0; i < parts.count; i++) {
		AUTO_STRVEC words = STRVEC_INIT;
		struct evidence_job *job = &evidence.jobs[i];

		strvec_split(&words, parts.v[i], " ");
		job->flight = xstrdup(words.v[0]);
		job->job = xstrdup(words.v[1]);
		job->has_cause = words.count > 3;
		assert_int_equal(job_status_parse(words.v[2], &job->status),
				 0);
	}
}

static void set_evidence(const struct rule *rule, bool baseline)
{
	evidence = (struct evidence){
		.flight = xstrdup("50"), .branch = xstrdup("xen-unstable"),
		.has_baseline = baseline, .this_revisions = STRVEC_INIT,
		.that_revisions = STRVEC_INIT, .statuses = STRVEC_INIT,
		.ever_passed = STRVEC_INIT,
	};
	add_flights(rule->flights);
	add_steps(rule->steps);
	add_jobs(rule->jobs);
	split(rule->passed, &evidence.ever_passed);
}

static char *told(const struct judgement *judgement)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < judgement->count; i++) {
		const struct verdict *verdict = &judgement->v[i];
		AUTO_FREE char *words = verdict_words(verdict, &evidence);

		strbuf_addf(&text, "%s%s %s: %s (%s)", i ? ";" : "",
			    verdict->job, str_or(verdict->testid, "-"),
			    words, verdict_analysis(verdict));
	}
	return strbuf_detach(&text);
}

static void test_rules(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct rule *rule = &rules[i];
		struct allow_list allow = ALLOW_LIST_INIT;
		struct judgement judgement;
		AUTO_FREE char *text = NULL;

		set_evidence(rule, true);
		assert_int_equal(allow_parse("allow", rule->allow, &allow,
					     &err), 0);
		judge(&evidence, &allow, &judgement);
		text = told(&judgement);
		if (strcmp(text, rule->verdicts) != 0)
			fail_msg("%s:\n  got    %s\n  wanted %s", rule->name,
				 text, rule->verdicts);
		if (judgement.overall != rule->overall)
			fail_msg("%s: %s, not %s", rule->name,
				 overall_name(judgement.overall),
				 overall_name(rule->overall));
		judgement_release(&judgement);
		allow_release(&allow);
		evidence_release(&evidence);
	}
}

/* A few jobs that no host was left for are done without, not most of them. */
static void test_starved(void **state)
{
	static const struct rule rule = {
		.flights = "50s 49b", .steps = "", .jobs = "50 a starved",
		.passed = "",
	};
	static const struct {
		const char *statuses, *told;
		enum overall overall;
	} rows[] = {
		{ "pass pass starved", "a -: starved n/a (nonblocking)",
		  OVERALL_TOLERABLE },
		{ "pass starved starved", "a -: starved (broken)",
		  OVERALL_TROUBLE },
		{ "starved", "a -: starved (broken)", OVERALL_TROUBLE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct judgement judgement;
		AUTO_FREE char *text = NULL;

		set_evidence(&rule, true);
		strvec_split(&evidence.statuses, rows[i].statuses, " ");
		judge(&evidence, NULL, &judgement);
		text = told(&judgement);
		assert_string_equal(text, rows[i].told);
		assert_int_equal(judgement.overall, rows[i].overall);
		judgement_release(&judgement);
		evidence_release(&evidence);
	}
}

/* Without a baseline failures are listed, and nothing is concluded. */
static void test_no_baseline(void **state)
{
	static const struct rule rule = {
		.flights = "50s", .steps = "50 a t fail", .jobs = "",
		.passed = "a t",
	};
	struct judgement judgement;
	AUTO_FREE char *text = NULL;

	(void)state;
	set_evidence(&rule, false);
	judge(&evidence, NULL, &judgement);
	text = told(&judgement);
	assert_string_equal(text, "a t: fail (fail)");
	assert_int_equal(judgement.overall, OVERALL_UNJUDGED);
	assert_false(overall_tolerable(judgement.overall));
	judgement_release(&judgement);
	evidence_release(&evidence);
}

static void test_outcome(void **state)
{
	static const char *const rows[][2] = {
		{ "", "no jobs" }, { "pass pass", "all pass" },
		{ "pass fail", "FAIL" }, { "pass blocked", "FAIL" },
		{ "fail blocked", "ALL FAIL" }, { "fail", "ALL FAIL" },
		{ "pass broken", "trouble: broken/pass" },
		{ "pass starved", "trouble: pass/starved" },
		{ "pass fail queued pass", "trouble: fail/pass/queued" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_STRVEC words = STRVEC_INIT;
		AUTO_FREE char *outcome = NULL;

		strvec_split(&words, rows[i][0], " ");
		outcome = verdict_outcome(&words);
		assert_string_equal(outcome, rows[i][1]);
	}
}

static void test_ages(void **state)
{
	static const struct {
		const char *flights, *basis, *failing, *same;
		int failing_count, same_count;
	} rows[] = {
		{ "50s 49b", "49", "50", "50", 1, 1 },
		{ "50s 49 48 47b 46b", "47", "48", "50", 3, 1 },
		{ "51s 50s 49s 48 47b", "47", "48", "49", 3, 3 },
		{ "50s 49", "-", "49", "50", 2, 1 },
		{ "50sb 49sb 48", "-", "48", "49", 1, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct rule rule = {
			.flights = rows[i].flights, .steps = "", .jobs = "",
			.passed = "",
		};
		struct verdict_ages ages;

#define NAME(f) (ages.f ? ages.f->flight : "-")
		set_evidence(&rule, true);
		ages = verdict_ages(&evidence);
		assert_string_equal(NAME(basis), rows[i].basis);
		assert_string_equal(NAME(failing), rows[i].failing);
		assert_string_equal(NAME(same), rows[i].same);
		assert_int_equal(ages.failing_count, rows[i].failing_count);
		assert_int_equal(ages.same_count, rows[i].same_count);
		evidence_release(&evidence);
	}
}

static void test_globs(void **state)
{
	static const struct {
		const char *glob, *text;
		bool yes;
	} rows[] = {
		{ "a", "a", true }, { "a", "ab", false }, { "ab", "a", false },
		{ "@@", "", true }, { "@@", "test-a/b", true },
		{ "@", "", true }, { "@", "abc", true }, { "@", "a-b", false },
		{ "test-@-xl", "test-amd64-xl", true },
		{ "test-@-xl", "test-amd64-i386-xl", false },
		{ "test-@@-xl", "test-amd64-i386-xl", true },
		{ "test-@@-rtds@@", "test-amd64-xl-rtds", true },
		{ "test-@@-rtds@@", "test-amd64-xl-rt", false },
		{ "@@-@-b", "x-y-a-b", true }, { "@@-@-b", "x-y-a/c-b", false },
		{ "@@a@@b@@c", "xaybzc", true },
		{ "@@a@@b@@c", "xbyazc", false },
		{ "guest-stop/@", "guest-stop/debian", true },
		{ "guest-stop/@", "guest-stop", false },
		{ "@a", "aaa", true }, { "@@aab", "aaaab", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (allow_glob(rows[i].glob, rows[i].text) != rows[i].yes)
			fail_msg("'%s' and '%s'", rows[i].glob, rows[i].text);
}

static void test_allow_file(void **state)
{
	struct allow_list list = ALLOW_LIST_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(allow_parse("f", "# comment\n\n a-@@ # why\n"
				     "b t\r\n!a-no", &list, &err), 0);
	assert_int_equal(list.count, 3);
	assert_true(allow_matches(&list, "a-1", "t"));
	assert_true(allow_matches(&list, "a-1", NULL));
	assert_false(allow_matches(&list, "a-no", "t"));
	assert_true(allow_matches(&list, "b", "t"));
	assert_false(allow_matches(&list, "b", NULL));
	assert_int_equal(allow_parse("f", "a\nb c d", &list, &err), -1);
	assert_non_null(strstr(err.text, "f:2: "));
	assert_int_equal(allow_parse("f", "!", &list, &err), -1);
	allow_release(&list);
}

static void test_revisions(void **state)
{
	AUTO_STRVEC pairs = STRVEC_INIT, wanted = STRVEC_INIT;

	(void)state;
	assert_false(revisions_match(&pairs, &wanted));
	strvec_pushl(&pairs, "xen", "1", "linux", "2", "qemu", "3", "qemu",
		     "4", NULL);
	assert_string_equal(revision_of(&pairs, "linux"), "2");
	assert_null(revision_of(&pairs, "qemu"));
	assert_null(revision_of(&pairs, "seabios"));
	assert_false(revisions_match(&pairs, &wanted));
	strvec_pushl(&wanted, "xen", "1", NULL);
	assert_true(revisions_match(&pairs, &wanted));
	strvec_pushl(&wanted, "qemu", "3", NULL);
	assert_false(revisions_match(&pairs, &wanted));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_starved),
		cmocka_unit_test(test_no_baseline),
		cmocka_unit_test(test_outcome),
		cmocka_unit_test(test_ages),
		cmocka_unit_test(test_globs),
		cmocka_unit_test(test_allow_file),
		cmocka_unit_test(test_revisions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
