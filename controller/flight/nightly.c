/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/names.h"
#include "base/proc.h"
#include "db/flights.h"
#include "db/judgements.h"
#include "db/nights.h"
#include "db/past.h"
#include "db/retests.h"
#include "flight/gate.h"
#include "flight/nightly.h"
#include "flight/overdue.h"
#include "flight/pass.h"
#include "flight/retest.h"
#include "flight/with.h"
#include "report/assess.h"

#define MAKE_LIMIT_MS (4 * 60 * 60 * 1000)	/* it may clone trees */
#define FILE_MAX 65536
#define KILL_MS 30000	/* beyond StepGrace: what is left of a job, too */

void nightly_result_release(struct nightly_result *result)
{
	free(result->why);
	free(result->flight);
	free(result->retest);
	free(result->report);
	*result = (struct nightly_result){ .why = NULL };
}

static bool stopped(const struct pass *pass)
{
	AUTO_FREE char *all = pass_file(pass, "stop");
	AUTO_FREE char *daily = pass_file(pass, "daily.stop");
	AUTO_FREE char *own = pass_file(pass, "%s.stop", pass->branch);
	const char *const files[] = { all, daily, own };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (!file_exists(files[i]))
			continue;
		pass->result->end = NIGHTLY_STOPPED;
		pass->result->why = xstrdup(files[i]);
		return true;
	}
	return false;
}

/* --- what to test --------------------------------------------------------- */

/* Did a finished flight of good blessing test that commit? */
static int was_tested(const struct pass *pass, const char *commit, bool *yes,
		      struct error *err)
{
	AUTO_FREE char *blessings =
		evidence_blessings(pass->options->blessing);
	struct past_flights past;
	int rc = 0;

	*yes = false;
	if (past_flight_list(pass->db, pass->branch, blessings, 0,
			     PAST_FLIGHTS_MAX, &past, err) < 0)
		return -1;
	for (size_t i = 0; i < past.count && rc == 0 && !*yes; i++) {
		AUTO_STRVEC built = STRVEC_INIT;
		const char *revision;

		rc = past_built(pass->db, past.v[i].flight, &built, err);
		revision = revision_of(&built, pass->gate.tree.name);
		*yes = past.v[i].finished && revision &&
			strcmp(revision, commit) == 0;
	}
	past_flights_release(&past);
	return rc;
}

/* The candidate; or the baseline, which nothing can be compared with before
 * it was tested itself; or nothing, when there is nothing new. */
static int choose(struct pass *pass, struct error *err)
{
	const struct gate *gate = &pass->gate;
	bool tested = true;

	if (*gate->baseline &&
	    was_tested(pass, gate->baseline, &tested, err) < 0)
		return -1;
	pass->of_baseline = !tested;
	pass->tested = tested ? gate->candidate : gate->baseline;
	if (tested && strcmp(gate->baseline, gate->candidate) == 0 &&
	    !pass->options->always)
		pass->result->end = NIGHTLY_UP_TO_DATE;
	else
		pass->result->end = NIGHTLY_DONE;
	return 0;
}

/* --- the flight ----------------------------------------------------------- */

static char *program(void)
{
	return xasprintf("%s/ironbird", config_program_dir());
}

/* The revisions of all trees, as make-flight understands them. */
static int add_revisions(const struct pass *pass, struct with *with,
			 struct error *err)
{
	AUTO_FREE char *own = name_variable("REVISION_",
					    pass->gate.tree.name);

	if (with_read(pass->config, pass->branch, pass->gate.tree.name, with,
		      err) < 0)
		return -1;
	for (size_t i = 0; i < with->sentences.count; i++)
		log_warn("%s", with->sentences.v[i]);
	strvec_pushf(&with->environment, "%s=%s", own, pass->tested);
	strvec_push(&with->environment, "OSSTEST_FLIGHT=");
	return 0;
}

