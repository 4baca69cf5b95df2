/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a step says while it runs, and what its end comes to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "run/outcome.h"
#include "run/telling.h"

static void exit_statuses_are_words(void **state)
{
	static const struct {
		bool exited;
		int status;
		enum step_status wanted;
	} rows[] = {
		{ true, 0, STEP_PASS }, { true, 1, STEP_BLOCKED },
		{ true, 77, STEP_SKIP }, { true, 98, STEP_BLOCKED },
		{ true, 99, STEP_BROKEN }, { true, 2, STEP_BROKEN },
		{ true, 127, STEP_BROKEN }, { false, 9, STEP_BROKEN },
		{ false, 1, STEP_BROKEN },
	};
	const struct recipe_step step = { .on_fail = STEP_BLOCKED };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct child_end end = { rows[i].exited,
					       rows[i].status };

		assert_int_equal(outcome_of_child(&step, &end),
				 rows[i].wanted);
	}
}

static void broken_is_never_fail(void **state)
{
	(void)state;
	assert_int_equal(outcome_join(JOB_BROKEN, JOB_FAIL, false),
			 JOB_BROKEN);
	assert_int_equal(outcome_join(JOB_FAIL, JOB_BROKEN, false),
			 JOB_BROKEN);
	assert_int_equal(outcome_join(JOB_FAIL, JOB_BROKEN, true), JOB_FAIL);
	assert_int_equal(outcome_join(JOB_PASS, JOB_BROKEN, true),
			 JOB_BROKEN);
	assert_int_equal(outcome_join(JOB_ABORTED, JOB_FAIL, false),
			 JOB_ABORTED);
	assert_int_equal(outcome_join(JOB_FAIL, JOB_ABORTED, false),
			 JOB_FAIL);
}

static void telling_of_consoles(void **state)
{
	static const char words[] =
		"watches iron1\nreboot iron1\nup iron1\n"
		"crash-ends-not kernel-panic\ncrash-ends-not reboot\n"
		"crash-ends kernel-panic\ncrash-ends never-was\n";
	struct telling telling;

	(void)state;
	telling_init(&telling);
	assert_false(telling.watches);
	telling_add(&telling, words, sizeof(words) - 1);
	assert_true(telling.watches);
	assert_int_equal(telling.reboots.count, 2);
	assert_string_equal(telling.reboots.v[0], "reboot iron1");
	assert_string_equal(telling.reboots.v[1], "up iron1");
	assert_int_equal(telling.crash_off.count, 1);
	assert_string_equal(telling.crash_off.v[0], "reboot");
	for (int i = 0; i < 1000; i++)
		telling_add(&telling, "crash-ends-not x\nup iron1\n", 26);
	assert_in_range(telling.reboots.count, 3, 100);
	assert_int_equal(telling.crash_off.count, 2);
	telling_release(&telling);
}

static void telling_survives_anything(void **state)
{
	static const char hostile[] = "stage a\033[2J\nreason why\nlimit 5\n"
		"limit -1\nlimit nan\nlimit 1e300\nnonsense\n\nstage ";
	struct telling telling;

	(void)state;
	telling_init(&telling);
	telling_add(&telling, hostile, sizeof(hostile) - 1);
	assert_string_equal(telling.stage, "a\\x1b[2J");
	assert_string_equal(telling.reason, "why");
	assert_int_equal(telling.limit_ms, 5000);
	for (int i = 0; i < 10000; i++)
		telling_add(&telling, "xxxxxxxxxx", 10);
	telling_add(&telling, "\n", 1);
	assert_true(strlen(telling.stage) < 1000);
	telling_release(&telling);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_statuses_are_words),
		cmocka_unit_test(broken_is_never_fail),
		cmocka_unit_test(telling_survives_anything),
		cmocka_unit_test(telling_of_consoles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
