/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Known and odd names, hosts, and the files of the tree. */
#include "tests/unit/config-fixture.h"
#include "config/check.h"
#include "config/places.h"
#include "config/settings.h"

static char *tree;	/* the checkout */

/* ---- names -------------------------------------------------------------- */

static void test_unknown_names(void **state)
{
	(void)state;
	assert_warning("\nWebspaceLgo x\n", "standalone.config:2: setting "
		       "'WebspaceLgo' is not known (did you mean "
		       "'WebspaceLog'?)");
	assert_warning("HsotProp_kodo4_PowerMethod x\n", "(did you mean "
		       "'HostProp_kodo4_PowerMethod'?)");
	assert_warning("HostProp_kodo4_PowerMethdo x\n", "no property "
		       "'PowerMethdo' is known (did you mean 'PowerMethod'");
	assert_warning("HostProp_kodo4_DhcpWatchMethod x\n", "DhcpLeases");
	assert_warning("QueueDaemonHost x\nQueueDaemonHost y\n",
		       "standalone.config:2: setting 'QueueDaemonHost' is "
		       "OSSTest's and has no meaning here: ");
	assert_warning("JobDB Standalone\n", "'Standalone' is OSSTest's");
	assert_string_equal(config_origin(config, "JobDB"), "default");
}

static void test_check(void **state)
{
	AUTO_STRVEC files = STRVEC_INIT;
	AUTO_STRVEC errors = STRVEC_INIT;

	(void)state;
	strvec_pushl(&files, "standalone.config", "missing", NULL);
	put("standalone.config", "Baud x\nNonsense y\nInclude nowhere\n"
	    "Repos= `pwd`\nHostDB Static\nTestHost kodo4\n"
	    "DebianPreseed= <<E\n");
	assert_int_equal(config_check(&files, &errors, &warnings), -1);
	assert_int_equal(errors.count, 6);
	assert_int_equal(warnings.count, 1);
	assert_true(str_starts(errors.v[0], "standalone.config:1: "));
	assert_true(str_starts(errors.v[1], "standalone.config:3: "));
	assert_true(str_starts(errors.v[3], "standalone.config:7: "));
	assert_non_null(strstr(errors.v[4], "missing"));
	assert_non_null(strstr(errors.v[5], "'Nonsense' is not known"));
}

static void test_properties(void **state)
{
	static const char *const spellings[] = {
		"power-method", "PowerMethod", "Power-Method",
	};

	(void)state;
	load_text("HostProp_a_b_PowerMethod one\nHostProp_PowerMethod all\n"
		  "HostGroup_c group\nHostGroupProps_group_power-method two\n"
		  "HostProp_kodo4_preseed_wheezy x\n"
		  "HostProp_c_Firmware uefi\nHostProp_c_firmware bios\n");
	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
		const char *prop = spellings[i];

		assert_string_equal(config_host_prop(config, "a_b", prop),
				    "one");
		assert_string_equal(config_host_prop(config, "c", prop),
				    "two");
		assert_string_equal(config_host_prop(config, "z", prop),
				    "all");
		assert_null(config_host_prop_own(config, "z", prop));
	}
	assert_string_equal(config_host_prop(config, "kodo4",
					     "preseed wheezy"), "x");
	assert_string_equal(config_host_prop(config, "c", "firmware"),
			    "bios");
	assert_null(config_host_prop(config, "c", "ether"));
	assert_string_equal(config_host_prop(config, "c",
					     "gen-ether-prefix-base"),
			    "5e:36:0e:f5");
}

