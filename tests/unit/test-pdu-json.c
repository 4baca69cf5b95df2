/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths into what devices answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "pdu/json_path.h"

static const char answer[] =
	"{\"POWER\":\"ON\",\"output\":true,"
	"\"Outputs\":[{\"ID\":1,\"State\":0},{\"ID\":3,\"State\":1}],"
	"\"Boot\":{\"Target\":\"Pxe\"}}";

static void check(const char *json, const char *path, const char *expected)
{
	cJSON *root = cJSON_Parse(json);
	AUTO_FREE char *text = json_text(json_path(root, path));

	if (expected) {
		assert_non_null(text);
		assert_string_equal(text, expected);
	} else {
		assert_null(text);
	}
	cJSON_Delete(root);
}

static void test_paths(void **state)
{
	(void)state;
	check(answer, "POWER3|POWER", "ON");
	check(answer, "output", "true");
	check(answer, "Outputs[ID=3].State", "1");
	check(answer, "Outputs[0].ID", "1");
	check(answer, "Boot.Target", "Pxe");
	check("false", "", "false");
}

static void test_nothing_there(void **state)
{
	(void)state;
	check(answer, "Outputs[ID=2].State", NULL);
	check(answer, "Outputs[7].State", NULL);
	check(answer, "Outputs", NULL);
	check(answer, "POWER.x[1].y", NULL);
	check("[1,2", "x", NULL);
	check("{}", "Boot[", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_nothing_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
