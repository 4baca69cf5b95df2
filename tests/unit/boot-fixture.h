/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host iron1 in a site of its own below a temporary folder, with a settings
 * file of its own, for the tests of boot/. Included once by each test program.
 */
#ifndef IRONBIRD_TESTS_UNIT_BOOT_FIXTURE_H
#define IRONBIRD_TESTS_UNIT_BOOT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "config/config.h"
#include "host/host.h"
#include "tests/unit/outcome.h"

static char *dir;	/* every test's own folder; settings and share, too */
static struct config *config;
static struct host host;
static struct error err;

static inline void put_mode(const char *name, const char *text, mode_t mode)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);

	if (file_publish(path, text, strlen(text), mode, &err) < 0)
		fail_msg("%s", err.text);
}

static inline void put(const char *name, const char *text)
{
	put_mode(name, text, 0644);
}

/* The file's text, until the next call. */
static inline const char *text_of(const char *path)
{
	static char text[65536];
	AUTO_STRBUF sb = STRBUF_INIT;

	if (file_read(path, sizeof(text) - 1, &sb, &err) < 0)
		fail_msg("%s", err.text);
	memcpy(text, sb.buf, sb.len);
	text[sb.len] = '\0';
	return text;
}

static inline mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static inline void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in '%s'", part, text);
}

static inline void assert_error(int rc, enum error_kind kind,
				const char *part)
{
	assert_int_equal(rc, -1);
	assert_int_equal(err.kind, kind);
	assert_has(err.text, part);
}

/* Loads what stands in the settings file besides the folders. */
static inline void settings(const char *more)
{
	AUTO_FREE char *text = xasprintf(
		"StateDir %s/state\nNetAddress 192.0.2.1\n"
		"DebianSuite bookworm\n%s", dir, more);
	AUTO_FREE char *path = xasprintf("%s/standalone.config", dir);
	AUTO_STRVEC warnings = STRVEC_INIT;

	put("standalone.config", text);
	setenv("OSSTEST_CONFIG", path, 1);
	config_free(config);
	config = NULL;
	if (config_load(&config, &warnings, &err) < 0)
		fail_msg("%s", err.text);
	host.config = config;
	site_release(&host.site);
	if (site_load(&host.site, config, NULL, &err) < 0)
		fail_msg("%s", err.text);
}

static inline void set_prop(const char *name, const char *value)
{
	strvec_pushf(&host.props, "%s=%s", name, value);
}

static inline int set_up(void **state)
{
	(void)state;
	dir = xstrdup("/tmp/test-boot.XXXXXX");
	err = (struct error)ERROR_INIT;
	host = (struct host){
		.name = xstrdup("iron1"), .fqdn = xstrdup("iron1.example.com"),
		.ether = xstrdup("52:54:00:12:34:5f"),
		.address = xstrdup("192.0.2.14"),
		.flags = STRVEC_INIT, .props = STRVEC_INIT,
	};
	if (!mkdtemp(dir) || chdir(dir) < 0 || setenv("HOME", dir, 1) < 0 ||
	    setenv("IRONBIRD_SHARE", dir, 1) < 0)
		return -1;
	settings("");
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	config_free(config);
	config = NULL;
	site_release(&host.site);
	free(host.name);
	free(host.fqdn);
	free(host.ether);
	free(host.address);
	strvec_release(&host.props);
	strvec_release(&host.flags);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(dir_remove(dir, NULL), 0);
	free_pointer(&dir);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
