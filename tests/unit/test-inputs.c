/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a preparation reads is recorded by reading it, and can be read again. */
#include "tests/unit/boot-fixture.h"

#include "boot/inputs.h"
#include "boot/install.h"

static void test_reads(void **state)
{
	struct reads facts = { .v = NULL };

	(void)state;
	set_prop("disk-root", "9000");
	host_prop(&host, "disk-swap");
	reads_watch(&facts);
	host_prop(&host, "disk-root");
	reads_pause();
	host_prop(&host, "left-out");
	reads_go_on();
	host_prop(&host, "not-there");
	config_get(config, "DebianSuite");
	reads_watch(NULL);
	host_prop(&host, "later");
	assert_string_equal(reads_value(&facts, "property", "disk-root"),
			    "9000");
	assert_string_equal(reads_value(&facts, "property", "not-there"), "");
	assert_string_equal(reads_value(&facts, "setting", "DebianSuite"),
			    "bookworm");
	assert_null(reads_value(&facts, "property", "left-out"));
	assert_null(reads_value(&facts, "property", "later"));
	assert_null(reads_value(&facts, "property", "disk-swap"));
	reads_release(&facts);
}

/* The overlay's digest stays the same, for all that differs each time. */
static void test_overlay(void **state)
{
	char first[SHA256_HEX_SIZE], again[SHA256_HEX_SIZE];
	AUTO_FREE char *now = NULL;
	const struct inputs inputs = { .config = config, .host = &host };

	(void)state;
	ok(install_overlay_digest(config, &host, first, &err));
	ok(install_overlay_digest(config, &host, again, &err));
	assert_string_equal(first, again);
	assert_int_equal(input_now(&inputs, "files", "overlay", &now, &err),
			 1);
	assert_string_equal(first, now);
	put("state/keys/login/id_ed25519.pub", "ssh-ed25519 AAAAother x\n");
	ok(install_overlay_digest(config, &host, again, &err));
	assert_string_not_equal(first, again);
}

static void assert_bundle(const char *fact, const char *wanted)
{
	const struct inputs inputs = { .config = config, .host = &host };
	AUTO_FREE char *now = NULL;

	ok(input_now(&inputs, "xen", fact, &now, &err));
	assert_string_equal(now, wanted);
}

/* Which bundle; its key is not known before there is a host image. */
static void test_bundles(void **state)
{
	AUTO_FREE char *images = xasprintf("%s/host-images", dir);

	(void)state;
	ok(dir_make(images, 0755, &err));
	put("host-images/debian-host.image", "label=x\n");
	assert_bundle("hypervisor", "xen-:");
	assert_bundle("hypervisor-libvirt", "xen-libvirt-:");
	assert_bundle("xen-hvm-libvirt", "xen-hvm-libvirt-:");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_overlay, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_bundles, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