static void test_hosts_and_flags(void **state)
{
	AUTO_STRVEC words = STRVEC_INIT;
	AUTO_STRVEC hosts = STRVEC_INIT;
	AUTO_FREE char *flags = NULL;
	AUTO_FREE char *all = NULL;

	(void)state;
	load_text("HostProp_a_b_PowerMethod one\nHostProp_PowerMethod all\n"
		  "HostGroup_c group\nHostProp_kodo4_Build_Make_Flags -j1\n"
		  "HostProp_k-5_Ether e\nHostProp_c_Ether x\n"
		  "HostFlags x y\nHostFlags_c z,x\nHostGroupFlags_group g\n"
		  "HostProp_Build_Make_Flags -j2\nTestHost_src_host iron2\n"
		  "HostFlags_longer-than-any-property-of-all-hosts f\n");
	config_host_flags(config, "c", &words);
	flags = strvec_join(&words, " ");
	assert_string_equal(flags, "x y g z");
	config_hosts(config, &hosts);
	strvec_sort(&hosts);
	all = strvec_join(&hosts, " ");
	assert_string_equal(all, "a_b c iron2 k-5 kodo4 "
			    "longer-than-any-property-of-all-hosts");
}

/* ---- the files of the tree ---------------------------------------------- */

static char *read_tree(const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", tree, name);
	struct strbuf sb = STRBUF_INIT;

	if (file_read(path, 1 << 20, &sb, &err) < 0)
		fail_msg("%s", err.text);
	return strbuf_detach(&sb);
}

static void test_example_is_the_table(void **state)
{
	AUTO_FREE char *ours = config_example();
	AUTO_FREE char *theirs = read_tree("standalone.config.example");

	(void)state;
	assert_string_equal(ours, theirs);
}

/* Every line of it can be uncommented, and says what holds anyway. */
static void test_example_loads(void **state)
{
	AUTO_FREE char *example = config_example();
	AUTO_STRVEC lines = STRVEC_INIT;
	AUTO_STRBUF text = STRBUF_INIT;

	(void)state;
	strvec_split(&lines, example, "\n");
	for (size_t i = 0; i < lines.count; i++)
		if (str_starts(lines.v[i], "#") && lines.v[i][1] != ' ')
			strbuf_addf(&text, "%s\n", lines.v[i] + 1);
	load_text(text.buf);
	assert_path("WebspaceLog", "var/services/log/access.log");
	for (const struct setting *row = settings; row->name; row++) {
		if (row->type == SETTING_HEADING || row->argument ||
		    row->same_as)
			continue;
		if (strcmp(config_origin(config, row->name), "default") == 0)
			fail_msg("%s is not in the example", row->name);
	}
	assert_string_equal(config_get(config, "DebianPreseed"),
			    "d-i clock-setup/ntp-server string "
			    "ntp.example.com\n");
}

static void test_manual_names_all(void **state)
{
	AUTO_FREE char *manual = read_tree("docs/ironbird.config.5");

	(void)state;
	for (const struct setting *row = settings; row->name; row++) {
		AUTO_FREE char *item = row->argument ?
			xasprintf(".It Ic %s Ns Ar %s\n", row->name,
				  row->argument) :
			xasprintf(".It Ic %s", row->name);

		if (row->type != SETTING_HEADING && !strstr(manual, item))
			fail_msg("%s is not in the manual", row->name);
	}
	for (const struct host_property *row = host_properties; row->name;
	     row++) {
		size_t n = strcspn(row->name, "*");
		AUTO_FREE char *item = xasprintf(".It Ic %.*s", (int)n,
						 row->name);

		if (row->help && !strstr(manual, item))
			fail_msg("property %s is not in the manual",
				 row->name);
	}
}

static bool is_said_once(const char *name)
{
	AUTO_FREE char *part = xasprintf("setting '%s'", name);
	int times = 0;

	for (size_t i = 0; i < warnings.count; i++)
		times += strstr(warnings.v[i], part) != NULL;
	return times == 1;
}

