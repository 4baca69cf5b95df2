/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The format of settings files, which are read, what values become. */
#include "tests/unit/config-fixture.h"

static void assert_error(const char *text, const char *part)
{
	put("standalone.config", text);
	assert_int_equal(load(), -1);
	assert_int_equal(err.kind, ERROR_USAGE);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in '%s'", part, err.text);
}

/* ---- the format --------------------------------------------------------- */

static void test_plain_values(void **state)
{
	(void)state;
	load_text("\xef\xbb\xbf# comment\r\n\n  \t# another\n"
		  "TestHost\t  kodo4  \r\n"
		  "  DnsDomain example.com # not a comment\n"
		  "HostFlags_a-b x, y\n"
		  "Blessing \"quotes stay\"");
	assert_string_equal(config_get(config, "TestHost"), "kodo4");
	assert_string_equal(config_get(config, "DnsDomain"),
			    "example.com # not a comment");
	assert_string_equal(config_get(config, "Blessing"),
			    "\"quotes stay\"");
}

static void test_perl_constants(void **state)
{
	(void)state;
	load_text("TestHost= 'it\\'s'\nDnsDomain=\"a\\\"b\\$c\";\n"
		  "Baud= 9600 ; # slow\nHostFlags= ''\n"
		  "Blessing= 'a\\\\b\\n'\n");
	assert_string_equal(config_get(config, "TestHost"), "it's");
	assert_string_equal(config_get(config, "DnsDomain"), "a\"b$c");
	assert_int_equal(config_number(config, "Baud"), 9600);
	assert_string_equal(config_get(config, "HostFlags"), "");
	assert_string_equal(config_get(config, "Blessing"), "a\\b\\n");
}

static void test_perl_is_not_run(void **state)
{
	static const char *const values[] = {
		"`hostname`", "$ENV{HOST}", "\"$ENV{HOST}\"", "kodo4",
		"'a'.'b'", "4*86400", "'open", "\"open", "\"\\x41\"", "",
		"qw(a b)", "\"a@b\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		AUTO_FREE char *text = xasprintf("\nTestHost= %s\n",
						 values[i]);

		assert_error(text, "standalone.config:2: setting 'TestHost': "
			     "Perl expressions are not run");
		assert_non_null(strstr(err.text, "write 'TestHost VALUE'"));
	}
}

static void test_here_documents(void **state)
{
	(void)state;
	load_text("DebianPreseed= <<'END'\n# kept $x\n  two\n\nEND\n"
		  "AuthorizedKeysAppend= <<\"A B\";\r\nkey\r\nA B\r\n"
		  "TestHost kodo4\n");
	assert_string_equal(config_get(config, "DebianPreseed"),
			    "# kept $x\n  two\n\n");
	assert_string_equal(config_get(config, "AuthorizedKeysAppend"),
			    "key\n");
	assert_string_equal(config_origin(config, "DebianPreseed"),
			    "standalone.config:1");
	assert_string_equal(config_origin(config, "TestHost"),
			    "standalone.config:9");
	assert_warning("DebianPreseed= <<END\n$c{Foo}\nEND\n",
		       "standalone.config:1: setting 'DebianPreseed': $ and @");
	assert_error("\nDebianPreseed= <<END\nx\n END\n",
		     "standalone.config:2: setting 'DebianPreseed': the "
		     "here-document has no last line 'END'");
	assert_error("DebianPreseed= <<\n", "begins with <<'END'");
	assert_error("DebianPreseed <<'END'\n", "right behind the name");
	assert_error("TestHost= <<E\na\nb\nE\n", "the value is one line");
}

static void test_bad_lines(void **state)
{
	(void)state;
	assert_error("\n\ntestHost x\n", "standalone.config:3: 'testHost x' "
		     "is not a setting");
	assert_error("Test.Host x\n", "is not a setting");
	assert_error("TestHost\n", "setting 'TestHost' has no value");
	assert_error("TestHost = x\n", "right behind the name");
	assert_error("export 1A=x\n", "export VARIABLE=VALUE");
	assert_error("export A=$(id)\n", "the shell is not run");
	assert_error("Baud fast\n", "standalone.config:1: setting 'Baud': "
		     "'fast' is not a whole number");
	assert_error("BootLimit 5 apples\n", "is not a duration");
	assert_error("MinFreeSpace 5X\n", "'5X' is not a size");
	assert_error("MinFreeSpace -1\n", "'-1' is not a size");
	assert_error("MinFreeSpace 9000000T\n", "is not a size");
	assert_error("CaptureLogs maybe\n", "neither y nor n");
	assert_error("WebspaceUrl ftp://x\n", "http://");
	assert_error("WebspaceCommon ../x\n", "no '..'");
	assert_error("Logs ~root/x\n", "only ~/ is expanded");
	assert_error("StateDir %Logs%/x\n", "refers to itself");
	assert_error("Baud x\nBaud y\nBaud z\n", "(and 2 more: ");
}

