/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which steps --from, --until and --only mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "run/select.h"

static char dir[] = "/tmp/ironbird-test-select-XXXXXX";
static struct recipe *recipe;

static const char text[] =
	"summary: x\naround: none\nhosts: [a, b]\nsteps:\n"
	"- run: ts-first\n"
	"- run: ts-up {host}\n  testid: up\n  each-host: true\n"
	"- run: ts-boot {host}\n  testid: boot\n  each-host: true\n"
	"- run: ts-guest one\n"
	"- run: ts-guest two\n"
	"- run: ts-logs\n  always: true\n";

static int set_up(void **state)
{
	AUTO_FREE char *path = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	path = xasprintf("%s/one.yaml", dir);
	setenv("IRONBIRD_JOBS_PATH", dir, 1);
	if (file_publish(path, text, sizeof(text) - 1, 0644, &err) < 0)
		return -1;
	return recipe_load(&recipe, "one", &err);
}

static int tear_down(void **state)
{
	(void)state;
	recipe_free(recipe);
	return dir_remove(dir, NULL);
}

/* A letter for each step that is wanted: f u b u b 1 2 l, lanes a and b. */
static void assert_wanted(const struct step_selection *selection,
			  const char *wanted)
{
	static const char letters[] = "fubUB12l";
	struct error err = ERROR_INIT;
	bool *is = xcalloc(recipe->count, sizeof(*is));
	char got[sizeof(letters)] = "";
	size_t len = 0;

	assert_int_equal(recipe->count, sizeof(letters) - 1);
	if (select_steps(recipe, selection, is, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < recipe->count; i++)
		if (is[i])
			got[len++] = letters[i];
	free(is);
	assert_string_equal(got, wanted);
}

#define SELECT(...) (&(struct step_selection){ __VA_ARGS__ })

static void everything_unless_said(void **state)
{
	(void)state;
	assert_wanted(SELECT(.from = NULL), "fubUB12l");
}

static void ranges_mean_every_lane(void **state)
{
	(void)state;
	assert_wanted(SELECT(.from = "boot"), "bB12l");
	assert_wanted(SELECT(.from = "boot/b"), "bB12l");
	assert_wanted(SELECT(.until = "up"), "fuUl");
	assert_wanted(SELECT(.from = "up", .until = "up/a"), "uUl");
}

static void a_test_case_is_all_of_its_steps(void **state)
{
	(void)state;
	assert_wanted(SELECT(.from = "ts-guest"), "12l");
	assert_wanted(SELECT(.until = "ts-guest"), "fubUB12l");
	assert_wanted(SELECT(.only = "ts-guest"), "12");
	assert_wanted(SELECT(.only = "boot/b"), "B");
	assert_wanted(SELECT(.only = "boot"), "bB");
}

static void assert_refused(const struct step_selection *selection,
			   const char *part)
{
	struct error err = ERROR_INIT;
	bool is[16];

	assert_int_equal(select_steps(recipe, selection, is, &err), -1);
	assert_int_equal(err.kind, ERROR_USAGE);
	if (!strstr(err.text, part))
		fail_msg("no '%s' in '%s'", part, err.text);
}

static void nonsense_is_refused(void **state)
{
	(void)state;
	assert_refused(SELECT(.from = "guest/on"), "did you mean 'guest/one'");
	assert_refused(SELECT(.only = "nothing-like-it"), "has no step");
	assert_refused(SELECT(.from = "guest/two", .until = "up"),
		       "comes before");
	assert_refused(SELECT(.only = "up", .from = "up"), "--only");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_unless_said),
		cmocka_unit_test(ranges_mean_every_lane),
		cmocka_unit_test(a_test_case_is_all_of_its_steps),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
