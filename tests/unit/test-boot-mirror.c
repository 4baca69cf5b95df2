/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "boot/mirror.h"

static void check(const char *lines, const char *protocol, const char *host,
		  const char *path)
{
	struct error err = ERROR_INIT;
	struct mirror mirror;

	assert_int_equal(mirror_from_apt(lines, &mirror, &err), 0);
	assert_string_equal(mirror.protocol, protocol);
	assert_string_equal(mirror.host, host);
	assert_string_equal(mirror.path, path);
	mirror_release(&mirror);
}

static void test_known(void **state)
{
	(void)state;
	check("Debian http://a.example.com/debian/ bookworm\n", "http",
	      "a.example.com", "/debian");
	check("Debian https://a.example.com:8080/x/debian// trixie", "https",
	      "a.example.com:8080", "/x/debian");
	check("Debian http://a.example.com bookworm\n", "http",
	      "a.example.com", "");
}

static void test_others_are_left_out(void **state)
{
	(void)state;
	check("Other http://b.example.com/ bookworm\n"
	      "Debian http://c.example.com/debian-security/ "
	      "bookworm-security\n"
	      "Debian file:/mnt/debian/ bookworm\n"
	      "Debian\n\n"
	      "Debian http://d.example.com/debian/ bookworm\n", "http",
	      "d.example.com", "/debian");
}

static void test_none(void **state)
{
	struct mirror mirror = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(mirror_from_apt("", &mirror, &err), -1);
	assert_int_equal(err.kind, ERROR_USAGE);
	assert_non_null(strstr(err.text, "set DebianMirrorHost"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_others_are_left_out),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