static void test_sizes(void **state)
{
	AUTO_FREE char *big = xcalloc(1, 2 * 1024 * 1024);
	AUTO_FREE char *text = NULL;

	(void)state;
	memset(big, 'A', 10 * 1024);
	text = xasprintf("%s x\n", big);
	assert_error(text, "is longer than 200 characters");
	memset(big, 'A', 70 * 1024);
	free_pointer(&text);
	text = xasprintf("\nTestHost %s\n", big);
	assert_error(text, "standalone.config:2: the line is longer");
	memset(big, '\n', 2 * 1024 * 1024 - 1);
	assert_error(big, "longer than the 1048576 bytes");
	put_bytes("standalone.config", "TestHost a\nDnsDomain a\0b\n", 24);
	assert_int_equal(load(), -1);
	assert_non_null(strstr(err.text, "standalone.config:2: the line has "
			       "a NUL byte"));
	assert_error("Test\x1b[2JHost x\n", "'Test\\x1b[2JHost x'");
}

/* ---- several files ------------------------------------------------------ */

static void test_include(void **state)
{
	(void)state;
	put("sub/inner", "DnsDomain inner\nLogs here\nInclude deepest\n");
	put("sub/deepest", "Blessing deep\n");
	load_text("DnsDomain outer\nInclude sub/inner\nTestHost x\n");
	assert_string_equal(config_get(config, "DnsDomain"), "inner");
	assert_string_equal(config_get(config, "Blessing"), "deep");
	assert_path("Logs", "sub/here");
	assert_true(str_ends(config_origin(config, "Logs"), "/sub/inner:2"));
	load_text("Include ~/sub/inner\n");
	assert_error("Include nowhere\n", "standalone.config:1: Include: "
		     "cannot read ");
	put("a", "\nInclude b\n");
	put("b", "Include ./sub/../a\n");
	assert_error("Include a\n", "/b:1: Include: ");
	assert_non_null(strstr(err.text, "in a circle"));
}

static void test_include_depth(void **state)
{
	(void)state;
	for (int i = 0; i < 11; i++) {
		AUTO_FREE char *name = xasprintf("f%d", i);
		AUTO_FREE char *text = xasprintf("Include f%d\n", i + 1);

		put(name, i == 9 ? "TestHost x\n" : text);
	}
	put("f9", "TestHost x\n");
	load_text("Include f1\n");
	put("f9", "Include f10\n");
	put("f10", "TestHost x\n");
	assert_error("Include f0\n", "more than 10 files deep");
}

static void test_order_of_files(void **state)
{
	AUTO_FREE char *list = xasprintf("one:%s/two", dir);

	(void)state;
	put(".xen-osstest/config", "TestHost home\nDnsDomain home\n");
	load_text("TestHost cwd\n");
	assert_string_equal(config_get(config, "TestHost"), "cwd");
	assert_string_equal(config_get(config, "DnsDomain"), "home");
	put("one", "TestHost one\nBlessing one\n");
	put("two", "TestHost two\n");
	setenv("OSSTEST_CONFIG", list, 1);
	assert_int_equal(load(), 0);
	assert_string_equal(config_get(config, "TestHost"), "two");
	assert_string_equal(config_get(config, "Blessing"), "one");
	assert_null(config_get(config, "DnsDomain"));
	setenv("OSSTEST_CONFIG", "one:missing", 1);
	assert_int_equal(load(), -1);
	assert_int_equal(err.kind, ERROR_USAGE);
	assert_non_null(strstr(err.text, "missing: No such file"));
	setenv("OSSTEST_CONFIG", "/", 1);
	assert_int_equal(load(), -1);
	setenv("OSSTEST_CONFIG", "/dev/null", 1);
	assert_int_equal(load(), 0);
}

static void test_paths_that_may_be_empty(void **state)
{
	(void)state;
	load_text("DhcpHostsDir= ''\n");
	assert_string_equal(config_get(config, "DhcpHostsDir"), "");
	assert_error("TftpPath= ''\n", "the path is empty");
}

static void test_nothing_is_there(void **state)
{
	(void)state;
	unsetenv("HOME");
	assert_int_equal(load(), 0);
	assert_string_equal(config_get(config, "StateDir"),
			    "/var/lib/ironbird");
	assert_string_equal(config_origin(config, "StateDir"), "default");
	assert_null(config_get(config, "TestHost"));
	assert_string_equal(config_origin(config, "TestHost"), "unset");
	assert_null(config_get(config, "Nonsense"));
}