static void test_user_of_2014(void **state)
{
	static const char *const odd[] = {
		"JobDB", "HostDB", "HostProp_DhcpWatchMethod", "HttpProxy",
		"GitCacheProxy", "TftpHost", "TftpPlayDir", "TftpTmpDir",
		"TftpDiBase", "TftpDiVersion", "TftpPxeGroup", "Timezone",
		"OwnerDaemonHost", "OwnerDaemonPort", "QueueDaemonHost",
		"QueueDaemonPort", "QueueDaemonRetry", "QueueDaemonHoldoff",
		"QueueThoughtsTimeout", "QueueResourcePollInterval",
		"QueuePlanUpdateInterval", "PlanRogueAllocationDuration",
		"ControlDaemonHost", "ExecutiveDbname_osstestdb",
		"GlobalLockDir",
		"PubBaseUrl",
		"ReportHtmlPubBaseUrl", "BisectionRevisonGraphSize",
		"XenUseUser", "HostDiskRoot",
	};
	AUTO_FREE char *home = read_tree("tests/unit/config-2014/config");
	AUTO_FREE char *own = read_tree("tests/unit/config-2014/"
					"standalone.config");

	(void)state;
	put(".xen-osstest/config", home);
	put("standalone.config", own);
	if (load() < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		if (!is_said_once(odd[i]))
			fail_msg("no line, or several, about %s", odd[i]);
	assert_int_equal(warnings.count, ARRAY_SIZE(odd));
	assert_path("JobDB", "my.db");
	assert_string_equal(config_get(config, "DebianSuite"), "squeeze");
	assert_string_equal(config_host_prop(config, "kodo4", "power-method"),
			    "xenuse");
	assert_string_equal(config_get(config, "XenUsePath"),
			    "/usr/groups/xencore/systems/bin/xenuse");
	assert_string_equal(config_get(config, "TftpPxeDir"),
			    "osstest/pxelinux.cfg");
	assert_string_equal(getenv("TREE_XEN"),
			    "git://xenbits.example.com/xen.git");
}

/* ---- places ------------------------------------------------------------- */

static void assert_share(const char *exe, const char *expected)
{
	AUTO_FREE char *from = xasprintf("%s/%s", dir, exe);
	AUTO_FREE char *to = xasprintf("%s/%s", dir, expected);
	AUTO_FREE char *share = places_share(from);

	assert_string_equal(share, to);
}

static void assert_programs(const char *exe, const char *expected)
{
	AUTO_FREE char *from = xasprintf("%s/%s", dir, exe);
	AUTO_FREE char *to = xasprintf("%s/%s", dir, expected);
	AUTO_FREE char *programs = places_programs(from);

	assert_string_equal(programs, to);
}

static void test_places(void **state)
{
	(void)state;
	unsetenv("IRONBIRD_SHARE");
	put("co/jobs/x", "");
	put("co/controller/x", "");
	put("co/build/bin/ts-x", "");
	put("co/build/in/share/ironbird/jobs/x", "");
	put("co/build/in/lib/ironbird/ts-x", "");
	assert_share("co/build/bin", "co");
	assert_share("co/build/tests/sim", "co");
	assert_share("co/build/in/bin", "co/build/in/share/ironbird");
	assert_share("co/build/in/lib/ironbird", "co/build/in/share/ironbird");
	assert_share("other/bin", "other/bin/../share/ironbird");
	assert_programs("co/build/bin", "co/build/bin");
	assert_programs("co/build/tests/sim", "co/build/bin");
	assert_programs("co/build/in/bin", "co/build/in/lib/ironbird");
	assert_programs("other/bin", "other/bin");
	setenv("IRONBIRD_SHARE", "/elsewhere", 1);
	assert_string_equal(config_share_dir(), "/elsewhere");
}

static void test_checkout_state(void **state)
{
	(void)state;
	put("jobs/x", "");
	put("controller/x", "");
	put("standalone.config", "TestHost root\n");
	put("sub/x", "");
	assert_int_equal(chdir("sub"), 0);
	assert_int_equal(load(), 0);
	assert_path("StateDir", "var");
	assert_path("DhcpLeases", "var/services/leases");
	assert_string_equal(config_get(config, "TestHost"), "root");
	put("sub/standalone.config", "DnsDomain sub\n");
	assert_int_equal(load(), 0);
	assert_null(config_get(config, "TestHost"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_unknown_names),
		TEST(test_check),
		TEST(test_properties),
		TEST(test_hosts_and_flags),
		TEST(test_example_is_the_table),
		TEST(test_example_loads),
		TEST(test_manual_names_all),
		TEST(test_user_of_2014),
		TEST(test_places),
		TEST(test_checkout_state),
	};

	tree = xstrdup(config_share_dir());
	if (!places_is_checkout(tree)) {
		free(tree);
		tree = getcwd(NULL, 0);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
