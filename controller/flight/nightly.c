/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/names.h"
#include "base/proc.h"
#include "db/flights.h"
#include "db/judgements.h"
#include "db/past.h"
#include "flight/gate.h"
#include "flight/nightly.h"
#include "flight/pass.h"
#include "flight/retest.h"
#include "report/assess.h"

#define MAKE_LIMIT_MS (10 * 60 * 1000)
#define FILE_MAX 65536
#define BEGUN_MAX 20	/* flights of the branch that are not over */

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

/* REVISION_XEN=commit, as make-flight understands it. */
static char *revision_variable(const struct pass *pass)
{
	char *text = xasprintf("REVISION_%s=%s", pass->gate.tree.name,
			       pass->tested);

	for (char *p = text; *p != '='; p++)
		*p = isalnum((unsigned char)*p) ?
			(char)toupper((unsigned char)*p) : '_';
	return text;
}

static int make_flight(struct pass *pass, struct error *err)
{
	AUTO_FREE char *ironbird = program();
	AUTO_FREE char *revision = revision_variable(pass);
	char *const argv[] = {
		ironbird, (char *)"make-flight", (char *)pass->branch,
		(char *)"", (char *)pass->options->blessing, NULL,
	};
	char *const env[] = { revision, (char *)"OSSTEST_FLIGHT=", NULL };
	const struct proc_spec spec = {
		.argv = argv, .env = env, .limit_ms = MAKE_LIMIT_MS,
	};
	AUTO_PROC_RESULT made = { .output = STRBUF_INIT };

	if (proc_run(&spec, &made, err) < 0)
		return -1;
	strbuf_rtrim(&made.output);
	if (made.status || !name_ok(made.output.buf))
		return error_set(err, ERROR_BROKEN, "branch %s: make-flight "
				 "made no flight (status %d)", pass->branch,
				 made.status);
	pass->result->flight = xstrdup(made.output.buf);
	if (!*pass->gate.baseline)
		return 0;
	return baseline_put(pass->db, pass->result->flight,
			    pass->gate.tree.name, pass->gate.baseline, err);
}

/* One that was begun and not ended: a nightly was killed. */
static int find_begun(struct pass *pass, struct error *err)
{
	struct past_flights past;

	if (past_flight_list(pass->db, pass->branch, "constructing,running",
			     0, BEGUN_MAX, &past, err) < 0)
		return -1;
	for (size_t i = 0; i < past.count && !pass->result->flight; i++) {
		AUTO_STRVEC baseline = STRVEC_INIT;
		struct flight_row row;
		bool ours;

		if (baseline_list(pass->db, past.v[i].flight, &baseline,
				  err) < 0 ||
		    flight_get(pass->db, past.v[i].flight, &row, err) < 0) {
			past_flights_release(&past);
			return -1;
		}
		ours = baseline.count &&
			strcmp(row.intended, pass->options->blessing) == 0;
		flight_row_release(&row);
		if (ours)
			pass->result->flight = xstrdup(past.v[i].flight);
	}
	past_flights_release(&past);
	return 0;
}

/* That of a flight that is carried on is not today's candidate. */
static int adopt_revision(struct pass *pass, struct error *err)
{
	struct evidence_request request = {
		.flight = pass->result->flight, .these = STRVEC_INIT,
		.those = STRVEC_INIT, .until = 1,
	};
	struct evidence evidence;
	const char *revision;

	if (evidence_gather(pass->db, &request, &evidence, err) < 0)
		return -1;
	revision = revision_of(&evidence.this_revisions,
			       pass->gate.tree.name);
	if (revision && git_is_commit(revision))
		memcpy(pass->gate.candidate, revision, COMMIT_SIZE);
	pass->of_baseline = strcmp(pass->gate.candidate,
				   pass->gate.baseline) == 0;
	pass->tested = pass->gate.candidate;
	pass->result->end = NIGHTLY_DONE;
	evidence_release(&evidence);
	return 0;
}

static int run_flight(const struct pass *pass, const char *flight,
		      struct error *err)
{
	AUTO_FREE char *ironbird = program();
	char *const argv[] = {
		ironbird, (char *)"run-flight", (char *)"--yes",
		(char *)"--quiet", (char *)"--resume", (char *)flight, NULL,
	};
	const struct proc_spec spec = {
		.argv = argv,
		.limit_ms = config_duration_ms(pass->config, "NightlyLimit"),
	};
	AUTO_PROC_RESULT ran = { .output = STRBUF_INIT };

	if (proc_run(&spec, &ran, err) < 0)
		return error_prefix(err, "flight %s", flight);
	/* other words than "done" are its jobs', and will be judged */
	if (ran.status == ERROR_USAGE || ran.status == ERROR_AGAIN)
		return error_set(err, ran.status == ERROR_AGAIN ?
				 ERROR_AGAIN : ERROR_BROKEN, "flight %s could "
				 "not be run (status %d)", flight, ran.status);
	return 0;
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

/* Regressions are run once more; the flight is then judged with that. */
static int retest(const struct pass *pass, struct assessment *assessment,
		  struct error *err)
{
	char **again = &pass->result->retest;

	if (assessment->judgement.overall != OVERALL_REGRESSIONS ||
	    pass->of_baseline || !config_bool(pass->config, "NightlyRetest"))
		return 0;
	if (retest_make(pass->db, &assessment->evidence,
			&assessment->judgement, pass->options->blessing,
			again, err) < 0)
		return -1;
	if (!*again)
		return 0;
	if (run_flight(pass, *again, err) < 0)
		return -1;
	assessment_release(assessment);
	return judge_flight(pass, assessment, err);
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
	if (find_begun(pass, err) < 0)
		return -1;
	if (pass->result->flight) {
		if (adopt_revision(pass, err) < 0)
			return -1;
	} else {
		if (choose(pass, err) < 0)
			return -1;
		if (pass->result->end == NIGHTLY_UP_TO_DATE)
			return 0;
		if (make_flight(pass, err) < 0)
			return -1;
	}
	if (run_flight(pass, pass->result->flight, err) < 0)
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
	if (rc < 0)
		nightly_result_release(result);
	return rc;
}
