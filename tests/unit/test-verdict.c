/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the end of a step comes to; the watchdog's own decision. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "run/guard.h"
#include "run/verdict.h"

static struct recipe_step step = {
	.argv = STRVEC_INIT, .on_fail = STEP_FAIL, .on_limit = STEP_BROKEN,
};

static void check(const struct step_facts *facts, enum step_status status,
		  const char *words)
{
	AUTO_FREE char *reason = verdict_reason(facts);

	assert_string_equal(step_status_name(verdict_status(facts)),
			    step_status_name(status));
	if (!words)
		assert_null(reason);
	else if (!reason || !strstr(reason, words))
		fail_msg("'%s' is not in: %s", words, str_or(reason, "NULL"));
}

static struct step_facts ended(bool exited, int status)
{
	return (struct step_facts){
		.step = &step, .end = { .exited = exited, .status = status },
		.stage = "waiting", .limit_ms = 1000, .job_limit_ms = 2000,
	};
}

/* Its host crashed while it ran. */
static void test_crash(void **state)
{
	static const char crash[] = "iron1 crashed: Kernel panic (x, byte 1)";
	struct step_facts facts = ended(false, SIGTERM);

	(void)state;
	facts.crash = crash;
	facts.why = STEP_STOP_CRASH;
	check(&facts, STEP_FAIL, crash);
	/* its own word, and why that came */
	facts = ended(true, 99);
	facts.crash = crash;
	facts.told = "host iron1: ssh session lost";
	check(&facts, STEP_BROKEN,
	      "iron1 crashed: Kernel panic (x, byte 1); host iron1: ssh");
	/* it saw the crash itself: told once */
	facts.told = "iron1 crashed: Kernel panic (x, byte 1; stage 'y')";
	check(&facts, STEP_BROKEN, "; stage 'y')");
	facts = ended(true, 0);
	facts.crash = crash;
	check(&facts, STEP_PASS, NULL);
}

static void test_killed_by_others(void **state)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGHUP };
	struct step_facts facts;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		facts = ended(false, signals[i]);
		check(&facts, STEP_LOST, "was killed from outside by signal");
		facts.history.lost = LOST_MAX - 1;
		check(&facts, STEP_LOST, "is run again (last seen: waiting)");
		facts.history.lost = LOST_MAX;
		check(&facts, STEP_BROKEN, "as in 2 attempts before");
	}
	facts = ended(false, SIGKILL);
	facts.starved = true;
	check(&facts, STEP_BROKEN, "the kernel was short of memory");
}

static void test_crashes(void **state)
{
	static const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGPIPE };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct step_facts facts = ended(false, signals[i]);

		check(&facts, STEP_BROKEN, "ts-x was killed by signal");
	}
}

static void test_stopped_by_run_job(void **state)
{
	struct step_facts facts = ended(false, SIGKILL);

	(void)state;
	facts.why = STEP_STOP_LIMIT;
	check(&facts, STEP_BROKEN, "did not end within 1.0 s (last seen: "
	      "waiting)");
	facts.why = STEP_STOP_JOB;
	check(&facts, STEP_BROKEN, "the job did not end within 2.0 s");
	facts.why = STEP_STOP_ABORT;
	check(&facts, STEP_ABORTED, "was stopped");
	facts = ended(true, 0);
	facts.why = STEP_STOP_ABORT;
	check(&facts, STEP_PASS, NULL);
}

static void test_after_a_cut(void **state)
{
	struct step_facts facts = ended(true, 1);

	(void)state;
	facts.told = "the guest runs already";
	check(&facts, STEP_FAIL, "the guest runs already");
	facts.history.cut_off = true;
	check(&facts, STEP_BROKEN, "cut off in its middle, which may be why: "
	      "the guest runs already");
	facts.end.status = 77;
	check(&facts, STEP_SKIP, "the guest runs already");
	facts.end.status = 0;
	check(&facts, STEP_PASS, NULL);
}

/* A run-job whose loop turns, and that forgot its promise. */
static int break_promise(void)
{
	struct error err = ERROR_INIT;
	struct guard *guard;
	struct guard_spec spec = {
		.flight = "f", .job = "j", .run = 1, .limit_ms = 200,
	};
	int64_t end = clock_mono_ms() + 20000;

	if (sd_event_new(&spec.event) < 0 ||
	    guard_start(&guard, &spec, &err) < 0)
		return 1;
	guard_promise(guard, 100);
	while (clock_mono_ms() < end) {
		sd_event_run(spec.event, 20000);
		guard_beat(guard);
	}
	return 0;
}

static void test_a_promise_that_is_not_kept(void **state)
{
	int wstatus = 0;
	pid_t pid;

	(void)state;
	setenv("OSSTEST_CONFIG", "/nonexistent/standalone.config", 1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid == 0) {
		sigset_t set;

		sigemptyset(&set);
		sigaddset(&set, SIGCHLD);
		sigprocmask(SIG_BLOCK, &set, NULL);
		_exit(break_promise());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &wstatus, 0), pid);
	assert_true(WIFSIGNALED(wstatus));
	assert_int_equal(WTERMSIG(wstatus), SIGKILL);
	/* the watchdog, which was its child, ends by itself */
	assert_true(waitpid(-1, &wstatus, 0) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_by_others),
		cmocka_unit_test(test_crash),
		cmocka_unit_test(test_crashes),
		cmocka_unit_test(test_stopped_by_run_job),
		cmocka_unit_test(test_after_a_cut),
		cmocka_unit_test(test_a_promise_that_is_not_kept),
	};
	int failed;

	strvec_push(&step.argv, "ts-x");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	strvec_release(&step.argv);
	return failed;
}
