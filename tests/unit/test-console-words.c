/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in settings: consoles and debug keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/settings.h"
#include "host/console_module.h"
#include "host/debug_key.h"

static void test_bad_sources(void **state)
{
	static const struct {
		char *words[4];
		const char *reason;
	} rows[] = {
		{ { "seriel", NULL }, "(did you mean 'serial'?)" },
		{ { "serial", NULL }, "'device=' is missing" },
		{ { "serial", "device=/dev/x", "speed=9601", NULL },
		  "9601 is no speed" },
		{ { "serial", "device=/dev/x", "sped=9600", NULL },
		  "(did you mean 'speed'?)" },
		{ { "telnet", "host=ts1", NULL }, "is not NAME:PORT" },
		{ { "tcp", "host=ts1:65536", NULL }, "is not NAME:PORT" },
		{ { "ser2net", "host=ts1:1", "speed=fast", NULL },
		  "speed=fast is no number" },
		{ { "ipmi", "host=b", "now", NULL }, "is used as 'ipmi host" },
		{ { "ipmi", "host=b", "retries=0", NULL }, "retries=0 is" },
		{ { "conserver", "host=c", NULL }, "'name=' is missing" },
		{ { "exec", NULL }, "is used as 'exec PROGRAM" },
		{ { "none", "at-all", NULL }, "is used as 'none'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct console_source source;
		struct error err = ERROR_INIT;

		assert_int_equal(console_source_make(&source, "console",
					(char *const *)rows[i].words, &err),
				 -1);
		assert_int_equal(err.kind, ERROR_USAGE);
		if (!strstr(err.text, rows[i].reason))
			fail_msg("%s: '%s'", rows[i].words[0], err.text);
	}
}

/* What is sent by default is all known, each by words of its own. */
static void test_debug_keys(void **state)
{
	const char *keys = setting_find("XenDebugKeys")->fallback;
	AUTO_STRVEC all = STRVEC_INIT;

	(void)state;
	for (; *keys; keys++) {
		AUTO_STRVEC texts = STRVEC_INIT;

		if (*keys == ' ')
			continue;
		assert_true(debug_key_answers(*keys, &texts));
		for (size_t i = 0; i < texts.count; i++) {
			assert_false(strvec_has(&all, texts.v[i]));
			strvec_push(&all, texts.v[i]);
		}
	}
	assert_true(all.count > 10);
	assert_false(debug_key_answers('y', &all));
	assert_false(debug_key_answers('\0', &all));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_sources),
		cmocka_unit_test(test_debug_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
