/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stages of a boot: which event ends which, and what ends the boot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "watch/stages.h"

static const char *const pages[] = { "disk", "image", "installed", NULL };
static const struct boot_way from_network = {
	.kernel = "/k", .ramdisk = "/r", .reports = "/h/n/", .orders = "orders",
	.pages = pages,
};
static const struct boot_way from_disk = { .reports = "/h/n/" };

static struct boot boot;
static int64_t now;

static int set_up(void **state)
{
	(void)state;
	now = 1000;
	boot_init(&boot, &from_network, now);
	for (size_t i = 0; i < boot.count; i++)
		boot.stages[i].limit_ms = 60000;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	boot_release(&boot);
	return 0;
}

static char *take(enum watch_source source, const char *stage,
		  const char *path, bool failure)
{
	const struct watch_event event = {
		.source = source, .stage = stage, .path = path,
		.failure = failure, .detail = "what was seen",
	};

	now += 100;
	return boot_event(&boot, &event, now);
}

static void move(enum watch_source source, const char *stage,
		 const char *path, const char *to)
{
	char *fault = take(source, stage, path, false);

	assert_null(fault);
	assert_string_equal(boot_stage(&boot) ? boot_stage(&boot)->name : "up",
			    to);
}

static void assert_fault(char *fault, const char *wanted)
{
	assert_non_null(fault);
	assert_string_equal(fault, wanted);
	free_pointer(&fault);
}

static void test_way_up(void **state)
{
	(void)state;
	assert_string_equal(boot_stage(&boot)->name, "firmware");
	move(WATCH_DHCP, "dhcp-discover", NULL, "dhcp");
	move(WATCH_DHCP, "dhcp-offer", NULL, "dhcp");
	move(WATCH_DHCP, "dhcp-ack", NULL, "loader");
	/* firmware asks for the size first */
	move(WATCH_TFTP, "tftp", "lpxelinux.0", "loader");
	move(WATCH_TFTP, "tftp", "lpxelinux.0", "loader");
	move(WATCH_TFTP, "tftp", "ldlinux.c32", "kernel");
	move(WATCH_WEBLOG, "fetch", "/k", "ramdisk");
	move(WATCH_WEBLOG, "fetch", "/r", "orders");
	/* the installer's own */
	move(WATCH_DHCP, "dhcp-discover", NULL, "orders");
	move(WATCH_WEBLOG, "fetch", "/h/n/orders", "installer");
	move(WATCH_WEBLOG, "fetch", "/h/n/disk", "disk");
	move(WATCH_WEBLOG, "fetch", "/h/n/image", "image");
	move(WATCH_WEBLOG, "fetch", "/h/n/installed", "boot");
	move(WATCH_TFTP, "tftp", "lpxelinux.0", "boot");
	move(WATCH_WEBLOG, "fetch", "/h/n/booted", "ssh");
	move(WATCH_WEBLOG, "fetch", "/anything", "ssh");
}

/* A log that is not there costs stages, not the boot. */
static void test_skips(void **state)
{
	(void)state;
	move(WATCH_WEBLOG, "fetch", "/r", "orders");
	move(WATCH_WEBLOG, "fetch", "/k", "orders");
	move(WATCH_WEBLOG, "fetch", "/h/n/booted", "ssh");
}

static void test_limits(void **state)
{
	(void)state;
	assert_int_equal(boot_left_ms(&boot, now), 60000);
	assert_int_equal(boot_left_ms(&boot, now + 60000), 0);
	move(WATCH_DHCP, "dhcp-request", NULL, "dhcp");
	assert_int_equal(boot_left_ms(&boot, now + 1), 59999);
	/* a stage begins with the event that ended the one before, only */
	move(WATCH_DHCP, "dhcp-request", NULL, "dhcp");
	assert_int_equal(boot_left_ms(&boot, now), 59900);
	boot.stages[boot.now].limit_ms = 0;
	assert_int_equal(boot_left_ms(&boot, now), INT64_MAX);
	boot.now = boot.count;
	assert_null(boot_stage(&boot));
	assert_int_equal(boot_left_ms(&boot, now), INT64_MAX);
}

