/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What runs after a boot against what was installed, with what a host of
 * Debian's Xen and one of built tools printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "ts/running.h"

#define BUILD_ID "fd1cf5c0417b07780abe67dae5e84b78c9ba3fc5"
#define KERNEL_ID "eb4fbcd037e7253717950bf2b93bd5566f47c56f"

static const char recorded[] =
	"hypervisor=xen\n"
	"xen_release=4.17.5\n"
	"xen_build_id=" BUILD_ID "\n"
	"xen_changeset=Fri Nov 20 15:20:21 UTC 2026 git:13a728783b89ea\n"
	"xen_commandline=placeholder dom0_mem=512M,max:512M console=com1\n"
	"xen_scheduler=credit2\n"
	"xen_debug=y\n"
	"xen_policy=none\n"
	"xen_flask=Flask XSM Disabled\n"
	"tools=/usr/sbin/xl\n"
	"tools_id=packages\n"
	"tools_libxl=\n"
	"kernel=6.1.0-56-amd64\n"
	"kernel_build_id=" KERNEL_ID "\n"
	"package xen-utils-4.17 4.17.7+13-g2445b30a44-0+deb12u1 amd64\n";

/* Names and values in turns, NULL at the end. */
static const char *notes[16];

static const char *noted(const char *name, void *arg)
{
	(void)arg;
	for (const char **n = notes; *n; n += 2)
		if (strcmp(n[0], name) == 0)
			return n[1];
	return NULL;
}

static struct running on_iron1(const char *out)
{
	memset(notes, 0, sizeof(notes));
	notes[0] = "xen_build_id";
	notes[1] = BUILD_ID;
	return (struct running){
		.host = "iron1", .out = out, .append = "",
		.toolstack = "xl", .noted = noted,
	};
}

static void note(const char *name, const char *value)
{
	notes[2] = name;
	notes[3] = value;
}

static void passes(const struct running *running)
{
	struct error err;

	if (running_check(running, &err) < 0)
		fail_msg("%s", err.text);
}

static void ends(const struct running *running, enum error_kind kind,
		 const char *text)
{
	struct error err;

	assert_int_equal(running_check(running, &err), -1);
	assert_string_equal(err.text, text);
	assert_int_equal(err.kind, kind);
}

/* What was printed, with more lines before it: the first of a name counts. */
static char *with(const char *lines)
{
	return xasprintf("%s\n%s", lines, recorded);
}

static void what_was_installed(void **state)
{
	struct running r = on_iron1(recorded);
	AUTO_FREE char *release = running_value(&r, "xen_release");

	(void)state;
	passes(&r);
	assert_string_equal(release, "4.17.5");
	assert_null(running_value(&r, "xen"));
	note("kernel_build_id", KERNEL_ID);
	passes(&r);
	note("tools_id", "packages");
	passes(&r);
}

static void another_part(void **state)
{
	struct running r = on_iron1(recorded);

	(void)state;
	note("tools_id", "abcdef");
	ends(&r, ERROR_BROKEN, "host iron1 runs the tools packages, but "
	     "abcdef was installed");
	note("xen_policy", "module");
	ends(&r, ERROR_BROKEN, "host iron1 runs the XSM policy of none, but "
	     "module was installed");
	notes[1] = "abcdef";
	ends(&r, ERROR_BROKEN, "host iron1 runs the hypervisor with build id "
	     BUILD_ID ", but abcdef was installed");
	r.out = "";
	ends(&r, ERROR_BROKEN, "host iron1 runs the hypervisor with build id "
	     "none, but abcdef was installed");
}

/* As xl says it where there is no privileged command interface. */
static void xl_that_fails(void **state)
{
	struct running r = on_iron1(
		"xl_error=xencall: error: Could not obtain handle on "
		"privileged command interface: No such file or directory\n");

	(void)state;
	r.status = 1;
	ends(&r, ERROR_FAIL, "host iron1 came up with the hypervisor, but xl "
	     "info fails: xencall: error: Could not obtain handle on "
	     "privileged command interface: No such file or directory");
	r.out = "hypervisor=none\nkernel=6.1.0-56-amd64\n";
	ends(&r, ERROR_FAIL, "host iron1 came up without the hypervisor: "
	     "'6.1.0-56-amd64'");
	r.out = "";
	ends(&r, ERROR_FAIL, "host iron1 came up without the hypervisor: '?'");
}

