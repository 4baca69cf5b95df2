/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines: every type of option, in every order, and its errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/options.h"

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in '%s'", part, text);
}

static struct {
	bool all, json;
	const char *name;
	int64_t number, limit;
	struct strvec list, args;
	struct error err;
} got;

static const struct option_row rows[] = {
	OPTION_FLAG('a', "all", &got.all, "everything"),
	OPTION_FLAG('j', "json", &got.json, "print JSON"),
	OPTION_STRING('n', "name", "NAME", &got.name, "its name"),
	OPTION_NUMBER(0, "number", "N", &got.number, "how many"),
	OPTION_DURATION('l', "limit-of-everything", "TIME", &got.limit,
			"how long"),
	OPTION_LIST('x', "except", "WHAT", &got.list, "may be given often"),
	OPTION_FAMILY("that-", "TREE=REV", &got.list, "a word and a value"),
	OPTION_END
};

static int parse(const char *line)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	static struct strvec kept = STRVEC_INIT;

	strvec_release(&got.list);
	strvec_release(&got.args);
	strvec_release(&kept);
	memset(&got, 0, sizeof(got));
	strvec_init(&got.list);
	strvec_init(&got.args);
	strvec_split(&kept, line, "|");
	return options_parse(rows, (int)kept.count, kept.v, &got.args,
			     &got.err);
}

static int options_set_up(void **state)
{
	(void)state;
	strvec_init(&got.list);
	strvec_init(&got.args);
	return 0;
}

static int options_tear_down(void **state)
{
	assert_int_equal(parse(""), OPTIONS_OK);
	return options_set_up(state);
}

static void test_options_types(void **state)
{
	(void)state;
	assert_int_equal(parse("x|one|-a|--name|iron1|two|--number=-5|-l20m|"
			       "-x|p|--except=q|--except|r=s|-|three"),
			 OPTIONS_OK);
	assert_true(got.all);
	assert_false(got.json);
	assert_string_equal(got.name, "iron1");
	assert_int_equal(got.number, -5);
	assert_int_equal(got.limit, 20 * 60 * 1000);
	assert_int_equal(got.list.count, 3);
	assert_string_equal(got.list.v[2], "r=s");
	assert_int_equal(got.args.count, 4);
	assert_string_equal(got.args.v[2], "-");
	assert_string_equal(got.args.v[3], "three");
}

static void test_options_family(void **state)
{
	(void)state;
	assert_int_equal(parse("x|--that-xen=a=b|--that-|--that-qemu|c"), -1);
	assert_non_null(strstr(got.err.text, "unknown option '--that-'"));
	assert_int_equal(parse("x|--that-xen=a=b|--that-qemu|c"),
			 OPTIONS_OK);
	assert_int_equal(got.list.count, 4);
	assert_string_equal(got.list.v[0], "xen");
	assert_string_equal(got.list.v[1], "a=b");
	assert_string_equal(got.list.v[2], "qemu");
	assert_string_equal(got.list.v[3], "c");
	assert_int_equal(parse("x|--that-xen"), -1);
	assert_non_null(strstr(got.err.text, "needs a value"));
}

static void test_options_forms(void **state)
{
	(void)state;
	assert_int_equal(parse("x|-ajn|iron2|a"), OPTIONS_OK);
	assert_true(got.all && got.json);
	assert_string_equal(got.name, "iron2");
	assert_int_equal(parse("x|-ajniron3"), OPTIONS_OK);
	assert_string_equal(got.name, "iron3");
	assert_int_equal(parse("x|--name=|-j|--|-a|--json|--"), OPTIONS_OK);
	assert_string_equal(got.name, "");
	assert_false(got.all);
	assert_int_equal(got.args.count, 3);
	assert_string_equal(got.args.v[0], "-a");
	assert_string_equal(got.args.v[2], "--");
	assert_int_equal(parse("x|a|-h|--nonsense"), OPTIONS_HELP);
	assert_int_equal(parse("x|--help"), OPTIONS_HELP);
	assert_int_equal(parse("x|-ah"), OPTIONS_HELP);
	assert_int_equal(parse("x|--|-h"), OPTIONS_OK);
}

static void assert_option_error(const char *line, const char *part)
{
	assert_int_equal(parse(line), -1);
	assert_int_equal(got.err.kind, ERROR_USAGE);
	assert_has(got.err.text, part);
}

static void test_options_errors(void **state)
{
	(void)state;
	assert_option_error("x|--jsno", "unknown option '--jsno' (did you "
			    "mean '--json'?)");
	assert_option_error("x|--nmae=iron1.example.com",
			    "'--nmae' (did you mean '--name'?)");
	assert_option_error("x|--bananas", "unknown option '--bananas'");
	assert_option_error("x|-az", "unknown option '-az'");
	assert_option_error("x|--=x", "unknown option '--'");
	assert_option_error("x|--name", "option --name needs a value (NAME)");
	assert_option_error("x|-an", "option --name needs a value (NAME)");
	assert_option_error("x|--json=yes", "option --json takes no value");
	assert_option_error("x|--number|", "option --number needs a value");
	assert_option_error("x|--number=", "takes a whole number, not ''");
	assert_option_error("x|--number|5x", "a whole number, not '5x'");
	assert_option_error("x|--number|99999999999999999999", "whole number");
	assert_option_error("x|-l|soon", "option --limit-of-everything: "
			    "'soon' is not a duration");
	assert_option_error("x|--\x1b[2J\n", "'--?[2J '");
}

static void test_options_help(void **state)
{
	AUTO_FREE char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	options_print(rows, out);
	fclose(out);
	assert_has(text, "  -a, --all                  everything\n");
	assert_has(text, "      --number N             how many\n");
	assert_has(text, "  -l, --limit-of-everything TIME\n"
		   "                             how long\n");
	assert_has(text, "  -h, --help                 show this help\n");
}

#define OPTIONS_TEST(f) \
	cmocka_unit_test_setup_teardown(f, options_set_up, options_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OPTIONS_TEST(test_options_types),
		OPTIONS_TEST(test_options_family),
		OPTIONS_TEST(test_options_forms),
		OPTIONS_TEST(test_options_errors),
		OPTIONS_TEST(test_options_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