static void test_refusals(void **state)
{
	(void)state;
	assert_fault(take(WATCH_DHCP, "dhcp-none", NULL, true),
		     "got no address: what was seen");
	assert_string_equal(boot_stage(&boot)->name, "dhcp");
	assert_fault(take(WATCH_TFTP, "tftp", "lpxelinux.0", true),
		     "asked for what is not there: what was seen");
	assert_fault(take(WATCH_WEBLOG, "fetch", "/k", true),
		     "asked for what is not there: what was seen");
	assert_string_equal(boot_stage(&boot)->name, "dhcp");
	assert_fault(take(WATCH_WEBLOG, "fetch", "/h/n/failed", true),
		     "could not be installed: what was seen");
	/* once it is installed, firmware may find no loader and go on */
	move(WATCH_WEBLOG, "fetch", "/h/n/installed", "boot");
	assert_null(take(WATCH_TFTP, "tftp", "lpxelinux.0", true));
	assert_null(take(WATCH_DHCP, "dhcp-none", NULL, true));
	assert_fault(take(WATCH_WEBLOG, "fetch", "/x", true),
		     "asked for what is not there: what was seen");
}

static char *console(const char *pattern, const char *line)
{
	const struct watch_event event = {
		.source = WATCH_CONSOLE, .stage = "console",
		.pattern = pattern, .detail = line,
	};

	return boot_event(&boot, &event, now);
}

static void test_console(void **state)
{
	(void)state;
	assert_null(console("ipxe", "iPXE 1.0"));
	assert_fault(console("login", "old login:"),
		     "booted its disk instead of the network: old login:");
	assert_fault(console("installer-failed",
			     "ironbird-installer: FAILED disk: there is none"),
		     "could not be installed: the installer failed at disk: "
		     "there is none");
	move(WATCH_WEBLOG, "fetch", "/h/n/installed", "boot");
	assert_null(console("login", "new login:"));
}

static void test_disk(void **state)
{
	(void)state;
	assert_fault(take(WATCH_WEBLOG, "fetch", "/h/old/booted", false),
		     "booted its disk instead of the network: what was seen");
	boot_release(&boot);
	boot_init(&boot, &from_disk, now);
	assert_int_equal(boot.count, 2);
	assert_int_equal(boot_find(&boot, "ssh"), 1);
	assert_int_equal(boot_find(&boot, "kernel"), 2);
	move(WATCH_DHCP, "dhcp-discover", NULL, "boot");
	assert_null(take(WATCH_TFTP, "tftp", "lpxelinux.0", true));
	assert_null(console("login", "iron1 login:"));
	move(WATCH_WEBLOG, "fetch", "/h/n/booted", "ssh");
}

static void test_firmware(void **state)
{
	(void)state;
	assert_true(boot_firmware_runs(&boot));
	move(WATCH_DHCP, "dhcp-request", NULL, "dhcp");
	assert_false(boot_firmware_runs(&boot));
	/* an installed host's firmware begins with the reboot, and ends when
	 * it asks on the network: the loader may hang then */
	move(WATCH_WEBLOG, "fetch", "/h/n/installed", "boot");
	assert_true(boot_firmware_runs(&boot));
	assert_null(console("login", "a line"));
	assert_true(boot_firmware_runs(&boot));
	assert_null(take(WATCH_TFTP, "tftp", "pxelinux.cfg/01-52", true));
	assert_false(boot_firmware_runs(&boot));
	move(WATCH_WEBLOG, "fetch", "/h/n/booted", "ssh");
	assert_false(boot_firmware_runs(&boot));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_way_up), TEST(test_skips), TEST(test_limits),
		TEST(test_refusals), TEST(test_console), TEST(test_disk),
		TEST(test_firmware),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
