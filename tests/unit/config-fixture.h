/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A working folder, home and settings of its own for every test of config/.
 * Included once by each test program; there is no library of tests.
 */
#ifndef IRONBIRD_TESTS_UNIT_CONFIG_FIXTURE_H
#define IRONBIRD_TESTS_UNIT_CONFIG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "config/config.h"

static char *dir;	/* every test's own working folder and home */
static struct config *config;
static struct strvec warnings;
static struct error err;

static inline int set_up(void **state)
{
	(void)state;
	dir = xstrdup("/tmp/test-config.XXXXXX");
	strvec_init(&warnings);
	err = (struct error)ERROR_INIT;
	return mkdtemp(dir) && chdir(dir) == 0 &&
		setenv("HOME", dir, 1) == 0 &&
		setenv("IRONBIRD_SHARE", dir, 1) == 0 &&
		unsetenv("OSSTEST_CONFIG") == 0 &&
		unsetenv("REVISION_XEN") == 0 &&
		unsetenv("TREE_XEN") == 0 ? 0 : -1;
}

static inline int tear_down(void **state)
{
	(void)state;
	config_free(config);
	config = NULL;
	strvec_release(&warnings);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(dir_remove(dir, NULL), 0);
	free_pointer(&dir);
	return 0;
}

static inline void put_bytes(const char *name, const void *text, size_t len)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);

	assert_int_equal(file_publish(path, text, len, 0644, NULL), 0);
}

static inline void put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

static inline int load(void)
{
	config_free(config);
	config = NULL;
	strvec_release(&warnings);
	return config_load(&config, &warnings, &err);
}

/* standalone.config with this text loads without a warning. */
static inline void load_text(const char *text)
{
	put("standalone.config", text);
	if (load() < 0)
		fail_msg("%s", err.text);
	if (warnings.count)
		fail_msg("%s", warnings.v[0]);
}

/* What the settings hold, below the working folder. */
static inline void assert_path(const char *name, const char *path)
{
	AUTO_FREE char *whole = xasprintf("%s/%s", dir, path);

	assert_string_equal(config_get(config, name), whole);
}

static inline void assert_warning(const char *text, const char *part)
{
	put("standalone.config", text);
	assert_int_equal(load(), 0);
	assert_int_equal(warnings.count, 1);
	if (!strstr(warnings.v[0], part))
		fail_msg("'%s' is not in '%s'", part, warnings.v[0]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