static void test_overlay_and_set(void **state)
{
	const char *before;

	(void)state;
	load_text("StateDir state\nNetAddress 192.0.2.1\n");
	before = config_get(config, "JobDB");
	assert_path("JobDB", "state/standalone.db");
	put("lab/lab.config", "TftpPath tftp/\nStateDir ../other\n");
	assert_int_equal(config_overlay(config, "lab/lab.config", &warnings,
					&err), 0);
	assert_path("TftpPath", "lab/tftp");
	assert_path("JobDB", "lab/../other/standalone.db");
	assert_non_null(strstr(before, "/state/standalone.db"));
	config_set(config, "StateDir", "/cmd");
	assert_string_equal(config_get(config, "Logs"), "/cmd/logs");
	assert_string_equal(config_origin(config, "StateDir"),
			    "command line");
	assert_string_equal(config_get(config, "WebspaceUrl"),
			    "http://192.0.2.1");
	config_set(config, "PowerRetries", "many");
	assert_int_equal(config_number(config, "PowerRetries"), 3);
	assert_int_equal(config_overlay(config, "nowhere", &warnings, &err),
			 -1);
}

/* ---- values ------------------------------------------------------------- */

static void test_values(void **state)
{
	AUTO_STRVEC paths = STRVEC_INIT;
	AUTO_FREE char *path = NULL;

	(void)state;
	load_text("BootLimit 90\nCaptureLogs no\nLogs ~/l//\n"
		  "JobDBStandaloneFilename ./my.db\nStash %Logs%/stash\n"
		  "TftpPath /srv/tftp/\nTftpPath_rack2 /srv/rack2\n"
		  "AuthorizedKeysFiles ~/a:b /c\nBlessing 100%\n");
	assert_int_equal(config_duration_ms(config, "BootLimit"), 90000);
	assert_int_equal(config_duration_ms(config, "StepLimit"), 3600000);
	assert_int_equal(config_size(config, "MinFreeSpace"), 1 << 30);
	config_set(config, "MinFreeSpace", "3k");
	assert_int_equal(config_size(config, "MinFreeSpace"), 1 << 30);
	config_set(config, "MinFreeSpace", "3K");
	assert_int_equal(config_size(config, "MinFreeSpace"), 3072);
	config_set(config, "MinFreeSpace", "17");
	assert_int_equal(config_size(config, "MinFreeSpace"), 17);
	assert_false(config_bool(config, "CaptureLogs"));
	assert_path("Logs", "l");
	assert_path("JobDB", "my.db");
	assert_path("Stash", "l/stash");
	assert_string_equal(config_get(config, "TftpPath_rack2"),
			    "/srv/rack2");
	assert_string_equal(config_get(config, "TftpPath_x"), "/srv/tftp");
	assert_string_equal(config_get(config, "TftpPxeTemplates_x"),
			    "%ipaddrhex% 01-%etherhyph%");
	assert_string_equal(config_get(config, "Blessing"), "100%");
	config_paths(config, "AuthorizedKeysFiles", &paths);
	assert_int_equal(paths.count, 3);
	assert_true(str_starts(paths.v[0], dir));
	assert_true(str_starts(paths.v[1], dir));
	assert_string_equal(paths.v[2], "/c");
	path = config_state_path(config, "lab/%s", "one");
	assert_string_equal(path, "/var/lib/ironbird/lab/one");
}

static void test_environment(void **state)
{
	(void)state;
	setenv("OSSTEST_FLIGHT", "mine", 1);
	setenv("OSSTEST_HOST_SRC_HOST", "iron7", 1);
	setenv("IN_ENVIRONMENT", "first", 1);
	unsetenv("REVISION_XEN");
	load_text("DefaultFlight file\nTREE_XEN /src\nexport TREE_XEN\n"
		  "export REVISION_XEN='a b'\"c\" # why\n"
		  "export IN_ENVIRONMENT=second\nexport IN_ENVIRONMENT\n"
		  "export REVISION_XEN=twice\n");
	assert_string_equal(config_get(config, "DefaultFlight"), "mine");
	assert_string_equal(config_origin(config, "DefaultFlight"),
			    "environment");
	assert_string_equal(config_get(config, "TestHost_src_host"), "iron7");
	assert_null(config_get(config, "TestHost_dst_host"));
	assert_string_equal(getenv("TREE_XEN"), "/src");
	assert_string_equal(getenv("REVISION_XEN"), "twice");
	assert_string_equal(getenv("IN_ENVIRONMENT"), "first");
	unsetenv("OSSTEST_FLIGHT");
	unsetenv("OSSTEST_HOST_SRC_HOST");
	assert_warning("export NOT_ANYWHERE\n", "it has no value");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_plain_values),
		TEST(test_perl_constants),
		TEST(test_perl_is_not_run),
		TEST(test_here_documents),
		TEST(test_bad_lines),
		TEST(test_sizes),
		TEST(test_include),
		TEST(test_include_depth),
		TEST(test_order_of_files),
		TEST(test_nothing_is_there),
		TEST(test_paths_that_may_be_empty),
		TEST(test_overlay_and_set),
		TEST(test_values),
		TEST(test_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