/* With all that the night must know of it: it may be killed right after. */
static int make_flight(struct pass *pass, struct error *err)
{
	const struct gate *gate = &pass->gate;
	AUTO_STRVEC argv = STRVEC_INIT;
	struct proc_spec spec = { .limit_ms = MAKE_LIMIT_MS };
	AUTO_PROC_RESULT made = { .output = STRBUF_INIT };
	AUTO_WITH with = WITH_INIT;

	if (add_revisions(pass, &with, err) < 0)
		return -1;
	strvec_pushf(&argv, "%s/ironbird", config_program_dir());
	strvec_push(&argv, "make-flight");
	strvec_pushf(&argv, "--night=%s=%s",
		     pass->of_baseline ? "baseline" : "candidate",
		     pass->tested);
	if (*gate->baseline)
		strvec_pushf(&argv, "--baseline=%s=%s", gate->tree.name,
			     gate->baseline);
	strvec_pushl(&argv, "--", pass->branch, str_or(with.xen_branch, ""),
		     pass->options->blessing, NULL);
	spec.argv = argv.v;
	spec.env = with.environment.v;
	if (proc_run(&spec, &made, err) < 0)
		return -1;
	strbuf_rtrim(&made.output);
	if (made.status || !name_ok(made.output.buf))
		return error_set(err, ERROR_BROKEN, "branch %s: make-flight "
				 "made no flight (status %d)", pass->branch,
				 made.status);
	pass->result->flight = xstrdup(made.output.buf);
	pass->stage = NIGHT_MADE;
	return 0;
}

/* What it is of, and what it is compared with, are not what they are today. */
static int adopt(struct pass *pass, const struct night *night,
		 struct error *err)
{
	struct gate *gate = &pass->gate;
	AUTO_STRVEC pairs = STRVEC_INIT;
	const char *baseline;

	if (!git_is_commit(night->tested))
		return error_set(err, ERROR_BROKEN, "flight %s: '%.60s', which "
				 "it tests, is no commit", night->flight,
				 night->tested);
	if (baseline_list(pass->db, night->flight, &pairs, err) < 0)
		return -1;
	memcpy(gate->candidate, night->tested, COMMIT_SIZE);
	baseline = revision_of(&pairs, gate->tree.name);
	*gate->baseline = '\0';
	if (baseline && git_is_commit(baseline))
		memcpy(gate->baseline, baseline, COMMIT_SIZE);
	pass->of_baseline = night->of_baseline;
	pass->tested = gate->candidate;
	pass->stage = night->stage;
	pass->stopped = xstrdup(night->stopped);
	pass->result->flight = xstrdup(night->flight);
	pass->result->end = NIGHTLY_DONE;
	return 0;
}

/* One that was not concluded, as its nightly was killed; or a new one. */
static int find_or_make(struct pass *pass, struct error *err)
{
	struct night night;
	int rc = night_find(pass->db, pass->branch, pass->options->blessing,
			    &night, err);

	if (rc > 0) {
		rc = adopt(pass, &night, err);
		night_release(&night);
		return rc;
	}
	if (rc < 0 || choose(pass, err) < 0)
		return -1;
	return pass->result->end == NIGHTLY_UP_TO_DATE ? 0 :
		make_flight(pass, err);
}

static int set_stage(struct pass *pass, enum night_stage stage,
		     struct error *err)
{
	pass->stage = stage;
	return night_set_stage(pass->db, pass->result->flight, stage, err);
}

/* --- its jobs ------------------------------------------------------------- */

/* It is over once it has its blessing. */
static int is_over(const struct pass *pass, const char *flight, bool *over,
		   struct error *err)
{
	struct flight_row row;

	if (flight_get(pass->db, flight, &row, err) < 0)
		return -1;
	*over = strcmp(row.blessing, row.intended) == 0;
	flight_row_release(&row);
	return 0;
}

/* run-flight was stopped; so is what it left. *stopped: see run_flight. */
static int cut_short(const struct pass *pass, const char *flight,
		     char **stopped, struct error *err)
{
	int64_t grace = config_duration_ms(pass->config, "StepGrace");
	AUTO_FREE char *reason = NULL;
	char limit[DURATION_TEXT_SIZE];
	int rc;

	reason = xasprintf("NightlyLimit: the flight was not over within %s",
			   duration_text(config_duration_ms(pass->config,
							    "NightlyLimit"),
					 limit));
	if (overdue_stop(pass->db, flight, grace + KILL_MS, err) < 0 ||
	    db_begin(pass->db, err) < 0)
		return -1;
	rc = overdue_settle(pass->db, flight, reason, err);
	if (rc > 0) {
		*stopped = xstrdup(reason);
		/* of a retest there is no such row: this changes none */
		rc = night_set_stopped(pass->db, flight, reason, err);
	}
	if (rc == 0)
		return db_commit(pass->db, err);
	db_rollback(pass->db);
	return -1;
}

