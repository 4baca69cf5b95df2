/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that must succeed, or must not: behind cmocka.h, where a static
 * struct error err is what they fill.
 */
#ifndef TESTS_UNIT_OUTCOME_H
#define TESTS_UNIT_OUTCOME_H

#include <string.h>

#define ok(call) do { \
	if ((call) < 0) \
		fail_msg("%s", err.text); \
} while (0)
#define refused(call, what, words) do { \
	assert_int_equal(call, -1); \
	assert_int_equal(err.kind, what); \
	if (!strstr(err.text, words)) \
		fail_msg("'%s' is not in: %s", words, err.text); \
} while (0)

#endif
