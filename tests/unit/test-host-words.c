/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What properties come to: command lines, addresses, TFTP servers, flags. */
#include "boot-fixture.h"

#include "build/makeflags.h"
#include "db/db.h"
#include "host/command_line.h"
#include "host/guest_ether.h"

#define XEN_LINE "console=com1 com1=115200,8n1 loglvl=all"

static void assert_line(char *got, const char *wanted)
{
	assert_string_equal(got, wanted);
	free(got);
}

static void test_appended(void **state)
{
	(void)state;
	assert_line(host_linux_append(&host, NULL), "");
	assert_line(host_xen_append(&host, ""), "");
	assert_line(host_xen_append(&host, "sched=credit"), "sched=credit");
	set_prop("linux-boot-append", "noapic");
	set_prop("rootdelay", "30");
	set_prop("xen-commandline-append", "noreboot iommu=off");
	assert_line(host_linux_append(&host, NULL), "rootdelay=30 noapic");
	assert_line(host_linux_append(&host, "debug"),
		    "rootdelay=30 noapic debug");
	assert_line(host_xen_append(&host, "sched=credit"),
		    "noreboot iommu=off sched=credit");
}

static void test_serial_console(void **state)
{
	(void)state;
	assert_line(host_xen_line(&host, XEN_LINE), XEN_LINE);
	set_prop("xen-serial-console", "com2");
	assert_line(host_xen_line(&host, XEN_LINE),
		    "console=com2 com2=115200,8n1 loglvl=all");
}

static void test_no_serial_console(void **state)
{
	(void)state;
	set_prop("xen-serial-console", "none");
	assert_line(host_xen_line(&host, XEN_LINE), "console=vga loglvl=all");
}

static void test_guest_ether(void **state)
{
	static const char *const bad[] = {
		"", "5e:36:0e", "5e:36:0e:f5:00", "5e:36:0e:xx", "5f:36:0e:f5",
		"00:16:3e:00", "5e:36:0e:f5 ",
	};
	char one[GUEST_ETHER_SIZE], two[GUEST_ETHER_SIZE];

	(void)state;
	/* printf x | sha256sum: 2d711642b726... */
	assert_int_equal(guest_ether("5e:36:0e:00", "x", one, &err), 0);
	assert_string_equal(one, "5e:36:0e:2d:71:16");
	assert_int_equal(guest_ether("5e:36:0e:f5", "x", one, &err), 0);
	assert_string_equal(one, "5e:36:0e:d8:71:16");
	assert_int_equal(guest_ether("02:00:01:00", "x", two, &err), 0);
	assert_string_equal(two, "02:00:01:2d:71:16");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_error(guest_ether(bad[i], "x", one, &err), ERROR_USAGE,
			     "is not four bytes");
}

static void test_tftp_scope(void **state)
{
	struct db *db = NULL;
	struct host *loaded;

	(void)state;
	settings("TftpPath /srv/tftp\nTftpPath_rack2 /srv/rack2\n"
		 "TftpPxeDir_rack2 pxe\nTftpLog_rack2 /var/log/rack2\n"
		 "HostProp_iron2_TftpScope rack2\n"
		 "HostProp_iron3_TftpScope nosuch\n");
	if (db_open(&db, config_get(config, "JobDB"), &err) < 0 ||
	    host_load(&loaded, db, config, "iron2", &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(loaded->site.tftp_dir, "/srv/rack2");
	assert_string_equal(loaded->site.pxe_dir, "/srv/rack2/pxe");
	assert_string_equal(loaded->site.tftp_log, "/var/log/rack2");
	assert_string_equal(loaded->site.pxe_templates,
			    host.site.pxe_templates);
	host_free(loaded);
	if (host_load(&loaded, db, config, "iron3", &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(loaded->site.tftp_dir, "/srv/tftp");
	host_free(loaded);
	db_close(db);
}

static void assert_lacks(const char *flags, const char *words,
			 const char *intended, const char *wanted)
{
	AUTO_FREE char *text = xasprintf("HostFlags_iron2 %s\n"
			"HostProp_iron2_Hw_cpus 4\n", flags);
	AUTO_STRVEC asked = STRVEC_INIT, lacks = STRVEC_INIT;
	AUTO_FREE char *got = NULL;
	struct host *loaded;
	struct db *db = NULL;

	settings(text);
	strvec_split(&asked, words, " ");
	if (db_open(&db, config_get(config, "JobDB"), &err) < 0 ||
	    host_load(&loaded, db, config, "iron2", &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(host_lacks(loaded, &asked, intended, &lacks),
			 *wanted != '\0');
	got = strvec_join(&lacks, " ");
	assert_string_equal(got, wanted);
	host_free(loaded);
	db_close(db);
}

static void test_lacks(void **state)
{
	(void)state;
	assert_lacks("arch-amd64", "", NULL, "");
	assert_lacks("arch-amd64", "hvm arch-amd64 quick", "real",
		     "hvm quick");
	/* nobody has said whom it serves */
	assert_lacks("arch-amd64", "arch-amd64", "real", "");
	assert_lacks("arch-amd64", "arch-amd64", "commission-real", "");
	/* somebody has */
	assert_lacks("blessed-play blessed-real", "", "real", "");
	assert_lacks("blessed-play blessed-real", "", "play", "");
	assert_lacks("blessed-play blessed-real", "hvm", "adhoc",
		     "hvm blessed-adhoc");
	assert_lacks("blessed-play blessed-real", "", NULL, "");
	assert_lacks("blessed-commission-real", "", "real", "blessed-real");
	assert_lacks("blessed-commission-real", "", "commission-real", "");
	/* its second looks */
	assert_lacks("blessed-real", "", "real-bisect", "");
	assert_lacks("blessed-real", "", "real-retest", "");
	assert_lacks("blessed-real", "", "real-other", "blessed-real-other");
	assert_lacks("blessed-real", "", "realer", "blessed-realer");
	assert_lacks("blessed-real-bisect", "", "real", "blessed-real");
	/* a job may ask by itself */
	assert_lacks("arch-amd64", "blessed-real", "play", "blessed-real");
}

static void assert_make(const char *text, const char *wanted)
{
	AUTO_STRVEC env = STRVEC_INIT;
	AUTO_FREE char *got = NULL;

	settings(text);
	makeflags_add(config, &env);
	got = strvec_join(&env, " ");
	assert_string_equal(got, wanted);
}

static void test_make_flags(void **state)
{
	(void)state;
	assert_make("BuildJobs 3\n", "JOBS=3");
	assert_make("BuildJobs 3\nHostProp_local_Build_Make_Flags -j5 -k\n",
		    "JOBS=5 MAKEFLAGS=-j5 -k");
	assert_make("BuildJobs 3\nHostProp_Build_Make_Flags -k\n",
		    "JOBS=3 MAKEFLAGS=-k");
	assert_make("BuildJobs 3\nHostProp_iron1_Build_Make_Flags -k\n",
		    "JOBS=3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_appended),
		TEST(test_serial_console),
		TEST(test_no_serial_console),
		TEST(test_guest_ether),
		TEST(test_tftp_scope),
		TEST(test_lacks),
		TEST(test_make_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