/*
 * To its end, which is at the latest NightlyLimit: *stopped says why it was
 * ended by us, the caller's; else it stays as it is. 1: somebody stopped it
 * before; it can be run on.
 */
static int run_flight(const struct pass *pass, const char *flight,
		      char **stopped, struct error *err)
{
	AUTO_FREE char *ironbird = program();
	char *const argv[] = {
		ironbird, (char *)"run-flight", (char *)"--yes",
		(char *)"--quiet", (char *)"--resume", (char *)flight, NULL,
	};
	const struct proc_spec spec = {
		.argv = argv,
		.limit_ms = config_duration_ms(pass->config, "NightlyLimit"),
		.grace_ms = config_duration_ms(pass->config, "NightlyGrace"),
	};
	AUTO_PROC_RESULT ran = { .output = STRBUF_INIT };
	bool over;

	if (is_over(pass, flight, &over, err) < 0)
		return -1;
	if (over)
		return 0;
	if (proc_run(&spec, &ran, err) < 0)
		return ran.timed_out ?
			cut_short(pass, flight, stopped, err) :
			error_prefix(err, "flight %s", flight);
	/* other words than "done" are its jobs', and will be judged */
	if (ran.status == ERROR_USAGE || ran.status == ERROR_AGAIN)
		return error_set(err, ran.status == ERROR_AGAIN ?
				 ERROR_AGAIN : ERROR_BROKEN, "flight %s could "
				 "not be run (status %d)", flight, ran.status);
	return is_over(pass, flight, &over, err) < 0 ? -1 : !over;
}

static int run_night(struct pass *pass, struct error *err)
{
	int rc = run_flight(pass, pass->result->flight, &pass->stopped, err);

	pass->interrupted = rc > 0;
	return rc < 0 ? -1 : set_stage(pass, NIGHT_RUN, err);
}

/* --- the verdict ---------------------------------------------------------- */

static int judge_flight(const struct pass *pass,
			struct assessment *assessment, struct error *err)
{
	const struct evidence_request request = {
		.flight = pass->result->flight, .these = STRVEC_INIT,
		.those = STRVEC_INIT,
	};

	return assess(pass->db, &request, NULL, assessment, err);
}

/* The retest that an earlier nightly of the flight made, or one now. */
static int find_retest(const struct pass *pass,
		       const struct assessment *assessment, struct error *err)
{
	char **again = &pass->result->retest;
	struct retest_links links;

	if (retest_links_get(pass->db, pass->result->flight, &links, err) < 0)
		return -1;
	if (links.flights.count)
		*again = xstrdup(links.flights.v[0]);
	retest_links_release(&links);
	if (*again || pass->stage != NIGHT_RUN || pass->of_baseline ||
	    pass->stopped ||	/* the time for it is over */
	    pass->interrupted ||
	    assessment->judgement.overall != OVERALL_REGRESSIONS ||
	    !config_bool(pass->config, "NightlyRetest"))
		return 0;
	return retest_make(pass->db, &assessment->evidence,
			   &assessment->judgement, pass->options->blessing,
			   again, err);
}

/* Regressions are run once more; the flight is then judged with that. */
static int retest(struct pass *pass, struct assessment *assessment,
		  struct error *err)
{
	AUTO_FREE char *stopped = NULL;

	if (find_retest(pass, assessment, err) < 0)
		return -1;
	if (pass->stage != NIGHT_RUN)
		return 0;
	if (pass->result->retest) {
		if (run_flight(pass, pass->result->retest, &stopped, err) < 0)
			return -1;
		assessment_release(assessment);
		if (judge_flight(pass, assessment, err) < 0)
			return -1;
	}
	return set_stage(pass, NIGHT_RETESTED, err);
}