static void flask(void **state)
{
	struct running r = on_iron1(recorded);
	AUTO_FREE char *permissive = with("xen_flask=Permissive");
	AUTO_FREE char *enforcing = with("xen_flask=Enforcing");

	(void)state;
	r.append = "sched=credit flask=enforcing";
	ends(&r, ERROR_FAIL, "host iron1 was booted with flask=enforcing, but "
	     "xl getenforce says: Flask XSM Disabled");
	r.out = permissive;
	ends(&r, ERROR_FAIL, "host iron1 was booted with flask=enforcing, but "
	     "xl getenforce says: Permissive");
	r.append = "flask=permissive";
	passes(&r);
	r.append = "flask=enforcing";
	r.out = enforcing;
	passes(&r);
	r.out = "xen_build_id=" BUILD_ID "\n";
	ends(&r, ERROR_FAIL, "host iron1 was booted with flask=enforcing, but "
	     "xl getenforce says: none");
}

static void scheduler(void **state)
{
	struct running r = on_iron1(recorded);
	AUTO_FREE char *missing = with("xen_scheduler_missing=y");

	(void)state;
	note("xen_scheduler", "default");
	passes(&r);
	note("xen_scheduler", "credit2");
	passes(&r);
	note("xen_scheduler", "rtds");
	ends(&r, ERROR_FAIL, "host iron1 runs the scheduler credit2, but rtds "
	     "was asked for");
	r.out = missing;
	ends(&r, ERROR_BROKEN, "host iron1: the hypervisor that was installed "
	     "has no scheduler rtds, and runs credit2");
}

static void libvirt(void **state)
{
	AUTO_FREE char *well = with(
		"libvirt_version=9.0.0\nlibvirt_error=\nlibvirt_id=123\n"
		"libvirt_libxl=/usr/local/lib/libxenlight.so.4.17.0\n"
		"tools_libxl=/usr/local/lib/libxenlight.so.4.17.0");
	AUTO_FREE char *other = with(
		"libvirt_version=9.0.0\n"
		"libvirt_libxl=/usr/lib/x86_64-linux-gnu/libxenlight.so.4.17\n"
		"tools_libxl=/usr/local/lib/libxenlight.so.4.17.0");
	AUTO_FREE char *down = with(
		"libvirt_version=\n"
		"libvirt_error=failed to connect to the hypervisor");
	struct running r = on_iron1(well);

	(void)state;
	r.toolstack = "libvirt";
	r.version_key = "libvirt_version";
	note("libvirt_id", "123");
	passes(&r);
	note("libvirt_id", "456");
	ends(&r, ERROR_BROKEN, "host iron1 runs libvirt 9.0.0 with hash 123, "
	     "but 456 was installed");
	r.out = down;
	ends(&r, ERROR_FAIL, "host iron1 came up, but toolstack libvirt does "
	     "not answer: failed to connect to the hypervisor");
	notes[2] = NULL;
	r.out = other;
	ends(&r, ERROR_BROKEN, "host iron1: libvirtd has loaded "
	     "/usr/lib/x86_64-linux-gnu/libxenlight.so.4.17, but xl is used "
	     "with /usr/local/lib/libxenlight.so.4.17.0");
	r.out = recorded;
	ends(&r, ERROR_FAIL, "host iron1 came up, but toolstack libvirt does "
	     "not answer: it is not there");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_installed),
		cmocka_unit_test(another_part),
		cmocka_unit_test(xl_that_fails),
		cmocka_unit_test(flask),
		cmocka_unit_test(scheduler),
		cmocka_unit_test(libvirt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