/* --- letting through ------------------------------------------------------ */

static bool listed(const char *path, const char *commit)
{
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRVEC words = STRVEC_INIT;

	if (!file_exists(path) || file_read(path, FILE_MAX, &text, NULL) < 0)
		return false;
	strvec_split(&words, text.buf, " \t\r\n");
	return strvec_has(&words, commit);
}

/* Why it is not let through, the caller's; NULL when it is. */
static char *why_not(const struct pass *pass, enum overall overall)
{
	AUTO_FREE char *block = pass_file(pass, "%s.block", pass->branch);
	AUTO_FREE char *force = pass_file(pass, "%s.force", pass->branch);
	AUTO_FREE char *these = pass_file(pass, "%s.force-rev", pass->branch);

	if (pass->options->no_push)
		return xstrdup("not asked to");
	if (pass->interrupted)
		return xstrdup("somebody stopped the flight");
	if (pass->of_baseline)
		return xstrdup("this is the baseline, which had not been "
			       "tested");
	if (file_exists(block))
		return xasprintf("the file %s is there", block);
	if (overall_tolerable(overall) || file_exists(force) ||
	    listed(these, pass->gate.candidate))
		return NULL;
	return xasprintf("the flight is not tolerable: %s",
			 overall_name(overall));
}

static int let_through(struct pass *pass, enum overall overall,
		       struct error *err)
{
	struct nightly_result *result = pass->result;
	struct error push_err = ERROR_INIT;

	result->why = why_not(pass, overall);
	if (result->why)
		return 0;
	if (gate_push(&pass->gate, &push_err) < 0) {
		/* the mail says so; tomorrow it is tried again */
		result->why = xasprintf("the push failed: %s", push_err.text);
		return 0;
	}
	result->pushed = true;
	return judgement_pushed(pass->db, result->flight,
				pass->gate.candidate, err);
}

/* --- all of it ------------------------------------------------------------ */

static int conclude(struct pass *pass, struct error *err)
{
	struct assessment assessment;
	int rc;

	if (judge_flight(pass, &assessment, err) < 0 ||
	    retest(pass, &assessment, err) < 0)
		return -1;
	pass->result->overall = assessment.judgement.overall;
	rc = assess_record(pass->db, &assessment.evidence,
			   &assessment.judgement, err);
	if (rc == 0)
		rc = let_through(pass, pass->result->overall, err);
	if (rc == 0) {
		pass->result->report = pass_report(pass, &assessment.report);
		pass_tell(pass, &assessment.report);
	}
	assessment_release(&assessment);
	return rc;
}

static int fly(struct pass *pass, struct error *err)
{
	if (find_or_make(pass, err) < 0)
		return -1;
	if (pass->result->end == NIGHTLY_UP_TO_DATE)
		return 0;
	if (pass->stage == NIGHT_MADE && run_night(pass, err) < 0)
		return -1;
	return conclude(pass, err);
}

int nightly(const struct config *config, struct db *db, const char *branch,
	    const struct nightly_options *options,
	    struct nightly_result *result, struct error *err)
{
	struct pass pass = {
		.config = config, .db = db, .branch = branch,
		.options = options, .result = result, .gate = GATE_INIT,
	};
	AUTO_FREE char *lock_path = NULL;
	AUTO_CLOSE int lock = -1;
	int rc;

	*result = (struct nightly_result){ .end = NIGHTLY_DONE };
	if (name_check("branch", branch, err) < 0)
		return -1;
	lock_path = pass_file(&pass, "%s.lock", branch);
	lock = file_lock(lock_path, 0, err);
	if (lock < 0)
		return err->kind == ERROR_AGAIN ?
			error_set(err, ERROR_AGAIN, "branch %s: another "
				  "nightly is at it", branch) : -1;
	if (stopped(&pass))
		return 0;
	rc = gate_open(&pass.gate, config, branch, err);
	if (rc == 0)
		rc = fly(&pass, err);
	gate_release(&pass.gate);
	free(pass.stopped);
	if (rc < 0)
		nightly_result_release(result);
	return rc;
}
